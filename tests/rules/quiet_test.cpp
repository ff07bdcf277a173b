// Rules with `quiet`: no sign of life for so long while the filter holds.
#include "fixture.hpp"

namespace podium::test {
namespace {

TEST_CASE("a rule with quiet fires when a task shows no sign of life for so long") {
  RulesHost h(Host::Derive::yes);
  const Ordinal p = h.world.project("p");
  h.make({{"when", "state = 'running'"}, {"quiet", "10m"}});
  CHECK(h.get("1")["quiet"] == 600'000);
  const std::string a = h.world.task(p);
  h.settle();
  h.ticker->tick();
  h.settle();
  CHECK(h.runs().empty());

  // Half of it, a point, and the other half: that is not quiet.
  const auto logs = [&](std::int64_t step) {
    const auto active = h.world.task_cell(a, field("active"));
    h.log(a, "loss", step, 1);
    await(*h.world.store, [&] { return h.world.task_cell(a, field("active")) != active; });
  };
  h.pass(400'000);
  logs(1);
  h.pass(300'000);
  h.ticker->tick();
  h.settle();
  CHECK(h.runs().empty());
  h.pass(400'000);
  h.ticker->tick();
  h.await_runs(1);
  h.pass(700'000);
  h.ticker->tick();  // quiet still: once is enough
  h.settle();
  CHECK(h.runs() == std::vector<std::string>{"rule:1 tell " + a});
  CHECK(h.call("GET", "/api/v1/rules/1/firings").json["firings"][0]["why"] == "quiet");

  // A sign of life, and quiet again.
  logs(2);
  h.settle();
  h.ticker->tick();
  h.settle();
  CHECK(h.runs().size() == 1);
  h.pass(700'000);
  h.ticker->tick();
  h.await_runs(2);

  // A task that ended is not quiet.
  const std::string b = h.world.task(p);
  h.settle();
  h.go(b, TaskState::completed, Transition::complete);
  h.settle();
  h.pass(700'000);
  h.ticker->tick();
  h.settle();
  CHECK(h.runs().size() == 2);
}

TEST_CASE("what was quiet when the rule was switched on is no news") {
  RulesHost h(Host::Derive::yes);
  const Ordinal p = h.world.project("p");
  const std::string old = h.world.task(p);
  await(*h.world.store, [&] { return h.world.task_cell(old, field("active")) != Value{}; });
  h.pass(900'000);
  const std::string young = h.world.task(p);
  await(*h.world.store, [&] { return h.world.task_cell(young, field("active")) != Value{}; });
  h.make({{"when", "state = 'running'"}, {"quiet", "10m"}});
  h.pass(700'000);
  h.ticker->tick();
  h.await_runs(1);
  h.settle();
  CHECK(h.runs() == std::vector<std::string>{"rule:1 tell " + young});
}

TEST_CASE("another duration counts for what is watched already") {
  RulesHost h(Host::Derive::yes);
  const Ordinal p = h.world.project("p");
  h.make({{"when", "state = 'running'"}, {"quiet", "1h"}});
  const std::string a = h.world.task(p);
  await(*h.world.store, [&] { return h.world.task_cell(a, field("active")) != Value{}; });
  h.settle();
  h.call("PATCH", "/api/v1/rules/1", {{"quiet", "1m"}});
  h.pass(100'000);
  h.ticker->tick();
  h.await_runs(1);
}

}  // namespace
}  // namespace podium::test
