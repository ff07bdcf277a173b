#include "board.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "definition_json.hpp"

namespace podium::leaderboard {
namespace {

Field field_of(const char* name, Type type, bool derived = false) {
  Field f;
  f.name = name;
  f.type = type;
  f.derived = derived;
  return f;
}

Field owner(const char* name, const char* target) {
  Field f = field_of(name, Type::reference);
  f.target = target;
  f.on_erase = OnErase::cascade;
  return f;
}

Collection boards_collection() {
  Collection c;
  c.name = "leaderboard/boards";
  c.sequence = true;
  c.fields = {owner("project", "projects"), field_of("name", Type::text),
              field_of("user", Type::text), field_of("link", Type::text),
              field_of("created", Type::time), field_of("updated", Type::time),
              field_of("revision", Type::integer), field_of("template_revision", Type::integer),
              // How it goes, beside what somebody wrote: nobody's compare-and-swap fails by it, and
              // who listens to the collection hears of it.
              field_of("events", Type::integer, true), field_of("changed", Type::time, true)};
  c.keys = {{"name", {"project", "name"}, true}, {"link", {"link"}, true}};
  c.body = true;
  c.readers = "all";
  return c;
}

Collection templates_collection() {
  Collection c;
  c.name = "leaderboard/templates";
  c.sequence = true;
  c.fields = {owner("project", "projects"), field_of("user", Type::text),
              field_of("updated", Type::time), field_of("revision", Type::integer)};
  c.keys = {{"place", {"project"}, true}};
  c.body = true;
  c.readers = "all";
  return c;
}

// What happened, some tasks a record. Nobody reads it through the host's doors: it tells of tasks
// that a reader of boards may not see.
Collection events_collection() {
  Collection c;
  c.name = "leaderboard/events";
  c.sequence = true;
  c.fields = {owner("board", "leaderboard/boards"), field_of("at", Type::time),
              field_of("kind", Type::text), field_of("revision", Type::integer)};
  c.keys = {{"at", {"board", "at"}, false}};
  c.body = true;
  return c;
}

enum : std::size_t {
  project_at,
  name_at,
  user_at,
  link_at,
  created_at,
  updated_at,
  revision_at,
  template_at,
  events_at,
  changed_at,
  body_at
};

}  // namespace

std::vector<Collection> collections() {
  return {boards_collection(), templates_collection(), events_collection()};
}

Ids::Ids(const Store& store)
    : boards(store.collection("leaderboard/boards")),
      templates(store.collection("leaderboard/templates")),
      events(store.collection("leaderboard/events")),
      tasks(store.collection("tasks")),
      projects(store.collection("projects")),
      datasets(store.collection("datasets")),
      inputs(store.collection("inputs")),
      views(store.collection("views")) {}

std::int64_t system_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

const std::vector<Column>& board_columns() {
  static const std::vector<Column> columns = [] {
    std::vector<Column> out;
    for (const char* f : {"project", "name", "user", "link", "created", "updated", "revision",
                          "template_revision", "events", "changed"})
      out.push_back(value_of(field(f)));
    out.push_back(value_of(record_body()));
    return out;
  }();
  return columns;
}

Board board_of(const Row& row) {
  Board b;
  b.ordinal = row.ordinal();
  b.id = row.id();
  b.version = row.version();
  b.project = cell::integer(row.cell(project_at));
  b.name = cell::text(row.cell(name_at));
  b.user = cell::text(row.cell(user_at));
  b.link = cell::text(row.cell(link_at));
  b.created = cell::integer(row.cell(created_at));
  b.updated = cell::integer(row.cell(updated_at));
  b.revision = cell::integer(row.cell(revision_at), 1);
  b.template_revision = cell::integer_if(row.cell(template_at));
  b.events = cell::integer(row.cell(events_at));
  b.changed = cell::integer_if(row.cell(changed_at));
  const Json body = Json::parse(cell::text(row.cell(body_at)), nullptr, false);
  if (!body.is_object() || !body.contains("definition"))
    throw Error(ErrorCode::corrupt, "the board " + b.id + " has no definition");
  b.description = body.value("description", "");
  b.definition =
      std::make_shared<const Definition>(read_definition(body["definition"], "definition"));
  return b;
}

std::string body_of(const std::string& description, const Definition& d) {
  return Json{{"description", description}, {"definition", json_of(d)}}.dump();
}

}  // namespace podium::leaderboard
