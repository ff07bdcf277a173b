// clone, clone-grid: drafts that are to do the same again.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "actions.hpp"
#include "parts.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/service/grid.hpp"

namespace podium::actions {
namespace {

constexpr std::uint64_t most_clones = 200;  ///< of one task
constexpr std::size_t most_sources = 5;     ///< of a grid: their clones are one transaction

/// What both take. `more` is further properties, `required` a JSON array.
std::string clone_schema(const std::string& more = {}, const char* required = "[]") {
  return std::string(R"json({
      "type": "object", "additionalProperties": false, "required": )json") +
         required + R"json(,
      "properties": {)json" +
         more + R"json(
        "name": {"type": "string", "minLength": 1, "maxLength": 500, "default": "Clone of {name}", "title": "Name",
                 "description": "{name} stands for the name of the task that is cloned"},
        "project": {"type": "string", "minLength": 1, "maxLength": 500, "format": "project", "title": "Project",
                    "description": "Its id or its name; the task's own if not said"},
        "parent": {"type": "string", "minLength": 1, "maxLength": 256, "format": "task", "title": "Parent",
                   "description": "Id of the clones' parent; if not said that of the task, or the task itself if it has none"},
        "no_parent": {"type": "boolean", "default": false, "title": "Without a parent"}
      }
    })json";
}

/// What is asked for, understood.
struct Wanted {
  std::string base;  ///< of the names
  CloneOptions options;
};

class CloneAction : public TaskAction {
 public:
  using TaskAction::TaskAction;

 protected:
  Wanted wanted(Transaction& t, const ActionTarget& target, const ActionCall& call) const {
    const Parameters given(call);
    Wanted out;
    const std::string name = text_of(t, tasks().collection(), target.ordinal, "name");
    out.base = given.text("name");
    if (out.base.empty()) out.base = "Clone of {name}";
    constexpr std::string_view hole = "{name}";
    for (std::size_t at = 0; (at = out.base.find(hole, at)) != std::string::npos; at += name.size())
      out.base.replace(at, hole.size(), name);
    out.base = cut(std::move(out.base), longest_name);
    if (const std::string project = given.text("project"); !project.empty()) {
      out.options.project = find_project(t, context().projects(), project);
      if (out.options.project == 0) throw no_project(project);
    }
    const std::string parent = given.text("parent");
    if (given.flag("no_parent")) {
      if (!parent.empty())
        throw Error(ErrorCode::invalid, "clones are to have a parent and none; leave one out")
            .in("parent");
      out.options.parent = 0;
    } else if (!parent.empty()) {
      out.options.parent = tasks().require(t, call.who, parent).ordinal;
    }
    out.options.why = call.why;
    return out;
  }
};

class Clone final : public CloneAction {
 public:
  explicit Clone(PluginContext& context) : CloneAction("clone", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Clone";
    s.tooltip = "Makes drafts that do the same again and can be edited";
    s.icon = "clone";
    s.group = "copies";
    s.order = 10;
    s.previews = true;
    s.parameters = clone_schema();
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    Wanted w = wanted(t, target, call);
    ActionOutcome out = done(target, "'" + w.base + "'");
    if (call.dry_run) return out;
    w.options.name = w.base;
    const Tasks::Head made = tasks().clone(t, call.who, target.ordinal, w.options);
    out.made = id_of(t, tasks().collection(), made.ordinal);
    return out;
  }
};

/// `lr=0.1,0.2`, or `arch=["a,b","c"]` where a value holds a comma.
ParameterGrid::Axis axis_of(const std::string& word) {
  const std::size_t equals = word.find('=');
  const auto wrong = [&](const char* what) {
    return Error(ErrorCode::invalid, "'" + word + "' " + what).in("grid");
  };
  if (equals == word.npos || equals == 0)
    throw wrong("is no parameter with its values: write KEY=VALUE,VALUE");
  ParameterGrid::Axis axis{word.substr(0, equals), {}};
  const std::string values = word.substr(equals + 1);
  if (values.starts_with('[')) {
    const Json list = Json::parse(values, nullptr, false);
    if (!list.is_array()) throw wrong("begins a JSON array that does not end as one");
    for (const Json& value : list) {
      if (!value.is_string() && !value.is_number() && !value.is_boolean())
        throw wrong("has a value that is neither text, number nor true or false");
      axis.values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
    }
  } else {
    for (std::size_t at = 0;;) {
      const std::size_t comma = values.find(',', at);
      axis.values.push_back(values.substr(at, comma - at));
      if (comma == values.npos) break;
      at = comma + 1;
    }
  }
  if (axis.values.empty()) throw wrong("has no values");
  return axis;
}

