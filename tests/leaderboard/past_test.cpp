// What a board keeps of what happened to it.
#include <random>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

const Json by_g = {{"primary", {{"metric", "acc"}}}, {"group_by", {{"params", {"g"}}}}};

BoardsHost::Task in(const std::string& g, double acc) {
  return {.metrics = {{"acc", acc}}, .params = {{"g", g}}};
}

Json at(BoardsHost& host, const std::string& id, std::int64_t moment) {
  return host.get("/" + id + "/ranking?at=" + std::to_string(moment))["rows"];
}

}  // namespace

TEST_CASE("played back to any moment, the board is what it was then") {
  BoardsHost host;
  const auto id = host.board(by_g);
  host.pass(10);
  std::mt19937 random(3);
  std::vector<std::string> tasks;
  std::vector<std::pair<std::int64_t, Json>> stood;
  for (int step = 0; step < 40; ++step) {
    const auto what = static_cast<unsigned>(random() % 8);
    if (what < 4 || tasks.empty()) {
      tasks.push_back(
          host.run(in(std::to_string(random() % 3), static_cast<double>(random() % 16) / 16)));
    } else {
      const auto which = random() % tasks.size();
      if (what == 4) {
        host.archive(tasks[which], random() % 2 == 0);
      } else if (what == 5) {
        host.erase(tasks[which]);
        tasks.erase(tasks.begin() + static_cast<std::ptrdiff_t>(which));
      } else {
        Json other = by_g;
        other["primary"]["fold"] = std::vector<std::string>{"mean", "best", "last"}[random() % 3];
        host.call("PATCH", "/api/v1/boards/" + id, {{"definition", other}});
      }
    }
    host.pass(10);
    const Json shown = host.ranking(id)["rows"];
    stood.emplace_back(host.now(), shown);
    host.pass(10);
    // The listener may have heard of it, of several things at once, or of none.
    if (random() % 3 == 0) host.settle();
  }
  for (const auto& [moment, rows] : stood) CHECK(at(host, id, moment) == rows);
  host.settle();
  for (const auto& [moment, rows] : stood) CHECK(at(host, id, moment) == rows);
}

TEST_CASE("the past is exact also where nothing of it is written yet") {
  BoardsHost host;
  const auto id = host.board(by_g);
  host.pass(10);
  std::vector<std::string> tasks;
  std::vector<std::pair<std::int64_t, Json>> stood;
  for (int i = 0; i < 12; ++i) {
    tasks.push_back(host.run(in(std::to_string(i % 3), i * 5 % 7 / 8.0)));
    if (i % 4 == 1) host.archive(tasks[static_cast<std::size_t>(i) / 2]);
    const Json shown = host.ranking(id)["rows"];
    stood.emplace_back(host.now(), shown);
    host.pass(10);
    for (const auto& [moment, rows] : stood) CHECK(at(host, id, moment) == rows);
  }
  host.settle();
  for (const auto& [moment, rows] : stood) CHECK(at(host, id, moment) == rows);
}

TEST_CASE("what somebody was shown is told, however soon it was another") {
  BoardsHost host;
  const auto id = host.board(by_g);
  host.run(in("a", 0.5));
  host.settle();
  // Nothing is heard of until all of this is over.
  host.listener->hold();
  std::vector<std::pair<std::int64_t, Json>> stood;
  const auto look = [&] {
    const Json shown = host.ranking(id)["rows"];
    stood.emplace_back(host.now(), shown);
    host.pass(10);
  };
  look();
  const auto b = host.run(in("b", 0.75));
  look();
  host.archive(b);
  look();
  host.archive(b, false);
  look();
  host.erase(b);
  look();
  const auto c = host.run(in("c", 0.25));
  look();
  Json other = by_g;
  other["primary"]["direction"] = "min";
  host.call("PATCH", "/api/v1/boards/" + id, {{"definition", other}});
  look();
  host.erase(c);
  host.call("PATCH", "/api/v1/boards/" + id, {{"definition", by_g}});
  look();
  for (const auto& [moment, rows] : stood) CHECK(at(host, id, moment) == rows);
  host.listener->go_on();
  host.settle();
  for (const auto& [moment, rows] : stood) CHECK(at(host, id, moment) == rows);
  std::vector<std::string> told;
  const Json history = host.get("/" + id + "/history");
  for (const Json& e : history["events"])
    if (e.value("task", "") == b) told.push_back(e["kind"]);
  CHECK(told == std::vector<std::string>{"left", "entered", "left", "entered"});
}

