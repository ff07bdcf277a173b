// Rules that would fire on their own effect end.
#include "fixture.hpp"

namespace podium::test {
namespace {

TEST_CASE("two rules that undo each other are switched off, with the reason") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string a = h.world.task(p), other = h.world.task(p);
  h.noted.effect = [&](Transaction& t, const Principal& who, const std::string& task) {
    Patch patch;
    if (who.id == "rule:1")
      patch.remove("tags", "flag");
    else
      patch.put("tags", "flag", "up");
    h.tasks().edit(t, who, h.tasks().require(t, who, task), patch);
  };
  h.make({{"name", "down"}, {"when", "tags.flag = 'up'"}});
  h.make({{"name", "up"}, {"when", "tags.flag is null and tags.start = 'yes'"}});
  h.tag(a, "start", "yes");
  await(*h.world.store,
        [&] { return h.get("1")["enabled"] == false || h.get("2")["enabled"] == false; });
  h.settle();
  std::size_t fired = 0;
  for (const char* id : {"1", "2"}) {
    const Json rule = h.get(id);
    fired += rule["fired"].get<std::size_t>();
    CHECK(rule["fired"] <= 5);
    if (rule["enabled"] == false)
      CHECK(rule["disabled_reason"].get<std::string>().find("5 times in an hour for task '" + a) !=
            std::string::npos);
  }
  CHECK(h.runs().size() == fired);
  CHECK(fired == 10);
  // The history says which rule did it.
  std::size_t by_rules = 0;
  for (const auto& event : h.world.history(a)) by_rules += event.who.starts_with("rule:");
  CHECK(by_rules == 10);

  // Switched on again it is as it was, and the bound with it.
  const Json off = h.get("1")["enabled"] == false ? h.get("1") : h.get("2");
  const Json on =
      h.call("PATCH", "/api/v1/rules/" + off["id"].get<std::string>(), {{"enabled", true}}).json;
  CHECK(on["enabled"] == true);
  CHECK_FALSE(on.contains("disabled_reason"));
}

TEST_CASE("five firings an hour for a task are none too many when they are spread") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  const std::string a = h.world.task(p);
  h.make({{"when", "tags.flag = 'up'"}});
  for (std::size_t i = 1; i <= 8; ++i) {
    h.tag(a, "flag", "up");
    h.await_runs(i);
    h.tag(a, "flag", "");
    h.settle();
    h.pass(900'000);
  }
  CHECK(h.get("1")["enabled"] == true);
  CHECK(h.runs().size() == 8);
}

TEST_CASE("a rule that clones what it fires for ends, too") {
  RulesHost h;
  const Ordinal p = h.world.project("p");
  h.noted.effect = [&](Transaction& t, const Principal& who, const std::string& task) {
    h.tasks().clone(t, who, t.find(h.tasks().collection(), task), {});
  };
  h.make({{"when", "state = 'draft'"}});
  h.world.task(p, TaskState::draft);
  await(*h.world.store, [&] { return h.get("1")["enabled"] == false; });
  h.settle();
  CHECK(h.get("1")["disabled_reason"].get<std::string>().find("what it made itself") !=
        std::string::npos);
  CHECK(h.runs().size() == 5);
}

}  // namespace
}  // namespace podium::test
