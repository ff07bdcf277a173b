// /api/v1/tasks/{id}/notes and /api/v1/notes
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/history.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/projects/scope.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"kind", "text", "who", "who_kind", "created", "updated"};
constexpr std::size_t task_column = std::size(fields);
constexpr Budget budget{5'000'000, std::chrono::milliseconds(10'000)};
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                       most = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view note_schema =
    R"({"title":"Note","type":"object","required":["id","task","kind","text","who","who_kind",)"
    R"("created","updated","version"],"properties":{"id":{"type":"string"},)"
    R"("task":{"type":"string"},"kind":{"type":"string"},"text":{"type":"string"},)"
    R"("who":{"type":"string"},"who_kind":{"enum":["person","program","worker","host"]},)"
    R"("created":{"type":"integer"},"updated":{"type":"integer"},"version":{"type":"integer"}}})";
constexpr std::string_view kind_schema =
    R"("kind":{"anyOf":[{"enum":["note","hypothesis","verdict","decision","observation",)"
    R"("question","warning"]},{"type":"string","maxLength":64,)"
    R"("pattern":"^[a-z0-9._-]+/[a-z0-9._-]+$"}]})";

std::string new_note_schema() {
  return R"({"title":"NewNote","type":"object","required":["text"],"additionalProperties":false,)"
         R"("properties":{"text":{"type":"string","minLength":1,"maxLength":65536},)" +
         std::string(kind_schema) + "}}";
}
std::string note_edit_schema() {
  return R"({"title":"NoteEdit","type":"object","additionalProperties":false,)"
         R"("properties":{"text":{"type":"string","minLength":1,"maxLength":65536},)" +
         std::string(kind_schema) + "}}";
}
constexpr std::string_view search_schema =
    R"({"title":"NoteQuery","type":"object","additionalProperties":false,"properties":{)"
    R"("project":{"type":"string","description":"id or name"},)"
    R"("scope":{"enum":["project","subprojects"]},)"
    R"("tasks":{"type":"array","maxItems":1000,"items":{"type":"string"}},)"
    R"("kinds":{"type":"array","maxItems":100,"items":{"type":"string"}},)"
    R"("who":{"type":"string"},"text":{"type":"string","maxLength":1000,"description":)"
    R"("is part of the note, in any case of letters; % is any run, _ any one character"},)"
    R"("from":{"type":"integer","description":"created then or later, milliseconds UTC"},)"
    R"("to":{"type":"integer","description":"created then or earlier"},)"
    R"("order":{"enum":["newest","oldest"],"description":"newest first when absent"},)"
    R"("limit":{"type":"integer","minimum":1,"maximum":1000},)"
    R"("cursor":{"type":["string","null"]}}})";

class NoteRoutes final : public Routes {
 public:
  NoteRoutes(const Core& core, ApiServices services)
      : Routes("api.notes"), core_(core), services_(services), columns_(field_columns(fields)) {
    columns_.push_back(value_of(field("task")));
  }
  std::vector<std::string> prefixes() const override { return {"/api/v1/notes", "/api/v1/tasks"}; }
  std::vector<Route> routes() override;

 private:
  struct Written : OwnedJson {
    Ordinal ordinal = 0;
    std::int64_t created = 0;
  };
  Written write(const Row&) const;
  Response answer(const Principal&, Ordinal) const;
  Response page(const Principal&, const NoteSearch&, bool newest, std::uint64_t limit,
                const std::string& cursor) const;
  Response of_task(Request&) const;
  Response search(Request&) const;
  Response add(Request&) const;
  Response show(Request&) const;
  Response edit(Request&) const;
  Response remove(Request&) const;
  Response history(Request&) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

NoteRoutes::Written NoteRoutes::write(const Row& row) const {
  Written out;
  out.ordinal = row.ordinal();
  out.version = row.version();
  out.owner = std::get<std::int64_t>(row.cell(task_column));
  out.created = std::get<std::int64_t>(row.cell(4));
  JsonWriter w(out.json);
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  w.key("version").value(out.version);
  return out;
}

Response NoteRoutes::answer(const Principal& who, Ordinal note) const {
  Written written;
  core_.store.read([&](const Reader& reader) {
    if (!services_.notes.get(reader, who, note, columns_,
                             [&](const Row& row) { written = write(row); }))
      throw Error(ErrorCode::not_found, "the note does not exist");
    close(written, "task", services_.tasks, reader, who);
  });
  return json_response(std::move(written.json), written.version);
}

/// Where a page of notes ended: "created_ordinal". The search is a new filter each time, for which
/// the store's own cursor would not do.
std::pair<std::int64_t, Ordinal> place_of(const std::string& cursor) {
  const auto bar = cursor.find('_');
  std::pair<std::int64_t, Ordinal> out;
  const auto number = [&](std::size_t from, std::size_t to, std::int64_t& value) {
    const auto [end, error] = std::from_chars(cursor.data() + from, cursor.data() + to, value);
    return error == std::errc() && end == cursor.data() + to && from < to;
  };
  if (bar == std::string::npos || !number(0, bar, out.first) ||
      !number(bar + 1, cursor.size(), out.second))
    throw Error(ErrorCode::invalid, "'cursor' is not one that a page of notes ended with")
        .in("cursor");
  return out;
}

Response NoteRoutes::page(const Principal& who, const NoteSearch& search, bool newest,
                          std::uint64_t limit, const std::string& cursor) const {
  Query query;
  query.order = {{field("created"), newest, false}};
  query.limit = limit;
  query.columns = columns_;
  query.budget = budget;
  Filter behind;
  if (!cursor.empty()) {
    const auto [created, ordinal] = place_of(cursor);
    const Compare after = newest ? Compare::lt : Compare::gt;
    behind = any_of(
        {compare(field("created"), after, created),
         all_of({eq(field("created"), created), compare(record_ordinal(), after, ordinal)})});
  }
  Response answer;
  core_.store.read([&](const Reader& reader) {
    query.filter = all_of({services_.notes.matching(reader, who, search), behind});
    std::vector<Written> rows;
    Page got = services_.notes.query(reader, who, query, [&](const Row& row) {
      rows.push_back(write(row));
      return true;
    });
    if (!got.cursor.empty())
      got.cursor = std::to_string(rows.back().created) + "_" + std::to_string(rows.back().ordinal);
    answer = list_response("notes", [&](JsonWriter& w) {
      for (auto& row : rows) {
        close(row, "task", services_.tasks, reader, who);
        w.raw(row.json);
      }
      return got;
    });
  });
  return answer;
}

Response NoteRoutes::of_task(Request& request) const {
  const Parameters p(request);
  NoteSearch search;
  search.tasks = {
      find_visible(services_.tasks, core_.store, request.who(), "task", request.segment("id"))};
  if (const auto kind = p.text("kind")) search.kinds = {*kind};
  return page(request.who(), search, false, p.limit(100, 1000), p.cursor());
}

Response NoteRoutes::search(Request& request) const {
  Members body = Members::of_body(request);
  const auto project = body.text("project", 500), scope = body.text("scope", 32);
  const Json *tasks = body.array("tasks", 1000), *kinds = body.array("kinds", 100);
  NoteSearch search;
  const Principal& who = request.who();
  if (tasks) {
    search.tasks.emplace();
    for (std::size_t i = 0; i < tasks->size(); ++i) {
      const std::string path = "tasks[" + std::to_string(i) + "]";
      const std::string id = input::text_of((*tasks)[i], path, 256);
      const Ordinal task = services_.tasks.find(core_.store, who, id);
      if (task == 0) throw no_such("task", id).in(path);
      search.tasks->push_back(task);
    }
  }
  if (kinds)
    for (std::size_t i = 0; i < kinds->size(); ++i)
      search.kinds.push_back(input::text_of((*kinds)[i], "kinds[" + std::to_string(i) + "]", 256));
  search.who = body.text("who", 256).value_or("");
  search.text = body.text("text", 1000).value_or("");
  search.from = body.integer("from", least, most);
  search.to = body.integer("to", least, most);
  const std::string order = body.text("order", 16).value_or("newest");
  const auto limit = static_cast<std::uint64_t>(body.integer("limit", 1, 1000).value_or(100));
  const std::string cursor = body.text("cursor", 100).value_or("");
  body.finish();
  if (order != "newest" && order != "oldest")
    throw Error(ErrorCode::invalid, "'order' is 'newest' or 'oldest'").in("order");
  if (scope && !project)
    throw Error(ErrorCode::invalid, "'scope' says how much of a 'project'; name that too")
        .in("scope");
  if (project)
    search.projects = projects_in(services_.projects, core_.store, who, *project,
                                  scope ? scope_of(*scope) : Scope::project);
  return page(who, search, order == "newest", limit, cursor);
}

Response NoteRoutes::add(Request& request) const {
  Members body = Members::of_body(request);
  const auto text = body.text("text"), kind = body.text("kind", 256);
  body.finish();
  NewNote note;
  if (text) note.text = *text;
  if (kind) note.kind = *kind;
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    return services_.notes.add(t, who, services_.tasks.require(t, who, request.segment("id")),
                               note);
  }));
}

