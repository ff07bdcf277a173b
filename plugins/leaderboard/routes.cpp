#include "routes.hpp"

#include "answers.hpp"
#include "definition_json.hpp"
#include "input.hpp"
#include "podium/http/input.hpp"
#include "podium/principal.hpp"
#include "schemas.hpp"

namespace podium::leaderboard {
namespace {

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

void write_template(JsonWriter& w, const Template& t) {
  w.object().key("definition").raw(json_of(*t.definition).dump());
  w.key("revision").value(t.revision).key("user").value(t.user);
  w.key("updated").value(t.updated).key("version").value(t.version).end_object();
}

Response template_answer(const Template& t) {
  Response response;
  JsonWriter w(response.body);
  write_template(w, t);
  response.headers.emplace_back("ETag", etag(t.version));
  return response;
}

}  // namespace

Response BoardRoutes::answer(const Board& board) const {
  Response response;
  JsonWriter w(response.body);
  write_board(w, desk_, board);
  response.headers.emplace_back("ETag", etag(board.version));
  return response;
}

Response BoardRoutes::list(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  const auto place = p.text("project");
  std::string body;
  JsonWriter w(body);
  w.object().key("boards").array();
  const Page page = desk_.list(who, place ? desk_.project(who, *place) : 0, p.limit(100, 1000),
                               p.cursor(), [&](const Board& b) { write_board(w, desk_, b); });
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return json(std::move(body));
}

Response BoardRoutes::add(Request& request) const {
  return answer(desk_.add(request.who(), read_draft(request, true)));
}

Response BoardRoutes::show(Request& request) const {
  return answer(desk_.require(request.who(), request.segment("id")));
}

Response BoardRoutes::linked(Request& request) const {
  return answer(desk_.by_link(request.who(), request.segment("link")));
}

Response BoardRoutes::edit(Request& request) const {
  Draft draft = read_draft(request, false);
  const Board board = desk_.require(request.who(), request.segment("id"));
  return answer(desk_.edit(request.who(), board, std::move(draft), wanted_version(request, board)));
}

Response BoardRoutes::remove(Request& request) const {
  const Board board = desk_.require(request.who(), request.segment("id"));
  desk_.remove(request.who(), board, wanted_version(request, board));
  return json(R"({"deleted":true})");
}

Response BoardRoutes::show_template(Request& request) const {
  const Principal& who = request.who();
  const auto t = desk_.project_template(who, desk_.project(who, request.segment("project")));
  if (!t) throw Error(ErrorCode::not_found, "the project has no template for boards yet");
  return template_answer(*t);
}

Response BoardRoutes::put_template(Request& request) const {
  const Principal& who = request.who();
  return template_answer(desk_.put_template(who, desk_.project(who, request.segment("project")),
                                            read_template(request), [&](std::int64_t version) {
                                              if (version != 0) check_if_match(request, version);
                                            }));
}

Response BoardRoutes::differences(Request& request) const {
  const Board board = desk_.require(request.who(), request.segment("id"));
  std::string body;
  JsonWriter w(body);
  w.object().key("differences").array();
  for (const TemplateDifference& d : desk_.differences(request.who(), board))
    w.object()
        .key("member")
        .value(d.member)
        .key("board")
        .raw(d.board)
        .key("template")
        .raw(d.here)
        .end_object();
  w.end_array().end_object();
  return json(std::move(body));
}

std::vector<Route> BoardRoutes::routes() {
  std::vector<Route> table;
  const auto add_route = [&](const char* method, std::string path, const char* permission,
                             const char* summary, Response (BoardRoutes::*handler)(Request&) const,
                             std::string request_schema, std::string answer_schema) -> Route& {
    Route& route = table.emplace_back();
    route.method = method;
    route.path = "/api/v1/boards" + path;
    route.permission = permission;
    route.summary = summary;
    route.handler = Handler([this, handler](Request& r) { return (this->*handler)(r); });
    route.body = request_schema.empty() ? BodyKind::none : BodyKind::text;
    route.request_schema = std::move(request_schema);
    route.answer_schema = std::move(answer_schema);
    return route;
  };
  const Parameter limit{"limit", "how many at most; 100 when absent",
                        R"({"type":"integer","minimum":1,"maximum":1000})"};
  const Parameter cursor{"cursor", "of the page before"};
  const Parameter offset{"offset", "how many are passed over", R"({"type":"integer","minimum":0})"};
  const Parameter at{"at", "as it was then: milliseconds, a date or an age"};
  Parameter if_match{"If-Match", "the ETag that it was read with"};
  if_match.in = Parameter::In::header;
  Parameter if_none_match{"If-None-Match", "the ETag of the ranking that is known"};
  if_none_match.in = Parameter::In::header;

  add_route("GET", "", "board.read", "Lists boards", &BoardRoutes::list, "", schemas::list)
      .parameters = {{"project", "id or name; all projects when absent"}, limit, cursor};
  add_route("POST", "", "board.write",
            "Makes a board of a definition, of the project's template, or of a saved view",
            &BoardRoutes::add, schemas::new_board(), schemas::board)
      .versioned = true;
  add_route("POST", "/ranking", "board.read", "The ranking of a definition that is not saved",
            &BoardRoutes::unsaved, schemas::question(), schemas::ranking);
  add_route("GET", "/links/{link}", "board.read", "The board with this link", &BoardRoutes::linked,
            "", schemas::board)
      .versioned = true;
  add_route("GET", "/templates/{project}", "board.read", "The project's template for boards",
            &BoardRoutes::show_template, "", schemas::board_template)
      .versioned = true;
  add_route("PUT", "/templates/{project}", "board.write",
            "Sets the project's template for boards; boards made from it before stay as they are",
            &BoardRoutes::put_template, schemas::new_template(), schemas::board_template)
      .versioned = true;
  add_route("GET", "/{id}", "board.read", "One board", &BoardRoutes::show, "", schemas::board)
      .versioned = true;
  add_route("PATCH", "/{id}", "board.write", "Changes a board's name, description or definition",
            &BoardRoutes::edit, schemas::edit(), schemas::board)
      .versioned = true;
  add_route("DELETE", "/{id}", "board.write", "Erases a board and its history",
            &BoardRoutes::remove, "", schemas::deleted)
      .parameters = {if_match};
  add_route("GET", "/{id}/differences", "board.read",
            "Members of the definition that are not as in the project's template",
            &BoardRoutes::differences, "", schemas::differences);
  add_route("GET", "/{id}/ranking", "board.read",
            "The candidates: those who qualify by rank, then the others with the reasons",
            &BoardRoutes::ranking, "", schemas::ranking)
      .parameters = {limit, offset, at, if_none_match};
  add_route("GET", "/{id}/candidates/{candidate}", "board.read",
            "One candidate with its tasks, what they cover, and what they have in common",
            &BoardRoutes::candidate, "", schemas::candidate)
      .parameters = {at};
  add_route("GET", "/{id}/history", "board.read", "What happened to the board, newest first",
            &BoardRoutes::history, "", schemas::history)
      .parameters = {limit, cursor};
  Parameter since{"since", "a moment: milliseconds, a date or an age"};
  since.required = true;
  add_route("GET", "/{id}/changes", "board.read",
            "Candidates that are new, gone, or have another rank or value than at a moment",
            &BoardRoutes::changes, "", schemas::changes)
      .parameters = {since};
  add_route("GET", "/{id}/ranks", "board.read", "Ranks over time of those who were among the first",
            &BoardRoutes::ranks, "", schemas::ranks)
      .parameters = {{"from", "a moment; all when absent"},
                     {"to", "a moment; now when absent"},
                     {"top", "how many are the first; 10 when absent",
                      R"({"type":"integer","minimum":1,"maximum":100})"}};
  add_route("GET", "/{id}/trust", "board.read",
            "Spread, interval, rank interval and group of each ranked candidate",
            &BoardRoutes::trusted, "", schemas::trust)
      .parameters = {at};
  Parameter x{"x", "a metric or a column of the board"}, y{"y", "another"};
  x.required = y.required = true;
  add_route("GET", "/{id}/pareto", "board.read",
            "Candidates that no other beats in all of two or three values, and those behind them",
            &BoardRoutes::front, "", schemas::pareto)
      .parameters = {x, y, {"z", "a third"}, at};
  add_route("GET", "/{id}/export", "board.read", "The whole board as a file",
            &BoardRoutes::exported, "", schemas::exported)
      .parameters = {{"format", "csv when absent", R"({"enum":["csv","json"]})"}, at};
  table.back().answer_types = {"text/csv", "application/json"};
  add_route("GET", "/goals/{project}", "board.read",
            "The project's goals: how many tasks meet each, and how its best came about",
            &BoardRoutes::goals, "", schemas::goals)
      .parameters = {{"task", "id of a task: which goals it met"}};
  return table;
}

}  // namespace podium::leaderboard
