// Routes of saved comparisons.
#include "podium/http/input.hpp"
#include "podium/plugin.hpp"
#include "routes.hpp"
#include "schemas.hpp"
#include "selection.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t longest_name = 200, largest_layout = 256 * 1024,
                      largest_selection = 64 * 1024;

/// A member that is an object, as text of at most so many bytes.
std::optional<std::string> object_text(Members& body, const char* member, std::size_t most) {
  const Json* value = body.any(member);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_object()) throw input::wrong(body.path(member), "must be an object");
  std::string text = value->dump();
  if (text.size() > most)
    throw Error(ErrorCode::too_large, "'" + body.path(member) + "' takes " +
                                          std::to_string(text.size()) + " bytes as JSON; at most " +
                                          std::to_string(most) + " are kept")
        .in(body.path(member));
  return text;
}

Comparisons::Change read_change(Request& request, const Comparisons& saved, bool fresh) {
  Members body = Members::of_body(request);
  Comparisons::Change change;
  change.name = body.text("name", longest_name);
  if (change.name ? change.name->empty() : fresh)
    throw input::wrong("name", "must be a text of 1 to 200 characters");
  const bool nowhere = body.is_null("project");
  if (const auto project = body.text("project", 500))
    change.project = saved.project(request.who(), *project);
  else if (nowhere)
    change.project = 0;
  change.layout = object_text(body, "layout", largest_layout);
  change.selection = object_text(body, "selection", largest_selection);
  if (change.selection) {
    // What is kept can be asked: the same reader, the same refusals.
    const Json selection = Json::parse(*change.selection);
    Members members(selection, "selection");
    read_selection(members, most_charted);
    members.finish();
  }
  body.finish();
  return change;
}

void write(JsonWriter& w, const Comparison& c) {
  w.object().key("id").value(c.id).key("name").value(c.name).key("project");
  if (c.project_id.empty())
    w.null();
  else
    w.value(c.project_id);
  w.key("owner").value(c.owner).key("link").value(c.link);
  w.key("selection").raw(c.selection).key("layout").raw(c.layout);
  w.key("created").value(c.created).key("updated").value(c.updated);
  w.key("version").value(c.version).end_object();
}

}  // namespace

Response ComparisonRoutes::answer(const Comparison& comparison) const {
  Response response;
  JsonWriter w(response.body);
  write(w, comparison);
  response.headers.emplace_back("ETag", etag(comparison.version));
  return response;
}

Response ComparisonRoutes::list(Request& request) const {
  const Parameters p(request);
  std::optional<Ordinal> project;
  if (const auto given = p.text("project")) project = saved_.project(request.who(), *given);
  const auto listed = saved_.list(request.who(), project, p.limit(100, 1000), p.cursor());
  Response response;
  JsonWriter w(response.body);
  w.object().key("comparisons").array();
  for (const Comparison& c : listed.comparisons) write(w, c);
  w.end_array();
  write_cursor(w, listed.cursor);
  w.end_object();
  return response;
}

Response ComparisonRoutes::create(Request& request) const {
  const auto change = read_change(request, saved_, true);
  return answer(saved_.require(request.who(), saved_.create(request.who(), change)));
}

Response ComparisonRoutes::show(Request& request) const {
  return answer(saved_.require(request.who(), request.segment("id")));
}

Response ComparisonRoutes::edit(Request& request) const {
  const auto change = read_change(request, saved_, false);
  saved_.change(request.who(), request.segment("id"), change,
                [&](std::int64_t version) { check_if_match(request, version); });
  return answer(saved_.require(request.who(), request.segment("id")));
}

Response ComparisonRoutes::remove(Request& request) const {
  saved_.erase(request.who(), request.segment("id"),
               [&](std::int64_t version) { check_if_match(request, version); });
  Response response;
  response.body = R"({"deleted":true})";
  return response;
}

Response ComparisonRoutes::linked(Request& request) const {
  const std::string_view link = request.segment("link");
  const auto found = saved_.by_link(request.who(), link);
  if (!found)
    throw Error(ErrorCode::not_found,
                "there is no comparison with the link '" + std::string(link) + "'")
        .in("link");
  return answer(*found);
}

void ComparisonRoutes::add_saved(std::vector<Route>& table) {
  const auto add = [&](const char* method, const char* path, const char* permission,
                       const char* summary, Response (ComparisonRoutes::*handler)(Request&) const,
                       std::string request_schema, std::string answer_schema) -> Route& {
    Route& route = table.emplace_back();
    route.method = method;
    route.path = path;
    route.permission = permission;
    route.summary = summary;
    route.handler = Handler([this, handler](Request& r) { return (this->*handler)(r); });
    route.body = request_schema.empty() ? BodyKind::none : BodyKind::text;
    route.request_schema = std::move(request_schema);
    route.answer_schema = std::move(answer_schema);
    return route;
  };
  constexpr const char* all = "/api/v1/comparisons";
  constexpr const char* one = "/api/v1/comparisons/{id}";
  constexpr const char* read = "comparison.read";
  constexpr const char* write = "comparison.write";
  add("GET", all, read, "Lists saved comparisons, newest first", &ComparisonRoutes::list, "",
      schemas::comparisons())
      .parameters = {{"project", "only of this project, by id or name"},
                     {"limit", "how many at most; 100 when absent",
                      R"({"type":"integer","minimum":1,"maximum":1000})"},
                     {"cursor", "of the page before"}};
  add("POST", all, write, "Saves a comparison", &ComparisonRoutes::create,
      schemas::new_comparison(), schemas::comparison())
      .versioned = true;
  add("GET", "/api/v1/comparisons/links/{link}", read, "The saved comparison of a link",
      &ComparisonRoutes::linked, "", schemas::comparison())
      .versioned = true;
  add("GET", one, read, "One saved comparison", &ComparisonRoutes::show, "", schemas::comparison())
      .versioned = true;
  add("PATCH", one, write, "Changes a saved comparison", &ComparisonRoutes::edit,
      schemas::comparison_edit(), schemas::comparison())
      .versioned = true;
  Parameter if_match{"If-Match", "the ETag that it was read with"};
  if_match.in = Parameter::In::header;
  add("DELETE", one, write, "Erases a saved comparison", &ComparisonRoutes::remove, "",
      schemas::deleted())
      .parameters = {if_match};
}

}  // namespace podium::comparison
