// Cloning tasks, one or many, over a parameter grid; moving many.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "podium/service/grid.hpp"
#include "podium/storage_kit/text.hpp"
#include "services/api/output.hpp"
#include "services/api/task_fields.hpp"
#include "services/api/task_handlers.hpp"
#include "services/idempotency/idempotency.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t most_shown = 100;  ///< points that a dry run lists

using PointOfGrid = std::vector<std::pair<std::string, std::string>>;

ParameterGrid grid_of(Members& body) {
  ParameterGrid grid;
  const Json* given = body.any("grid");
  if (!given || given->is_null()) return grid;
  const auto refuse = [&](const std::string& where, const char* what) {
    return Error(ErrorCode::invalid, "'" + where + "' " + what).in(where);
  };
  if (!given->is_object()) throw refuse("grid", "must be an object: {\"lr\": [0.1, 0.2]}");
  if (given->size() > 100) throw refuse("grid", "has more than 100 parameters");
  for (const auto& [key, values] : given->items()) {
    const std::string path = "grid." + key;
    if (key.empty() || kit::count_code_points(key) > 1024 || key.find('\0') != std::string::npos)
      throw refuse("grid", "has a key that is empty, holds U+0000 or is too long");
    if (!values.is_array() || values.empty() || values.size() > 10'000)
      throw refuse(path, "must be an array of 1 to 10000 values");
    ParameterGrid::Axis axis{key, {}};
    for (const auto& value : values)
      axis.values.push_back(value.is_number() || value.is_boolean() ? value.dump()
                                                                    : input::text_of(value, path));
    grid.axes.push_back(std::move(axis));
  }
  return grid;
}

/// What a clone is asked for, of one task or of several.
struct CloneBody {
  std::optional<std::string> name, project;
  std::string why;
  bool dry_run = false, clear_parent = false;
  ParameterGrid grid;
  std::optional<std::string> key;
  TaskFields fields;

  explicit CloneBody(Members& body)
      : name(body.text("name", 500)),
        project(body.text("project", 64)),
        why(body.text("why", 10'000).value_or("")),
        dry_run(body.boolean("dry_run").value_or(false)),
        clear_parent(body.is_null("parent")),
        grid(grid_of(body)),
        key(body.text("idempotency_key", 255)),
        fields(body, true) {
    const auto limit = body.integer("limit", 1, 200).value_or(100);
    const std::uint64_t size = grid.size();
    if (size > static_cast<std::uint64_t>(limit) && !dry_run)
      throw Error(ErrorCode::invalid,
                  "the grid has " + std::to_string(size) + " combinations and the limit is " +
                      std::to_string(limit) + "; raise 'limit' (at most 200) or split the grid")
          .in("grid")
          .with("{\"count\":" + std::to_string(size) + ",\"limit\":" + std::to_string(limit) + "}");
  }
};

/// A name that tells the point apart, e.g. "base (lr=0.1, depth=3)".
std::string name_of(std::string base, const PointOfGrid& point) {
  if (point.empty()) return base;
  std::string mark = " (";
  for (const auto& [key, value] : point) mark += (mark.size() == 2 ? "" : ", ") + key + "=" + value;
  mark += ")";
  while (!base.empty() && kit::count_code_points(base) + kit::count_code_points(mark) > 500) {
    while (!base.empty() && (static_cast<unsigned char>(base.back()) & 0xc0) == 0x80)
      base.pop_back();
    if (!base.empty()) base.pop_back();
  }
  return kit::count_code_points(mark) > 500 ? base : base + mark;
}

struct Cloned {
  std::string id, name;
  PointOfGrid params;
};

/// Makes the clones of one source in one transaction; with `dry_run` says what they would be.
std::vector<Cloned> clone_source(Transaction& t, const Core& core, const ApiServices& services,
                                 const Principal& who, std::string_view source_id,
                                 const CloneBody& wanted) {
  const Ordinal source = t.find(core.in.tasks, source_id);
  core.check_visible(t, who, "tasks", core.in.tasks, source, "task", source_id);
  CloneOptions options;
  if (wanted.project) {
    options.project = t.find(core.in.projects, *wanted.project);
    core.check_visible(t, who, "projects", core.in.projects, options.project, "project",
                       *wanted.project);
  }
  options.why = wanted.why;
  const Patch content = wanted.fields.resolve(t, core, who);
  for (const auto& set : content.fields)
    if (set.field == "parent") {
      const auto* parent = std::get_if<std::int64_t>(&set.value);
      options.parent = parent ? *parent : 0;
    }
  std::string base;
  if (wanted.name) {
    base = *wanted.name;
  } else {
    static const std::vector<Column> columns = {value_of(field("name"))};
    t.get(core.in.tasks, source, columns,
          [&](const Row& row) { base = "Clone of " + cell::text(row.cell(0)); });
  }
  const std::uint64_t size = wanted.grid.size();
  std::vector<Cloned> out;
  for (std::uint64_t i = 0; i < (wanted.dry_run ? std::min(size, most_shown) : size); ++i) {
    Cloned one;
    one.params = wanted.grid.point(i);
    one.name = name_of(base, one.params);
    if (!wanted.dry_run) {
      Patch patch = content;
      std::erase_if(patch.fields, [](const auto& set) { return set.field == "parent"; });
      if (wanted.fields.type) patch.set("type", *wanted.fields.type);
      for (const auto& [key, value] : one.params) patch.put("params", key, value);
      options.content = patch;
      options.name = one.params.empty() && !wanted.name ? std::string_view() : one.name;
      const auto head = services.tasks.clone(t, who, source, options);
      static const std::vector<Column> columns = {value_of(field("name"))};
      t.get(core.in.tasks, head.ordinal, columns, [&](const Row& row) {
        one.id = row.id();
        one.name = cell::text(row.cell(0));
      });
    }
    out.push_back(std::move(one));
  }
  return out;
}

/// The members "count" and "tasks" of an answer.
std::string cloned_json(const std::vector<Cloned>& clones, std::uint64_t count) {
  std::string out;
  JsonWriter w(out);
  w.key("count").value(static_cast<std::int64_t>(
      std::min<std::uint64_t>(count, std::numeric_limits<std::int64_t>::max())));
  w.key("truncated").value(clones.size() < count).key("tasks").array();
  for (const auto& c : clones) {
    w.object();
    if (!c.id.empty()) w.key("id").value(c.id);
    w.key("name").value(c.name).key("params").object();
    for (const auto& [key, value] : c.params) w.key(key).value(value);
    w.end_object().end_object();
  }
  w.end_array();
  return out;
}

std::string clone_once(const Core& core, const ApiServices& services, const Request& request,
                       std::string_view source, const CloneBody& wanted) {
  const Once once(core, request, "clone " + std::string(source), wanted.key);
  (void)core.access.visible(request.who(), "tasks");
  core.access.require(request.who(), "task.write");
  std::string members;
  core.store.write([&](Transaction& t) {
    if (const auto before = once.before(t)) {
      members = *before;
      return;
    }
    members = cloned_json(clone_source(t, core, services, request.who(), source, wanted),
                          wanted.grid.size());
    if (!wanted.dry_run) once.remember(t, members);
  });
  return members;
}

std::vector<std::string> ids_of(Members& body) {
  std::vector<std::string> ids;
  if (const Json* given = body.array("ids", 1000))
    for (std::size_t i = 0; i < given->size(); ++i)
      ids.push_back(input::text_of((*given)[i], "ids[" + std::to_string(i) + "]", 256));
  if (ids.empty()) throw Error(ErrorCode::invalid, "name 1 to 1000 tasks").in("ids");
  return ids;
}

/// Each id in a transaction of its own: one that fails is told, and the others go on.
template <class F>
Response each(const Request& request, const std::vector<std::string>& ids, bool dry_run, F&& one) {
  std::string good, bad;
  JsonWriter g(good), b(bad);
  g.array(), b.array();
  for (const auto& id : ids) {
    try {
      if (request.cancel().cancelled())
        throw Error(ErrorCode::cancelled, "the call was ended before this task's turn");
      const std::string members = one(id);
      g.object().key("id").value(id);
      if (!members.empty()) g.raw(members);
      g.end_object();
    } catch (const Error& e) {
      b.object().key("id").value(id).key("error");
      write_error(b, e);
      b.end_object();
    }
  }
  g.end_array(), b.end_array();
  return json_response(std::string("{\"dry_run\":") + (dry_run ? "true" : "false") +
                       ",\"succeeded\":" + good + ",\"failed\":" + bad + "}");
}

}  // namespace

Response clone_task(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const CloneBody wanted(body);
  body.finish();
  const std::string members = clone_once(core, services, request, request.segment("id"), wanted);
  return json_response(std::string("{\"dry_run\":") + (wanted.dry_run ? "true" : "false") + "," +
                       members + "}");
}

Response clone_tasks(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const CloneBody wanted(body);
  const auto ids = ids_of(body);
  body.finish();
  const std::uint64_t each_makes = wanted.grid.size();
  if (!wanted.dry_run && each_makes * ids.size() > 1000)
    throw Error(ErrorCode::invalid, "the call would make " +
                                        std::to_string(each_makes * ids.size()) +
                                        " tasks; at most 1000 in one call")
        .in("ids");
  return each(request, ids, wanted.dry_run, [&](const std::string& id) {
    return clone_once(core, services, request, id, wanted);
  });
}

Response move_tasks(const Core& core, const ApiServices& services, Request& request) {
  Members body = Members::of_body(request);
  const auto ids = ids_of(body);
  const auto project = body.text("project", 64);
  const std::string why = body.text("why", 10'000).value_or("");
  const bool dry = body.boolean("dry_run").value_or(false);
  body.finish();
  if (!project) throw Error(ErrorCode::invalid, "name the project to move to").in("project");
  const Principal& who = request.who();
  return each(request, ids, dry, [&](const std::string& id) {
    core.store.write([&](Transaction& t) {
      const Ordinal to = services.projects.require(t, who, *project);
      const auto head = services.tasks.require(t, who, id);
      if (!dry) services.tasks.move(t, who, head, to, why);
    });
    return std::string();
  });
}

}  // namespace podium::host
