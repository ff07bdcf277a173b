// When a rule fires: once for each time that its filter starts to hold.
#include <cmath>

#include "fixture.hpp"

namespace podium::test {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("a rule fires when its filter starts to hold, and again only after it ceased to") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string a = h.world.task(p), b = h.world.task(p);
  h.make({{"when", "state = 'failed'"}, {"parameters", {{"to", "me"}}}});
  h.fail(a);
  h.await_runs(1);
  CHECK(h.runs() == Lines{"rule:1 tell " + a});

  h.tag(a, "seen", "yes");  // it holds still
  h.log(b, "loss", 1, 1);
  h.settle();
  CHECK(h.runs().size() == 1);

  h.go(a, TaskState::running, Transition::client);
  h.settle();
  CHECK(h.runs().size() == 1);
  h.fail(a);
  h.fail(b);
  h.await_runs(3);
  h.settle();
  CHECK(h.runs().size() == 3);
  const Json rule = h.get("1");
  CHECK(rule["fired"] == 3);
  CHECK(rule["version"] == 1);  // how it goes is no change of it
  CHECK(h.world.count("rules/pairs") == 2);
}

TEST_CASE("what holds when a rule is switched on does not fire, unless it is to catch up") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string before = h.world.task_in(p, TaskState::failed);
  h.make({{"when", "state = 'failed'"}});
  h.tag(before, "seen", "yes");
  h.settle();
  CHECK(h.runs().empty());

  h.make({{"name", "other"}, {"when", "state = 'failed'"}, {"catch_up", true}});
  h.await_runs(1);
  CHECK(h.runs() == Lines{"rule:2 tell " + before});

  // While it was off nothing happens; what began meanwhile is caught up only when asked.
  const auto off = h.call("PATCH", "/api/v1/rules/1", {{"enabled", false}});
  CHECK(off.json["armed"] == false);
  const std::string meanwhile = h.world.task_in(p, TaskState::failed);
  h.await_runs(2);
  h.call("PATCH", "/api/v1/rules/1", {{"enabled", true}});
  h.tag(meanwhile, "seen", "yes");
  h.settle();
  CHECK(h.runs().size() == 2);
  h.call("PATCH", "/api/v1/rules/1", {{"enabled", false}});
  const std::string later = h.world.task_in(p, TaskState::failed);
  h.await_runs(3);
  h.call("PATCH", "/api/v1/rules/1", {{"enabled", true}, {"catch_up", true}});
  h.await_runs(4);
  h.settle();
  CHECK(h.runs().back() == "rule:1 tell " + later);
  CHECK(h.runs().size() == 4);
}

TEST_CASE("a rule that is switched on looks at more tasks than one slice") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  std::string last;
  h.world.store->write([&](Transaction& t) {
    for (int i = 0; i < 1205; ++i) {
      NewTask n;
      n.project = p;
      n.state = TaskState::running;
      h.tasks().create(t, h.world.me, n);
    }
  });
  h.make({{"when", "state = 'running'"}});
  CHECK(h.world.count("rules/pairs") == 1205);
  const std::string fresh = h.world.task(p);
  h.await_runs(1);
  h.settle();
  CHECK(h.runs() == Lines{"rule:1 tell " + fresh});
  h.make({{"name", "all"}, {"when", "state = 'running'"}, {"catch_up", true}});
  h.await_runs(1 + 1206);
  h.settle();
  CHECK(h.runs().size() == 1 + 1206);
}

TEST_CASE("points are seen: thresholds and NaN") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string a = h.world.task(p);
  h.make({{"when", "metrics.loss is nan"}});
  h.make({{"name", "high"}, {"when", "metrics.loss > 10 and params.lr is null"}});
  h.log(a, "loss", 1, 3);
  h.log(a, "loss", 2, 12);
  h.await_runs(1);
  h.log(a, "loss", 3, 13);
  h.log(a, "loss", 4, std::nan(""));
  h.await_runs(2);
  h.log(a, "loss", 5, std::nan(""));
  h.log(a, "other", 6, 100);
  h.settle();
  CHECK(h.runs() == Lines{"rule:2 tell " + a, "rule:1 tell " + a});
}

