// tag, untag, move, rename: what sorts tasks.
#include <map>
#include <optional>

#include "actions.hpp"
#include "parts.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::actions {
namespace {

/// What is done to the tags of a task: the text of a key, or none to take it off.
using TagChange = std::map<std::string, std::optional<std::string>>;

/// `wanted` without what the task has, or lacks, already; `back` is what undoes the rest.
TagChange difference(Transaction& t, CollectionId tasks, Ordinal task, const TagChange& wanted,
                     TagChange& back) {
  std::vector<Column> columns;
  for (const auto& [key, text] : wanted) columns.push_back(value_of(entry("tags", key)));
  TagChange change;
  t.get(tasks, task, columns, [&](const Row& row) {
    std::size_t i = 0;
    for (const auto& [key, text] : wanted) {
      const Cell cell = row.cell(i++);
      std::optional<std::string> now;
      if (const auto* there = std::get_if<std::string_view>(&cell)) now = *there;
      if (now == text) continue;
      change.emplace(key, text);
      back.emplace(key, std::move(now));
    }
  });
  return change;
}

/// As parameters of `tag`.
std::string json_of(const TagChange& change) {
  std::string out;
  JsonWriter w(out);
  w.object().key("tags").array().end_array().key("values").object();
  for (const auto& [key, text] : change)
    if (text) w.key(key).value(*text);
  w.end_object().key("remove").array();
  for (const auto& [key, text] : change)
    if (!text) w.value(key);
  w.end_array().end_object();
  return out;
}

ActionOutcome change_tags(Tasks& tasks, Transaction& t, const ActionTarget& target,
                          const ActionCall& call, const TagChange& wanted, const char* nothing) {
  const Tasks::Head head = tasks.require(t, call.who, target.ordinal);
  TagChange back;
  const TagChange change = difference(t, tasks.collection(), target.ordinal, wanted, back);
  if (change.empty()) return done(target, nothing);
  ActionOutcome out = done(target);
  if (call.dry_run) return out;
  Patch patch;
  for (const auto& [key, text] : change) {
    if (text)
      patch.put("tags", key, *text);
    else
      patch.remove("tags", key);
  }
  tasks.edit(t, call.who, head, patch, call.why);
  out.undo = json_of(back);
  return out;
}

class Tag final : public TaskAction {
 public:
  explicit Tag(PluginContext& context) : TaskAction("tag", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Add tags";
    s.tooltip = "Sets tags of tasks: words, or keys with a value";
    s.icon = "tag";
    s.group = "organise";
    s.order = 10;
    s.undo = "tag";
    s.words = "tags";
    s.previews = true;
    s.parameters = R"json({
      "type": "object", "additionalProperties": false, "required": ["tags"],
      "properties": {
        "tags": {"type": "array", "maxItems": 1000, "title": "Tags",
                 "description": "A word (reviewed), or KEY=VALUE (team=cv)",
                 "items": {"type": "string", "pattern": "^[^=]", "maxLength": 5000}},
        "values": {"type": "object", "maxProperties": 1000, "title": "Tags with their values",
                   "description": "As JSON, for keys that hold a '=': {\"a=b\": \"c\"}",
                   "additionalProperties": {"type": "string"}},
        "remove": {"type": "array", "maxItems": 1000, "title": "Tags to take off",
                   "description": "Their keys, while others are set", "items": {"type": "string", "minLength": 1}}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Parameters given(call);
    TagChange wanted;
    for (const std::string& key : given.texts("remove")) wanted[key] = std::nullopt;
    for (auto& [key, text] : given.entries("values")) wanted[key] = text;
    for (const std::string& word : given.texts("tags")) {
      const std::size_t equals = word.find('=');
      wanted[word.substr(0, equals)] = equals == word.npos ? "" : word.substr(equals + 1);
    }
    if (wanted.empty()) throw Error(ErrorCode::invalid, "name a tag to set").in("tags");
    return change_tags(tasks(), t, target, call, wanted, "it is tagged so already");
  }
};

class Untag final : public TaskAction {
 public:
  explicit Untag(PluginContext& context) : TaskAction("untag", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Remove tags";
    s.tooltip = "Takes tags off tasks";
    s.icon = "untag";
    s.group = "organise";
    s.order = 20;
    s.undo = "tag";
    s.words = "keys";
    s.previews = true;
    s.parameters = R"json({
      "type": "object", "additionalProperties": false, "required": ["keys"],
      "properties": {
        "keys": {"type": "array", "minItems": 1, "maxItems": 1000, "title": "Tags",
                 "description": "Their keys", "items": {"type": "string", "minLength": 1}}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    TagChange wanted;
    for (const std::string& key : Parameters(call).texts("keys")) wanted[key] = std::nullopt;
    return change_tags(tasks(), t, target, call, wanted, "it has no such tag");
  }
};

class Move final : public TaskAction {
 public:
  explicit Move(PluginContext& context) : TaskAction("move", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Move to project";
    s.tooltip = "Moves tasks, with the models they made, to another project";
    s.icon = "move";
    s.group = "organise";
    s.order = 30;
    s.undo = "move";
    s.previews = true;
    s.parameters = R"json({
      "type": "object", "additionalProperties": false, "required": ["project"],
      "properties": {
        "project": {"type": "string", "minLength": 1, "maxLength": 500, "format": "project", "title": "Project",
                    "description": "Its id or its name"},
        "create": {"type": "boolean", "default": false, "title": "Make the project",
                   "description": "When no project has that name, one is made"}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Parameters given(call);
    const std::string to = given.text("project");
    const Tasks::Head before = head(t, target, call);
    const Projects& projects = context().projects();
    Ordinal project = find_project(t, projects, to);
    if (project == 0) {
      if (!given.flag("create")) throw no_project(to);
      if (call.dry_run) return done(target, "the project '" + to + "' would be made");
      NewProject made;
      made.name = to;
      project = context().projects().create(t, call.who, made);
    }
    if (project == before.project) return done(target, "it is in that project already");
    if (call.dry_run) {
      context().projects().require(t, call.who, id_of(t, projects.collection(), project));
      return done(target);
    }
    tasks().move(t, call.who, before, project, call.why);
    ActionOutcome out = done(target);
    out.undo = actions::json_of("project", id_of(t, projects.collection(), before.project));
    return out;
  }
};

class Rename final : public TaskAction {
 public:
  explicit Rename(PluginContext& context) : TaskAction("rename", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Rename";
    s.tooltip = "Gives a task another name";
    s.icon = "rename";
    s.group = "organise";
    s.order = 40;
    s.most = 1;
    s.undo = "rename";
    s.parameters = R"json({
      "type": "object", "additionalProperties": false, "required": ["name"],
      "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 500, "title": "Name"}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Tasks::Head before = head(t, target, call);
    const std::string old = text_of(t, tasks().collection(), target.ordinal, "name");
    const std::string name = Parameters(call).text("name");
    if (name == old) return done(target, "it has that name already");
    Patch patch;
    patch.set("name", name);
    tasks().edit(t, call.who, before, patch, call.why);
    ActionOutcome out = done(target);
    if (!old.empty()) out.undo = actions::json_of("name", old);
    return out;
  }
};

}  // namespace

void add_organise(Made& made, PluginContext& context) {
  made.push_back(std::make_unique<Tag>(context));
  made.push_back(std::make_unique<Untag>(context));
  made.push_back(std::make_unique<Move>(context));
  made.push_back(std::make_unique<Rename>(context));
}

}  // namespace podium::actions
