#include "notes.hpp"

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string_view>

#include "finished.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/store/store.hpp"

// The template's tests build the plugin once more as it was at version 1.
#ifndef ACME_NOTES_VERSION
#define ACME_NOTES_VERSION 2
#endif

namespace acme {
namespace {

constexpr const char* collection_name = "acme.notes/notes";
constexpr bool has_author = ACME_NOTES_VERSION >= 2;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// A text or null.
void append(podium::JsonWriter& json, const podium::Cell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell))
    json.value(*text);
  else
    json.null();
}

std::string text_member(const podium::Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return {};
  if (!found->is_string())
    throw podium::Error(podium::ErrorCode::invalid, std::string("'") + name + "' must be a text")
        .in(name);
  return found->get<std::string>();
}

std::uint64_t limit_of(const podium::Request& request) {
  const auto given = request.query("limit");
  if (!given) return 100;
  std::uint64_t limit = 0;
  const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), limit);
  if (error != std::errc() || end != given->data() + given->size() || limit < 1 || limit > 1000)
    throw podium::Error(podium::ErrorCode::invalid, "'limit' must be a number from 1 to 1000")
        .in("limit");
  return limit;
}

}  // namespace

podium::Collection notes_collection() {
  podium::Collection notes;
  notes.name = collection_name;
  notes.version = ACME_NOTES_VERSION;
  notes.sequence = true;  // ids 1, 2, 3, ...
  notes.fields = {{"text", podium::Type::text}, {"written", podium::Type::time}};
  if constexpr (has_author) {
    notes.fields.push_back({"author", podium::Type::text});
    podium::Step step;
    step.to = 2;
    step.added_fields = {"author"};
    notes.steps = {std::move(step)};
  }
  notes.keys = {{"written", {"written"}, false}};
  notes.readers = "all";  // whoever may read tasks; "" would keep it to this plugin
  return notes;
}

NotesRoutes::NotesRoutes(podium::PluginContext& context)
    : Routes("acme.notes"),
      context_(context),
      longest_note_(context.config().value("longest_note", std::size_t{1000})) {}

std::vector<std::string> NotesRoutes::prefixes() const { return {"/api/v1/x/acme.notes/"}; }

std::vector<podium::Route> NotesRoutes::routes() {
  std::vector<podium::Route> table;
  const auto add = [&](const char* method, const char* path, const char* permission, auto handler,
                       const char* summary) -> podium::Route& {
    auto& route = table.emplace_back();
    route.method = method;
    route.path = path;
    route.permission = permission;
    route.handler =
        podium::Handler([this, handler](podium::Request& r) { return (this->*handler)(r); });
    route.summary = summary;
    route.answer_schema = R"({"type":"object"})";
    return route;
  };
  add("GET", "/api/v1/x/acme.notes/notes", "task.read", &NotesRoutes::list,
      "The newest notes first")
      .parameters = {{"limit", "how many at most; 100 when absent",
                      R"({"type":"integer","minimum":1,"maximum":1000})"}};
  add("POST", "/api/v1/x/acme.notes/notes", "task.write", &NotesRoutes::write, "Writes a note")
      .request_schema = R"({"type":"object","required":["text"],
        "properties":{"text":{"type":"string","minLength":1},"author":{"type":"string"}}})";
  table.back().answer_status = 201;
  add("GET", "/api/v1/x/acme.notes/finished", "task.read", &NotesRoutes::finished,
      "How many tasks have ended, by state");
  return table;
}

podium::Response NotesRoutes::list(const podium::Request& request) {
  auto& store = context_.store();
  podium::Query query;
  query.collection = store.collection(collection_name);
  query.filter = context_.access().visible(request.who(), collection_name);
  query.order = {{podium::field("written"), true}};
  query.limit = limit_of(request);
  query.columns = {value_of(podium::field("text")), value_of(podium::field("written"))};
  if (has_author) query.columns.push_back(value_of(podium::field("author")));

  podium::Response response;
  podium::JsonWriter json(response.body);
  json.object().key("notes").array();
  store.query(query, [&](const podium::Row& row) {
    json.object().key("id").value(row.id()).key("text");
    append(json, row.cell(0));
    json.key("written").value(std::get<std::int64_t>(row.cell(1))).key("author");
    if (has_author)
      append(json, row.cell(2));
    else
      json.null();
    json.end_object();
    return true;
  });
  json.end_array().end_object();
  return response;
}

podium::Response NotesRoutes::write(const podium::Request& request) {
  // Every handler asks what its caller may see; who may not see the notes writes none.
  if (context_.access().visible(request.who(), collection_name).op == podium::Filter::Op::none)
    throw podium::Error(podium::ErrorCode::denied, "you may not write notes");
  const auto body = podium::Json::parse(request.body(), nullptr, false);
  if (!body.is_object())
    throw podium::Error(podium::ErrorCode::invalid, "the body must be a JSON object");
  const auto text = text_member(body, "text"), author = text_member(body, "author");
  if (text.empty())
    throw podium::Error(podium::ErrorCode::invalid, "a note needs a text").in("text");
  if (text.size() > longest_note_)
    throw podium::Error(podium::ErrorCode::too_large,
                        "a note is at most " + std::to_string(longest_note_) + " bytes long")
        .in("text");

  auto& store = context_.store();
  const auto notes = store.collection(collection_name);
  const auto written = now();
  // May run more than once: it touches nothing but its transaction.
  const auto id = store.write([&](podium::Transaction& transaction) {
    podium::NewRecord note;
    note.content.set("text", text).set("written", written);
    if (has_author && !author.empty()) note.content.set("author", author);
    return transaction.insert(notes, note);
  });
  podium::Response response;
  response.status = 201;
  podium::JsonWriter(response.body).object().key("id").value(std::to_string(id)).end_object();
  return response;
}

podium::Response NotesRoutes::finished(const podium::Request& request) {
  auto& store = context_.store();
  podium::Aggregate count;
  count.collection = store.collection(finished_collection().name);
  count.filter = context_.access().visible(request.who(), finished_collection().name);
  count.groups = {podium::field("state")};
  count.folds = {{podium::Aggregate::Fold::Kind::count}};
  podium::Response response;
  podium::JsonWriter json(response.body);
  json.object();
  store.aggregate(
      count, [&](std::span<const podium::Cell> state, std::span<const podium::Cell> folds) {
        json.key(std::get<std::string_view>(state[0])).value(std::get<std::int64_t>(folds[0]));
        return true;
      });
  json.end_object();
  return response;
}

}  // namespace acme
