// What boards say: rankings and what stands beside them.
#include "answers.hpp"
#include "details.hpp"
#include "input.hpp"
#include "key.hpp"
#include "past.hpp"
#include "podium/http/input.hpp"
#include "routes.hpp"

namespace podium::leaderboard {
namespace {

/// The ETag is the content's, so that it is the same on every host. 304 when the caller has it.
Response tagged(const Request& request, std::string body) {
  Response response;
  const std::string tag = "\"" + id_of_key(body) + "\"";
  response.headers.emplace_back("ETag", tag);
  if (request.header("If-None-Match").find(tag) != std::string_view::npos)
    response.status = 304;
  else
    response.body = std::move(body);
  return response;
}

std::uint64_t offset_of(const Parameters& p) {
  return static_cast<std::uint64_t>(p.integer("offset", 0, 1'000'000'000).value_or(0));
}

}  // namespace

Response BoardRoutes::ranking(Request& request) const {
  const Parameters p(request);
  const auto limit = p.limit(100, 1000), offset = offset_of(p);
  const auto at = moment(request, "at", desk_);
  const Board board = desk_.require(request.who(), request.segment("id"));
  std::string body;
  desk_.look(request.who(), board, at,
             [&](const Ranking& r) { body = ranking_json(board, r, limit, offset); });
  return tagged(request, std::move(body));
}

Response BoardRoutes::unsaved(Request& request) const {
  Question q = read_question(request);
  const Board board = desk_.unsaved(request.who(), q.project, std::move(q.definition));
  Response response;
  desk_.look(request.who(), board, std::nullopt,
             [&](const Ranking& r) { response.body = ranking_json(board, r, q.limit, q.offset); });
  return response;
}

namespace {

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

Response BoardRoutes::candidate(Request& request) const {
  const auto at = moment(request, "at", desk_);
  const Board board = desk_.require(request.who(), request.segment("id"));
  return json(candidate_json(desk_, request.who(), board, request.segment("candidate"), at));
}

Response BoardRoutes::history(Request& request) const {
  const Parameters p(request);
  const auto limit = p.limit(100, 1000);
  const Board board = desk_.require(request.who(), request.segment("id"));
  return json(history_json(desk_, request.who(), board, limit, p.cursor()));
}

Response BoardRoutes::changes(Request& request) const {
  const auto since = moment(request, "since", desk_);
  if (!since) throw input::wrong("since", "is needed: a moment");
  const Board board = desk_.require(request.who(), request.segment("id"));
  return json(changes_json(desk_, request.who(), board, *since));
}

Response BoardRoutes::ranks(Request& request) const {
  const Parameters p(request);
  RanksQuestion q;
  q.from = moment(request, "from", desk_).value_or(0);
  q.to = moment(request, "to", desk_).value_or(desk_.now());
  q.top = static_cast<std::uint64_t>(p.integer("top", 1, 100).value_or(10));
  if (q.from > q.to) throw input::wrong("from", "must not be after 'to'");
  const Board board = desk_.require(request.who(), request.segment("id"));
  return json(ranks_json(desk_, request.who(), board, q));
}

Response BoardRoutes::trusted(Request& request) const {
  const auto at = moment(request, "at", desk_);
  const Board board = desk_.require(request.who(), request.segment("id"));
  return json(trust_json(desk_, request.who(), board, at));
}

Response BoardRoutes::front(Request& request) const {
  const Parameters p(request);
  const auto at = moment(request, "at", desk_);
  std::vector<std::string> axes;
  for (const char* axis : {"x", "y", "z"})
    if (auto name = p.text(axis)) axes.push_back(std::move(*name));
  if (!p.text("x") || !p.text("y"))
    throw input::wrong(p.text("x") ? "y" : "x", "is needed: the name of a metric or a column");
  const Board board = desk_.require(request.who(), request.segment("id"));
  return json(pareto_json(desk_, request.who(), board, axes, at));
}

Response BoardRoutes::exported(Request& request) const {
  const Parameters p(request);
  const auto at = moment(request, "at", desk_);
  const std::string format = p.text("format").value_or("csv");
  if (format != "csv" && format != "json") throw input::wrong("format", "must be csv or json");
  const Board board = desk_.require(request.who(), request.segment("id"));
  Response response;
  desk_.look(request.who(), board, at, [&](const Ranking& r) {
    response.body = format == "csv" ? export_csv(r) : export_json(board, r);
  });
  if (format == "csv") response.content_type = "text/csv; charset=utf-8";
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"board-" + board.id + "." + format + "\"");
  return response;
}

Response BoardRoutes::goals(Request& request) const {
  return json(goals_json(desk_, request.who(), request.segment("project"),
                         Parameters(request).text("task")));
}

}  // namespace podium::leaderboard