TEST_CASE("rules of a project look at its tasks, with those below it when it says so") {
  RulesHost h;
  const Ordinal vision = h.world.project("vision"), below = h.world.project("vision/seg"),
                other = h.world.project("text");
  h.make({{"name", "one"}, {"when", "state = 'failed'"}, {"project", "vision"}});
  h.make({{"name", "both"},
          {"when", "state = 'failed'"},
          {"project", "vision"},
          {"scope", "subprojects"}});
  const std::string a = h.world.task_in(vision, TaskState::failed);
  h.await_runs(2);
  const std::string b = h.world.task_in(below, TaskState::failed);
  h.await_runs(3);
  const std::string c = h.world.task_in(other, TaskState::failed);
  h.settle();
  CHECK(h.runs().size() == 3);
  CHECK(h.runs().back() == "rule:2 tell " + b);

  // A project that comes later is below it, too.
  const Ordinal late = h.world.project("vision/late");
  h.world.task_in(late, TaskState::failed);
  h.await_runs(4);
  // A task that moves out is not the rule's any more; it fires when it comes back.
  const auto move = [&](Ordinal to) {
    h.world.with(a, [&](Transaction& t, const Tasks::Head& head) {
      h.tasks().move(t, h.world.me, head, to);
    });
    h.settle();
  };
  move(other);
  CHECK(h.runs().size() == 4);
  move(vision);
  h.await_runs(6);
  const Json rule = h.get("2");
  CHECK(rule["project_name"] == "vision");
  CHECK(rule["scope"] == "subprojects");
}

TEST_CASE("a rule that is to watch something else is as if it were switched on") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string failed = h.world.task_in(p, TaskState::failed), running = h.world.task(p);
  h.make({{"when", "state = 'aborted'"}});
  const auto edited = h.call("PATCH", "/api/v1/rules/1", {{"when", "state = 'failed'"}});
  CHECK(edited.json["armed"] == true);
  h.tag(failed, "seen", "yes");
  h.settle();
  CHECK(h.runs().empty());
  // Another name and other parameters change nothing of what is known.
  h.call("PATCH", "/api/v1/rules/1", {{"name", "renamed"}, {"parameters", {{"to", "you"}}}});
  h.tag(failed, "seen", "again");
  h.fail(running);
  h.await_runs(1);
  h.settle();
  CHECK(h.runs() == Lines{"rule:1 tell " + running});
}

TEST_CASE("goals, children and patterns can be asked for") {
  RulesHost h(Host::Derive::yes);
  const Ordinal p = h.world.project("p");
  h.world.store->write([&](Transaction& t) {
    NewGoal goal;
    goal.metric = "acc";
    goal.target = 0.9;
    h.goals().add(t, h.world.me, p, goal);
  });
  h.make({{"name", "met"}, {"when", "goals_met"}});
  h.make({{"name", "child"}, {"when", "any children (state = 'failed')"}});
  h.make({{"name", "like"}, {"when", "name ilike '%base%' and state = 'completed'"}});
  const std::string a = h.world.task(p);
  h.log(a, "acc", 1, 0.5);
  h.settle();
  CHECK(h.runs().empty());
  h.log(a, "acc", 2, 0.95);
  h.await_runs(1);
  CHECK(h.runs().back() == "rule:1 tell " + a);
  h.world.with(a, [&](Transaction& t, const Tasks::Head& head) {
    Patch patch;
    patch.set("name", std::string("Baseline 3"));
    h.tasks().edit(t, h.world.me, head, patch);
  });
  h.go(a, TaskState::completed, Transition::complete);
  h.await_runs(2);
  CHECK(h.runs().back() == "rule:3 tell " + a);
}

TEST_CASE("what an age in a filter says begins by itself") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  h.make({{"when", "state = 'running' and started < '-2h'"}});
  const std::string a = h.world.task(p);
  h.ticker->tick();
  h.settle();
  CHECK(h.runs().empty());
  h.pass(7'300'000);
  h.ticker->tick();
  h.await_runs(1);
  h.pass(20'000);
  h.ticker->tick();
  h.settle();
  CHECK(h.runs() == Lines{"rule:1 tell " + a});
}

TEST_CASE("an action that takes one task is started for each") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  h.world.task_in(p, TaskState::failed);
  h.world.task_in(p, TaskState::failed);
  h.make({{"when", "state = 'failed'"}, {"action", "one"}, {"catch_up", true}});
  h.await_runs(2);
  CHECK(h.get("1")["fired"] == 2);
  CHECK_FALSE(h.get("1").contains("last_error"));
}

}  // namespace
}  // namespace podium::test
