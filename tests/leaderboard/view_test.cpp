// Saved views as boards.
#include "view.hpp"

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

TEST_CASE("a view is a board: its filter, its order, what it shows, and it is live") {
  BoardsHost host;
  Api api(host.world);
  const Json view =
      api("POST", "/api/v1/views",
          {{"name", "the best"},
           {"project", host.world.id_of("projects", host.project)},
           {"state",
            {{"columns", {{{"name", "name"}}, {{"name", "metrics.acc"}}, {{"name", "params.lr"}}}},
             {"order", {"metrics.acc desc"}},
             {"filter", "metrics.acc > 0.3"},
             {"filters", {{{"column", "params.lr"}, {"in", {0.1, 0.2}}}}}}}})
          .json;
  host.run({.metrics = {{"acc", 0.5}}, .params = {{"lr", "1e-1"}}});
  host.run({.metrics = {{"acc", 0.9}}, .params = {{"lr", "0.2"}}});
  host.run({.metrics = {{"acc", 0.2}}, .params = {{"lr", "0.2"}}});
  host.run({.metrics = {{"acc", 0.95}}, .params = {{"lr", "0.3"}}});
  const Json board = host.call("POST", "/api/v1/boards", {{"view", view["id"]}}).json;
  CHECK(board["name"] == "the best");
  CHECK(board["definition"]["kind"] == "tasks");
  const std::string id = board["id"];
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.9],[2,0.5]]"));
  CHECK(host.ranking(id)["rows"][0]["columns"]["params.lr"] == 0.2);
  // A task that runs is on it, and moves as it logs.
  const auto running = host.world.task(host.project, TaskState::running);
  const auto log = [&](std::int64_t step, double value) {
    host.world.with(running, [&](Transaction& t, const Tasks::Head& head) {
      const Point p{step, host.now(), value};
      const SeriesPoints points{"acc", "", std::span<const Point>(&p, 1)};
      const MapEntry lr{"lr", "0.1"};
      host.tasks().log(
          t, host.world.me, head,
          {std::span<const MapEntry>(&lr, 1), {}, std::span<const SeriesPoints>(&points, 1)});
    });
  };
  log(0, 0.6);
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.9],[2,0.6],[3,0.5]]"));
  log(1, 0.99);
  CHECK(host.short_ranking(id) == Json::parse("[[1,0.99],[2,0.9],[3,0.5]]"));
  CHECK_THROWS_AS(host.call("POST", "/api/v1/boards", {{"view", "nothing"}}), Error);
}

TEST_CASE("what a view asks, as a text of the query language") {
  using leaderboard::filter_of_view;
  BoardsHost host;
  const Vocabulary& words = host.vocabulary("tasks");
  const auto is = [&](const Json& state, const std::string& expected) {
    const std::string text = filter_of_view(state);
    CAPTURE(text);
    CHECK(host.query_language().parse(text, words) == host.query_language().parse(expected, words));
  };
  CHECK(filter_of_view(Json::object()).empty());
  is({{"filter", "user = 'eve'"}}, "user = 'eve'");
  is({{"filters", {{{"column", "name"}, {"in", {"failed", "it's"}}}}}},
     "name in ('failed', 'it''s')");
  is({{"filters", {{{"column", "user"}, {"in", {nullptr, "eve"}}}}}},
     "user is null or user in ('eve')");
  is({{"filters", {{{"column", "user"}, {"not_in", {"eve"}}}}}}, "not user in ('eve')");
  is({{"filters", {{{"column", "metrics.a"}, {"from", 0.25}, {"to", 1}}}}},
     "metrics.a >= 0.25 and metrics.a <= 1");
  is({{"filters", {{{"column", "started"}, {"to", "2026-11-01"}}}}},
     "started <= '2026-11-01T23:59:59.999Z'");
  is({{"filters", {{{"column", "tags"}, {"any", {"a", nullptr}}, {"not", {"b"}}}}}},
     "tags any ('a', null) and tags not ('b')");
  is({{"filter", "archived or user = 'eve'"}, {"filters", {{{"column", "tags"}, {"all", {"x"}}}}}},
     "(archived or user = 'eve') and tags all ('x')");
  is({{"search", "o'k"}}, "name ilike '%o''k%' or description ilike '%o''k%' or id = 'o''k'");
}