TEST_CASE("an edit tells first what the board was until then") {
  BoardsHost host;
  const auto id = host.board(by_g);
  host.listener->hold();
  host.run(in("a", 0.5));
  const auto then = host.now();
  host.pass(10);
  const auto b = host.run(in("b", 0.75));
  const auto later = host.now();
  host.pass(10);
  Json other = by_g;
  other["primary"]["direction"] = "min";
  host.call("PATCH", "/api/v1/boards/" + id, {{"definition", other}});
  // Nobody looked, and it is written by now: also a host that dies here tells it.
  host.erase(b);
  host.down();
  host.up();
  host.settle();
  CHECK(at(host, id, then).size() == 1);
  const Json rows = at(host, id, later);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["values"]["acc"] == 0.75);
}

TEST_CASE("a time before the board is worked out from when tasks ended, and marked") {
  BoardsHost host;
  host.run(in("a", 0.5));
  const auto between = host.now();
  host.pass(10);
  host.run(in("b", 0.9));
  const auto id = host.board(by_g);
  host.settle();
  const Json then = host.get("/" + id + "/ranking?at=" + std::to_string(between));
  CHECK(then["rebuilt"] == true);
  CHECK(then["rows"].size() == 1);
  CHECK(host.get("/" + id + "/ranking?at=" + std::to_string(host.now()))["rebuilt"] == false);
}

TEST_CASE("the history tells what entered, changed and left, and each once") {
  BoardsHost host;
  const auto a = host.run(in("a", 0.5));
  const auto id = host.board(by_g);
  host.settle();
  const auto b = host.run(in("b", 0.75));
  host.settle();
  host.world.with(b, [&](Transaction& t, const Tasks::Head& head) {
    const Point p{1, host.now(), 0.25};
    const SeriesPoints points{"acc", "", std::span<const Point>(&p, 1)};
    TaskLog log;
    log.metrics = std::span<const SeriesPoints>(&points, 1);
    host.tasks().log(t, host.world.me, head, log);
  });
  host.settle();
  host.archive(a);
  host.settle();
  Json kinds = Json::array();
  const Json told = host.get("/" + id + "/history");
  for (const Json& e : told["events"])
    kinds.push_back({e["kind"], e.value("task", ""), e.value("initial", false)});
  CHECK(kinds == Json::array({{"left", a, false},
                              {"changed", b, false},
                              {"entered", b, false},
                              {"entered", a, true},
                              {"datasets", "", true},
                              {"defined", "", true}}));
  const Json changed = host.get("/" + id + "/history")["events"][1];
  CHECK(changed["before"]["acc"] == 0.75);
  CHECK(changed["values"]["acc"] == 0.25);

  // In pages it is the same.
  Json paged = Json::array();
  for (std::string cursor;;) {
    const Json page =
        host.get("/" + id + "/history?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const Json& e : page["events"]) paged.push_back(e);
    if (page["cursor"].is_null()) break;
    cursor = page["cursor"];
  }
  CHECK(paged == host.get("/" + id + "/history")["events"]);
}

TEST_CASE("what is different from then, and ranks over time") {
  BoardsHost host;
  host.run(in("a", 0.5));
  const auto c = host.run(in("c", 0.4));
  const auto id = host.board(by_g);
  host.settle();
  const auto then = host.now();
  host.pass(10);
  host.run(in("b", 0.75));
  host.archive(c);
  Json rows = host.get("/" + id + "/changes?since=" + std::to_string(then))["rows"];
  REQUIRE(rows.size() == 3);
  CHECK(rows[0]["change"] == "new");
  CHECK(rows[1]["change"] == "moved");
  CHECK(rows[1]["then"]["rank"] == 1);
  CHECK(rows[1]["now"]["rank"] == 2);
  CHECK(rows[2]["change"] == "gone");

  const Json ranks = host.get("/" + id + "/ranks")["candidates"];
  REQUIRE(ranks.size() == 3);
  CHECK(ranks[0]["label"]["params"]["g"] == "a");
  CHECK(ranks[0]["ranks"][0][1] == 1);
  CHECK(ranks[0]["ranks"][1][1] == 2);
  CHECK(ranks[1]["ranks"].back()[1] == nullptr);
  const Json late = host.get("/" + id + "/ranks?from=" + std::to_string(then))["candidates"];
  CHECK(late[0]["ranks"][0] == Json::array({then, 1}));
}

TEST_CASE("a change of a task touches the board's record, which who listens to boards hears of") {
  BoardsHost host;
  const auto id = host.board(by_g);
  host.settle();
  const Json before = host.get("/" + id);
  host.world.task(host.project, TaskState::running);  // does not count
  host.settle();
  CHECK(host.get("/" + id) == before);
  host.run(in("a", 0.5));
  host.settle();
  const Json after = host.get("/" + id);
  CHECK(after["events"] == before["events"].get<int>() + 1);
  CHECK(after["version"] == before["version"]);
}