Response NoteRoutes::show(Request& request) const {
  return answer(request.who(), find_visible(services_.notes, core_.store, request.who(), "note",
                                            request.segment("id")));
}

Response NoteRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const auto text = body.text("text"), kind = body.text("kind", 256);
  body.finish();
  NoteEdit edit;
  if (text) edit.text = *text;
  if (kind) edit.kind = *kind;
  for (const char* name : {"text", "kind"})
    if (body.is_null(name))
      throw Error(ErrorCode::invalid, "a note needs a " + std::string(name)).in(name);
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    const auto head = services_.notes.require(t, who, request.segment("id"));
    check_if_match(request, head.version);
    services_.notes.edit(t, who, head, edit);
    return head.ordinal;
  }));
}

Response NoteRoutes::remove(Request& request) const {
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const auto head = services_.notes.require(t, who, request.segment("id"));
    check_if_match(request, head.version);
    services_.notes.remove(t, who, head);
  });
  return json_response(R"({"deleted":true})");
}

Response NoteRoutes::history(Request& request) const {
  const auto id = request.segment("id");
  Ordinal task = 0;
  const Column column = value_of(field("task"));
  services_.notes.get(core_.store, request.who(),
                      find_visible(services_.notes, core_.store, request.who(), "note", id),
                      std::span<const Column>(&column, 1),
                      [&](const Row& row) { task = std::get<std::int64_t>(row.cell(0)); });
  return history_answer(core_, request,
                        all_of({eq(field("task"), task), eq(field("entity"), std::string("note")),
                                eq(field("subject"), std::string(id))}));
}

