// Trying a rule on tasks that have ended.
#include <cmath>

#include "fixture.hpp"

namespace podium::test {
namespace {

Json tried(RulesHost& h, const Json& rule) {
  return h.call("POST", "/api/v1/rules/try", rule).json;
}

TEST_CASE("a trial says at which point a rule would have fired") {
  RulesHost h;
  const Ordinal p = h.world.project("p"), q = h.world.project("q");
  const std::string bad = h.world.task(p), good = h.world.task(p), running = h.world.task(p),
                    other = h.world.task(q);
  std::int64_t third = 0;
  for (const auto& task : {bad, good, running, other})
    for (int step = 1; step <= 5; ++step) {
      const std::int64_t at = h.world.clock->fetch_add(1);
      if (task == bad && step == 3) third = at;
      const bool nan = step == 3 && task != good;
      h.log(task, "loss", step, nan ? std::nan("") : 1.0 / step, at);
    }
  for (const auto& task : {bad, good, other})
    h.go(task, TaskState::completed, Transition::complete);

  const Json answer = tried(h, {{"project", "p"}, {"when", "metrics.loss is nan"}});
  CHECK(answer["examined"] == 2);
  CHECK(answer["would_fire"] == 1);
  CHECK(answer["truncated"] == false);
  CHECK(answer["assumed"].empty());
  REQUIRE(answer["tasks"].size() == 1);
  const Json& first = answer["tasks"][0];
  CHECK(first["task"] == bad);
  CHECK(first["at"] == third);
  CHECK(first["metric"] == "loss");
  CHECK(first["step"] == 3);
  CHECK(first["value"] == "NaN");
  CHECK(first["times"] == 1);
  CHECK(h.runs().empty());

  // The newest only; other statistics; a rule that is saved, with another filter.
  CHECK(tried(h, {{"when", "metrics.loss is nan"}, {"tasks", 1}})["examined"] == 1);
  h.make({{"when", "metrics.loss < 0.3"}, {"enabled", false}});
  const Json saved = h.call("POST", "/api/v1/rules/1/try", Json::object()).json;
  CHECK(saved["would_fire"] == 3);
  CHECK(saved["tasks"][0]["step"] == 4);
  const Json min =
      h.call("POST", "/api/v1/rules/1/try", {{"when", "metrics.loss.min <= 0.5"}}).json;
  CHECK(min["tasks"][0]["step"] == 2);
  CHECK(h.call("POST", "/api/v1/rules/1/try", {{"when", "metrics.loss.count >= 5"}})
            .json["tasks"][1]["step"] == 5);
  CHECK(h.get("1")["when"] == "metrics.loss < 0.3");
}

TEST_CASE("a trial counts how often, and knows the states of the past") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string a = h.world.task(p);
  for (int step = 1; step <= 6; ++step) h.log(a, "loss", step, step % 2 == 0 ? 20 : 1);
  h.fail(a);
  h.go(a, TaskState::running, Transition::client);
  h.log(a, "loss", 7, 30);
  h.go(a, TaskState::completed, Transition::complete);

  Json answer = tried(h, {{"when", "state = 'running' and metrics.loss > 10"}});
  // At steps 2, 4 and 6, and once more as it ran again with the 20 of step 6.
  CHECK(answer["tasks"][0]["times"] == 4);
  CHECK(answer["tasks"][0]["step"] == 2);
  answer = tried(h, {{"when", "state = 'failed'"}});
  CHECK(answer["would_fire"] == 1);
  CHECK_FALSE(answer["tasks"][0].contains("metric"));
  const auto history = h.world.store->collection("history");
  std::int64_t failed_at = 0;
  Query query;
  query.collection = history;
  query.filter = eq(field("change"), std::string("fail"));
  query.columns = {value_of(field("at"))};
  h.world.store->query(query, [&](const Row& row) {
    failed_at = cell::integer(row.cell(0));
    return true;
  });
  CHECK(answer["tasks"][0]["at"] == failed_at);
  CHECK(tried(h, {{"when", "state = 'published'"}})["would_fire"] == 0);
  // It had not ended before it ended, whatever its record says now.
  answer = tried(h, {{"when", "completed is not null and iteration = 7"}});
  CHECK(Value{answer["tasks"][0]["at"].get<std::int64_t>()} ==
        h.world.task_cell(a, field("completed")));
}

TEST_CASE("a trial knows goals, edits and quiet times, and says what it took as it is now") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  h.world.store->write([&](Transaction& t) {
    NewGoal goal;
    goal.metric = "acc";
    goal.target = 0.9;
    h.goals().add(t, h.world.me, p, goal);
  });
  const std::string a = h.world.task(p);
  h.log(a, "acc", 1, 0.5);
  h.tag(a, "team", "x");
  h.log(a, "acc", 2, 0.95);
  h.tag(a, "team", "");
  h.pass(700'000);
  h.log(a, "acc", 3, 0.97);
  h.go(a, TaskState::completed, Transition::complete);

  Json answer = tried(h, {{"when", "goals_met"}});
  CHECK(answer["tasks"][0]["step"] == 2);
  // The tag is not there any more; the history tells of it.
  answer = tried(h, {{"when", "tags.team = 'x'"}});
  CHECK(answer["would_fire"] == 1);
  answer = tried(h, {{"when", "state = 'running'"}, {"quiet", "10m"}});
  REQUIRE(answer["would_fire"] == 1);
  CHECK(answer["tasks"][0]["times"] == 1);
  answer = tried(h, {{"when", "state = 'running'"}, {"quiet", "20m"}});
  CHECK(answer["would_fire"] == 0);
  answer = tried(h, {{"when", "description is null and tags.other is null"}});
  CHECK(answer["assumed"] == Json::array({"description", "tags.other"}));
}

TEST_CASE("a trial is bounded, and refuses what a rule would") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  for (int i = 0; i < 3; ++i) {
    const std::string a = h.world.task(p);
    for (int step = 1; step <= 10; ++step) h.log(a, "loss", step, step);
    h.go(a, TaskState::completed, Transition::complete);
  }
  rules::Rule rule;
  rule.when = "metrics.loss > 5";
  const rules::Ids ids(h.store());
  const rules::Question question(h, ids, rule, 0);
  struct Never final : Cancel {
    bool cancelled() const noexcept override { return false; }
  } never;
  const Json some = Json::parse(rules::try_rule(h, ids, question, h.world.me, {100, 25}, never));
  CHECK(some["examined"] == 2);
  CHECK(some["truncated"] == true);
  struct Gone final : Cancel {
    bool cancelled() const noexcept override { return true; }
  } gone;
  CHECK(error_of([&] {
          rules::try_rule(h, ids, question, h.world.me, {100, 25}, gone);
        }).code() == ErrorCode::cancelled);

  CHECK(error_of([&] { tried(h, Json::object()); }).field() == "when");
  CHECK(error_of([&] { tried(h, {{"when", "lost > 3"}}); }).field() == "when");
  CHECK(error_of([&] { tried(h, {{"when", "archived"}, {"tasks", 5000}}); }).field() == "tasks");
}

}  // namespace
}  // namespace podium::test
