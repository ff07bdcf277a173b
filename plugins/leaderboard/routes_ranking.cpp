// What boards say: rankings and what stands beside them.
#include "answers.hpp"
#include "input.hpp"
#include "key.hpp"
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

}  // namespace podium::leaderboard