std::vector<Route> NoteRoutes::routes() {
  const std::string one(note_schema);
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/tasks/{id}/notes", "task.read", "Notes on a task, oldest first",
          [this](Request& r) { return of_task(r); }, "", schemas::page("notes", one))
      .with(paged({text_parameter("kind", "only of this kind")}));
  table
      .add(
          "POST", "/api/v1/tasks/{id}/notes", "task.write",
          "Adds a note to a task, in any state of it", [this](Request& r) { return add(r); },
          new_note_schema(), one)
      .versioned();
  table.add(
      "POST", "/api/v1/notes/query", "task.read",
      "Notes on tasks: of a project or some tasks, by kind, author, text and date",
      [this](Request& r) { return search(r); }, std::string(search_schema),
      schemas::page("notes", one));
  table
      .add(
          "GET", "/api/v1/notes/{id}", "task.read", "One note",
          [this](Request& r) { return show(r); }, "", one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/notes/{id}", "task.write", "Changes a note's text or kind",
          [this](Request& r) { return edit(r); }, note_edit_schema(), one)
      .versioned();
  table
      .add(
          "DELETE", "/api/v1/notes/{id}", "task.write",
          "Erases a note; the task's history keeps what it said",
          [this](Request& r) { return remove(r); }, "",
          R"({"type":"object","required":["deleted"],"properties":{"deleted":{"const":true}}})")
      .with({if_match()});
  table
      .add(
          "GET", "/api/v1/notes/{id}/history", "task.read", "How a note was written and changed",
          [this](Request& r) { return history(r); }, "",
          schemas::page("history", schemas::history_entry))
      .with(paged());
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_note_routes(const Core& core, ApiServices services) {
  return std::make_unique<NoteRoutes>(core, services);
}

}  // namespace podium::host
