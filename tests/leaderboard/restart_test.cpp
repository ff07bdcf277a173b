// A board after the host was down.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

TEST_CASE("what happened while nothing listened is told afterwards, once") {
  BoardsHost host;
  const Json by_g = {{"primary", {{"metric", "acc"}}}, {"group_by", {{"params", {"g"}}}}};
  const auto in = [](const std::string& g, double acc) {
    return BoardsHost::Task{.metrics = {{"acc", acc}}, .params = {{"g", g}}};
  };
  const auto id = host.board(by_g);
  const auto a = host.run(in("a", 0.5));
  host.run(in("b", 0.25));
  host.settle();
  const Json before = host.ranking(id);
  const auto then = host.now();
  host.pass(10);
  host.down();
  host.up();
  CHECK(host.ranking(id) == before);
  host.settle();
  const auto events = host.get("/" + id)["events"];
  host.run(in("b", 0.9));
  host.archive(a);
  host.settle();
  CHECK(host.ranking(id)["rows"][0]["values"]["acc"] == 0.575);
  host.down();
  host.up();
  host.settle();
  CHECK(host.ranking(id)["rows"][0]["values"]["acc"] == 0.575);
  CHECK(host.get("/" + id + "/ranking?at=" + std::to_string(then))["rows"] == before["rows"]);
  std::map<std::string, int> told;
  const Json history = host.get("/" + id + "/history");
  for (const Json& e : history["events"])
    ++told[e["kind"].get<std::string>() + " " + e.value("task", "")];
  for (const auto& [what, times] : told) {
    CAPTURE(what);
    CHECK(times == 1);
  }
  CHECK(host.get("/" + id)["events"] > events);
}
