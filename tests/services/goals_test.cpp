// Goals of projects, and goals_met of their tasks.
#include <limits>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

void log_metric(Host& h, const std::string& task, const std::string& key, double value,
                std::int64_t step = 0, const std::string& scope = {}) {
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    const Point point{step, 1'700'000'000'000 + step, value};
    const SeriesPoints series{key, scope, {&point, 1}};
    h.tasks().log(t, h.me, head, {{}, {}, {&series, 1}});
  });
}

void await_met(Host& h, const std::string& task, const Value& met) {
  await(*h.store, [&] { return h.task_cell(task, field("goals_met")) == met; });
}

}  // namespace

TEST_CASE("goals_met is kept up as metrics come") {
  Host h(Host::Derive::yes);
  Api api(h);
  const Ordinal p = h.project("p");
  const std::string before = h.task(p), task = h.task(p), elsewhere = h.task(h.project("q"));
  log_metric(h, before, "acc", 0.95);
  const auto goal = api("POST", "/api/v1/projects/1/goals",
                        {{"metric", "acc"}, {"direction", "max"}, {"target", 0.9}});
  CHECK(goal.json["statistic"] == "last");
  CHECK(goal.json["target"] == 0.9);
  await_met(h, before, true);  // by the job
  await_met(h, task, false);
  CHECK(h.task_cell(elsewhere, field("goals_met")) == Value{});
  log_metric(h, task, "acc", not_a_number, 1);
  log_metric(h, task, "acc", 0.9, 2);  // as good as the target is good enough
  await_met(h, task, true);
  log_metric(h, task, "acc", not_a_number, 3);
  await_met(h, task, false);
  log_metric(h, task, "acc", 0.91, 4);
  await_met(h, task, true);
  log_metric(h, task, "acc", 1.0, 5, "mnist@1");  // another scope is another metric
  log_metric(h, task, "loss", 0.5, 5);
  api("POST", "/api/v1/projects/1/goals",
      {{"metric", "loss"}, {"direction", "min"}, {"statistic", "min"}, {"target", 0.1}});
  await_met(h, task, false);
  await_met(h, before, false);
  const auto judged = api("GET", "/api/v1/tasks/" + task + "/goals").json;
  CHECK(judged["goals_met"] == false);
  REQUIRE(judged["goals"].size() == 2);
  CHECK(judged["goals"][0]["met"] == true);
  CHECK(judged["goals"][0]["value"] == 0.91);
  CHECK(judged["goals"][1]["met"] == false);
  CHECK(judged["goals"][1]["value"] == 0.5);
  CHECK(api("GET", "/api/v1/tasks/" + before + "/goals").json["goals"][1]["value"] == nullptr);
  CHECK(api("GET", "/api/v1/tasks/" + elsewhere + "/goals").json ==
        Json({{"goals_met", nullptr}, {"goals", Json::array()}}));
  log_metric(h, task, "loss", 0.1, 6);
  log_metric(h, task, "loss", 0.7, 7);  // the least one counts
  await_met(h, task, true);
  const auto rows = api("POST", "/api/v1/tasks/query",
                        {{"filter", "goals_met and project = 'p'"}, {"columns", {"id"}}})
                        .json["rows"];
  CHECK(rows == Json::array({Json::array({task})}));
}

TEST_CASE("goals_met follows goals that change, tasks that move, and metrics that are erased") {
  Host h(Host::Derive::yes);
  Api api(h);
  const Ordinal p = h.project("p"), q = h.project("q");
  const std::string task = h.task(p);
  log_metric(h, task, "acc", 0.5);
  const auto made = api("POST", "/api/v1/projects/1/goals",
                        {{"metric", "acc"}, {"direction", "max"}, {"target", 0.9}});
  const std::string goal = "/api/v1/projects/1/goals/" + made.json["id"].get<std::string>();
  await_met(h, task, false);
  const auto easier = api("PATCH", goal, {{"target", 0.4}}, made.etag);
  await_met(h, task, true);
  api("PATCH", goal, {{"direction", "min"}}, easier.etag);
  await_met(h, task, false);
  CHECK(error_of([&] {
          api("PATCH", goal, {{"target", 0.3}}, made.etag);
        }).code() == ErrorCode::conflict);
  api("PATCH", goal, {{"direction", "max"}});
  await_met(h, task, true);

  const Ordinal o = h.store->find(h.store->collection("tasks"), task);
  const auto move = [&](Ordinal to) {
    h.store->write([&](Transaction& t) {
      t.update(h.store->collection("tasks"), {&o, 1}, {}, Patch().set("project", to));
    });
  };
  move(q);
  await_met(h, task, Value{});
  move(p);
  await_met(h, task, true);
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().transition(t, h.me, head, TaskState::completed, Transition::complete);
  });
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    h.tasks().transition(t, h.me, head, TaskState::draft, Transition::reset);
  });
  await_met(h, task, false);
  api("DELETE", goal);
  await_met(h, task, Value{});
  CHECK(error_of([&] { api("DELETE", goal); }).code() == ErrorCode::not_found);

  std::vector<std::string> changes;
  const auto history = api("GET", "/api/v1/projects/1/history").json["history"];
  for (const auto& event : history)
    if (event["entity"] == "goal") changes.push_back(event["change"]);
  CHECK(changes == std::vector<std::string>{"add", "edit", "edit", "edit", "delete"});
}

TEST_CASE("goals that are refused") {
  Host h(Host::Derive::yes);
  Api api(h);
  h.project("p");
  h.project("q");
  const std::string path = "/api/v1/projects/1/goals";
  const Json good = {{"metric", "acc"}, {"direction", "max"}, {"target", 1}};
  const auto made = api("POST", path, good);
  CHECK(error_of([&] { api("POST", path, good); }).code() == ErrorCode::exists);
  Json scoped = good;
  scoped["scope"] = "mnist@1";
  CHECK(api("POST", path, scoped).json["scope"] == "mnist@1");
  const auto refused = [&](const char* name, const Json& value) {
    Json body = good;
    body["statistic"] = "min";
    body[name] = value;
    return error_of([&] { api("POST", path, body); }).field();
  };
  CHECK(refused("metric", "") == "metric");
  CHECK(refused("metric", nullptr) == "metric");
  CHECK(refused("statistic", "mean") == "statistic");
  CHECK(refused("direction", "up") == "direction");
  CHECK(refused("target", "NaN") == "target");
  CHECK(refused("target", "Infinity") == "target");
  CHECK(refused("target", "1") == "target");
  const std::string id = made.json["id"];
  CHECK(error_of([&] {
          api("PATCH", "/api/v1/projects/2/goals/" + id, {{"target", 2}});
        }).code() == ErrorCode::not_found);
  Json least = good;
  least["statistic"] = "min";
  api("POST", path, least);
  CHECK(error_of([&] {
          api("PATCH", path + "/" + id, {{"statistic", "min"}});
        }).code() == ErrorCode::exists);
  CHECK(api("GET", path).json["goals"].size() == 3);
}
