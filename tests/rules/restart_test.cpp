// Neither a restart nor a feed that no longer reaches back loses a firing or repeats one.
#include "fixture.hpp"

namespace podium::test {
namespace {

TEST_CASE("what happens while nobody listens is acted on once") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string before = h.world.task(p), meanwhile = h.world.task(p), twice = h.world.task(p);
  h.make({{"when", "state = 'failed'"}});
  h.fail(before);
  h.await_runs(1);
  h.settle();
  h.down();
  h.up();
  h.fail(meanwhile);
  h.fail(twice);
  h.go(twice, TaskState::running, Transition::client);  // it does not hold any more: nothing is due
  h.listen();
  h.await_runs(2);
  h.settle();
  h.down();
  h.up();
  h.listen();
  CHECK(h.runs() == std::vector<std::string>{"rule:1 tell " + before, "rule:1 tell " + meanwhile});
}

TEST_CASE("a listener that starts over goes by what is noted") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string before = h.world.task(p), ceases = h.world.task(p), begins = h.world.task(p);
  h.make({{"when", "state = 'failed'"}});
  h.make({{"name", "quiet"}, {"when", "state = 'running'"}, {"quiet", "1h"}});
  h.fail(before);
  h.fail(ceases);
  h.await_runs(2);
  h.settle();
  h.down();
  h.up();
  h.go(ceases, TaskState::running, Transition::client);
  h.fail(begins);
  h.world.store->write([&](Transaction& t) {
    const auto listeners = h.world.store->collection("listeners");
    const Ordinal own = t.find(listeners, "rules");
    Patch patch;
    patch.set("cursor", Value{});
    t.update(listeners, std::span<const Ordinal>(&own, 1), {}, patch);
  });
  h.listen();
  h.await_runs(3);
  const auto rules = h.world.store->collection("rules/rules");
  await(*h.world.store, [&] {
    return h.world.cell(rules, 1, field("phase")) == Value{std::string("on")} &&
           h.world.cell(rules, 2, field("phase")) == Value{std::string("on")};
  });
  CHECK(h.runs().back() == "rule:1 tell " + begins);
  h.fail(ceases);  // it ceased meanwhile, so it begins again
  h.await_runs(4);
  h.settle();
  CHECK(h.runs().size() == 4);
}

TEST_CASE("a rule that was being switched on goes on after a restart") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  h.world.store->write([&](Transaction& t) {
    for (int i = 0; i < 1100; ++i) {
      NewTask n;
      n.project = p;
      n.state = TaskState::running;
      h.tasks().create(t, h.world.me, n);
    }
  });
  h.settle();
  h.world.services->stop();
  const auto rules = h.world.store->collection("rules/rules");
  const Ordinal made = h.world.store->write([&](Transaction& t) {
    NewRecord r;
    r.content.set("name", std::string("r"))
        .set("when", std::string("state = 'running'"))
        .set("action", std::string("tell"))
        .set("enabled", true)
        .set("watch", std::int64_t{1})
        .set("phase", std::string("arming"))
        .set("at", std::int64_t{7});  // it came so far
    return t.insert(rules, r);
  });
  h.down();
  h.up();
  h.listen();
  await(*h.world.store,
        [&] { return h.world.cell(rules, made, field("phase")) == Value{std::string("on")}; });
  CHECK(h.runs().empty());
  CHECK(h.world.count("rules/pairs") == 1093);
}

TEST_CASE("an action that is gone is told by the rule, and nothing breaks") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string a = h.world.task(p), b = h.world.task(p);
  h.make({{"when", "state = 'failed'"}});
  h.noted.gone = true;
  h.fail(a);
  await(*h.world.store, [&] { return h.get("1").contains("last_error"); });
  CHECK(h.get("1")["last_error"] == "action 'tell' was not started: there is no action 'tell'");
  CHECK(h.get("1")["enabled"] == true);
  const Json firings = h.call("GET", "/api/v1/rules/1/firings").json["firings"];
  REQUIRE(firings.size() == 1);
  CHECK(firings[0]["task"] == a);
  CHECK(firings[0].contains("error"));
  // It can be renamed, and it can be switched off, but not on.
  h.call("PATCH", "/api/v1/rules/1", {{"name", "lame"}});
  h.call("PATCH", "/api/v1/rules/1", {{"enabled", false}});
  CHECK(error_of([&] {
          h.call("PATCH", "/api/v1/rules/1", {{"enabled", true}});
        }).field() == "action");
  h.noted.gone = false;
  h.call("PATCH", "/api/v1/rules/1", {{"enabled", true}});
  h.fail(b);
  h.await_runs(1);
  CHECK_FALSE(h.get("1").contains("last_error"));
}

TEST_CASE("a filter whose names are gone is told by the rule, until they are back") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const Ordinal q = h.world.project("named");
  h.make({{"when", "state = 'failed' and project != 'named'"}});
  h.world.store->write([&](Transaction& t) {
    Patch patch;
    patch.set("name", std::string("other"));
    h.projects().edit(t, h.world.me, q, patch);
  });
  await(*h.world.store, [&] { return h.get("1").contains("last_error"); });
  const std::string missed = h.world.task_in(p, TaskState::failed);
  h.settle();
  CHECK(h.runs().empty());
  h.world.store->write([&](Transaction& t) {
    Patch patch;
    patch.set("name", std::string("named"));
    h.projects().edit(t, h.world.me, q, patch);
  });
  h.await_runs(1);  // it looks at what it could not look at
  CHECK(h.runs().back() == "rule:1 tell " + missed);
  h.world.task_in(p, TaskState::failed);
  h.await_runs(2);
  CHECK_FALSE(h.get("1").contains("last_error"));
}

}  // namespace
}  // namespace podium::test