ParameterGrid grid_of(const ActionCall& call) {
  ParameterGrid grid;
  for (const std::string& word : Parameters(call).texts("grid")) {
    ParameterGrid::Axis axis = axis_of(word);
    for (const auto& other : grid.axes)
      if (other.key == axis.key)
        throw Error(ErrorCode::invalid, "the grid has '" + axis.key + "' twice").in("grid");
    grid.axes.push_back(std::move(axis));
  }
  if (const std::uint64_t size = grid.size(); size > most_clones)
    throw Error(ErrorCode::invalid, "the grid has " + std::to_string(size) +
                                        " combinations; at most " + std::to_string(most_clones) +
                                        " are made at once, so split it")
        .in("grid");
  return grid;
}

using PointOfGrid = std::vector<std::pair<std::string, std::string>>;

/// A name that tells the point apart: "base (lr=0.1, depth=3)".
std::string name_of(const std::string& base, const PointOfGrid& point) {
  std::string mark;
  for (const auto& [key, value] : point) mark += (mark.empty() ? " (" : ", ") + key + "=" + value;
  mark += ")";
  const std::size_t length = code_points(mark);
  return length >= longest_name ? base : cut(base, longest_name - length) + mark;
}

class CloneGrid final : public CloneAction {
 public:
  explicit CloneGrid(PluginContext& context) : CloneAction("clone-grid", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Clone over a grid";
    s.tooltip = "Makes a draft for each combination of parameters, at most 200 of a task";
    s.icon = "clone-grid";
    s.group = "copies";
    s.order = 20;
    s.most = most_sources;
    s.words = "grid";
    s.previews = true;
    s.parameters = clone_schema(R"json(
        "grid": {"type": "array", "minItems": 1, "maxItems": 100, "title": "Parameters with their values",
                 "description": "KEY=VALUE,VALUE each (lr=0.1,0.01), or KEY=[\"a,b\", \"c\"] as JSON; every combination is made",
                 "items": {"type": "string", "pattern": "^[^=]"}},)json",
                                R"(["grid"])");
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const ParameterGrid grid = grid_of(call);
    Wanted w = wanted(t, target, call);
    const std::uint64_t size = grid.size();
    ActionOutcome out = done(target, count_of(static_cast<std::int64_t>(size), "draft") +
                                         (call.dry_run ? " would be made" : " made"));
    JsonWriter detail(out.detail);
    detail.object().key("count").value(static_cast<std::int64_t>(size)).key("tasks").array();
    for (std::uint64_t i = 0; i < size; ++i) {
      const PointOfGrid point = grid.point(i);
      const std::string name = name_of(w.base, point);
      detail.object();
      if (!call.dry_run) {
        Patch patch;
        for (const auto& [key, value] : point) patch.put("params", key, value);
        w.options.content = patch;
        w.options.name = name;
        const Tasks::Head made = tasks().clone(t, call.who, target.ordinal, w.options);
        const std::string id = id_of(t, tasks().collection(), made.ordinal);
        if (out.made.empty()) out.made = id;
        detail.key("id").value(id);
      }
      detail.key("name").value(name).end_object();
    }
    detail.end_array().end_object();
    return out;
  }
};

}  // namespace

void add_copies(Made& made, PluginContext& context) {
  made.push_back(std::make_unique<Clone>(context));
  made.push_back(std::make_unique<CloneGrid>(context));
}

}  // namespace podium::actions
