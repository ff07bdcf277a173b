// Runs that are jobs: slices, faults in the middle, cancelled, cut short by a restart; calls of
// plugins with their time limits.
#include <algorithm>
#include <map>
#include <set>

#include "actions_fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

/// A call that hangs until the test lets it go.
struct Gate {
  Signal reached, open;
};

std::string state_of(ActionHost& h, const std::string& run) {
  return h.actions().read(h.me, run).state;
}

}  // namespace

TEST_CASE("more than a thousand tasks are a job, with failing ones in the middle") {
  ActionHost h;
  const auto ids = h.make(1500);
  h.apply("bend", spec("Bend", "not archived"),
          [&](Transaction& t, const ActionTarget& target, const ActionCall& call) -> ActionOutcome {
            if (target.ordinal % 100 == 7) throw Error(ErrorCode::conflict, "it does not bend");
            h.tasks().archive(t, call.who, h.tasks().require(t, call.who, target.ordinal), true);
            if (target.ordinal % 300 == 9) throw std::runtime_error("it broke");
            return {};
          });
  const ActionRun run = h.run("bend", h.where(""));
  CHECK(run.state == "done");
  CHECK_FALSE(run.job.empty());
  CHECK(run.matched == 1500);
  CHECK(run.failed == 15 + 5);
  CHECK(run.succeeded == 1480);
  CHECK(run.skipped == 0);
  CHECK(run.items.size() == 1000);
  CHECK(h.archived() == 1480);
  std::set<std::string> told;
  std::size_t items = 0;
  host::each_block(h.services->core(), *h.store, h.actions().read(h.me, run.id).ordinal, 0, false,
                   [&](std::int64_t, std::vector<ActionOutcome>& block) {
                     for (const auto& o : block) told.insert(o.id), ++items;
                     return true;
                   });
  CHECK(items == 1500);
  CHECK(told == std::set<std::string>(ids.begin(), ids.end()));
  const auto jobs = h.services->jobs().collection();
  CHECK(h.cell(jobs, h.store->find(jobs, run.job), field("total")) == Value{std::int64_t{1500}});
  CHECK(h.cell(jobs, h.store->find(jobs, run.job), field("done")) == Value{std::int64_t{1500}});
  h.services->stop();
}

TEST_CASE("named tasks keep their order and their refusals in a job, and are taken back in one") {
  ActionHost h;
  auto ids = h.make(1200);
  std::reverse(ids.begin(), ids.end());
  ids.insert(ids.begin() + 600, "unknown");
  h.run("shelve", h.these({ids[3]}));
  std::vector<std::string> seen;
  const ActionRun run = h.run("shelve", h.these(ids));
  CHECK(run.succeeded == 1199);
  CHECK(run.failed == 2);
  CHECK(failed_ids(run) == std::vector<std::string>{ids[3], "unknown"});
  CHECK(run.items[2].id == ids[0]);
  CHECK(run.undoable);
  const ActionRun back = h.actions().undo(h.me, run.id, {});
  CHECK(back.state == "done");
  CHECK(back.succeeded == 1199);
  CHECK(h.archived() == 1);
  h.services->stop();
}

TEST_CASE("a run that a restart cuts short goes on: nothing twice, nothing left out") {
  for (const bool named : {false, true}) {
    ActionHost h;
    const auto ids = h.make(1300);
    Gate gate;
    std::atomic<bool> hold{true};
    h.apply("count", spec("Count", "not archived"),
            [&](Transaction& t, const ActionTarget& target, const ActionCall& call) {
              if (target.ordinal % 50 == 3) throw Error(ErrorCode::conflict, "no");
              // Each application adds a tag of its own number: twice would show.
              const auto head = h.tasks().require(t, call.who, target.ordinal);
              static const Column tags = whole_map("tags");
              std::string key;
              t.get(h.store->collection("tasks"), target.ordinal, {&tags, 1},
                    [&](const Row& row) { key = "n" + std::to_string(row.map(0).size()); });
              h.tasks().edit(t, call.who, head, Patch().put("tags", key, "1"));
              return ActionOutcome{};
            });
    // The jobs stop in the middle.
    std::atomic<int> writes{0};
    h.store->before_write([&] {
      if (hold && ++writes == 12) gate.reached.set();
      if (hold && writes > 12) std::this_thread::yield();
    });
    ActionOptions options;
    options.wait = 0;
    const ActionRun begun =
        h.actions().run(h.me, "count", named ? h.these(ids) : h.where(""), {}, options);
    gate.reached.wait();
    h.services->stop();
    hold = false;
    h.store->before_write({});
    const auto before = h.actions().read(h.me, begun.id);
    INFO("after " << before.tally.succeeded);
    CHECK(before.state == "running");
    CHECK(before.tally.succeeded < 1270);
    h.reopen();
    h.services->jobs().wait(h.me, begun.job, 60'000);
    const auto run = h.actions().read(h.me, begun.id);
    CHECK(run.state == "done");
    CHECK(run.tally.succeeded == 1274);
    CHECK(run.tally.failed == 26);
    CHECK(h.count("tasks", is_null(entry("tags", "n0"), true)) == 1274);
    CHECK(h.count("tasks", is_null(entry("tags", "n1"), true)) == 0);
    std::multiset<std::string> told;
    host::each_block(h.services->core(), *h.store, run.ordinal, 0, false,
                     [&](std::int64_t, std::vector<ActionOutcome>& block) {
                       for (const auto& o : block) told.insert(o.id);
                       return true;
                     });
    CHECK(told == std::multiset<std::string>(ids.begin(), ids.end()));
    h.services->stop();
  }
}

TEST_CASE("a run is cancelled: what was done stays and is told") {
  ActionHost h;
  const auto ids = h.make(10);
  Gate gate;
  h.ask("ask", spec("Ask"), [&](std::span<const ActionTarget> targets, const ActionCall&) {
    if (targets[0].id == ids[2]) {
      gate.reached.set();
      gate.open.wait();
    }
    return all_well(targets);
  });
  ActionOptions options;
  options.wait = 0;
  const ActionRun begun = h.actions().run(h.me, "ask", h.these(ids), {}, options);
  CHECK(begun.state == "running");
  gate.reached.wait();
  CHECK(error_of([&] { h.actions().undo(h.me, begun.id, {}); }).code() == ErrorCode::invalid);
  CHECK(h.services->jobs().cancel(h.me, begun.job));
  gate.open.set();
  CHECK(h.services->jobs().wait(h.me, begun.job, 30'000) == "cancelled");
  const ActionRun run = h.actions().answer(h.actions().read(h.me, begun.id));
  CHECK(run.state == "cancelled");
  CHECK(run.succeeded == 3);
  CHECK(run.matched == 10);

  // One that has not begun is cancelled as well.
  h.services->stop();
  h.reopen();
  Gate second;
  h.ask("ask-two", spec("Ask"), [&](std::span<const ActionTarget> targets, const ActionCall&) {
    return all_well(targets);
  });
  h.services->stop();
  const ActionRun waiting = h.actions().run(h.me, "ask-two", h.these(ids), {}, options);
  CHECK(h.services->jobs().cancel(h.me, waiting.job));
  CHECK(state_of(h, waiting.id) == "cancelled");
}

TEST_CASE("a plugin is called in blocks, with keys, and what it answers is judged") {
  ActionHost h;
  const auto ids = h.make(7);
  ActionSpec s = spec("Tell");
  s.block = 3;
  std::vector<std::size_t> sizes;
  std::set<std::string> keys;
  h.ask("tell", s, [&](std::span<const ActionTarget> targets, const ActionCall& call) {
    sizes.push_back(targets.size());
    keys.insert(std::string(call.idempotency_key));
    if (targets[0].id == ids[3]) throw std::runtime_error("it broke");
    ActionResult result = all_well(targets);
    if (targets[0].id == ids[0]) {
      result.items.erase(result.items.begin() + 1);  // says nothing of one
      result.items.emplace_back();
      result.items.back().id = ids[5];  // and something of another
    }
    if (targets[0].id == ids[6]) {
      result.items[0].error = ErrorCode::not_found;
      result.items[0].message = "the room is gone";
    }
    result.message = "told";
    result.open_url = targets[0].id == ids[6] ? "javascript:alert(1)" : "https://chat.example/1";
    return result;
  });
  ActionOptions why;
  why.why = "because";
  const ActionRun run = h.run("tell", h.these(ids), {}, why);
  CHECK(sizes == std::vector<std::size_t>{3, 3, 1});
  CHECK(keys.size() == 3);
  CHECK(run.succeeded == 2);
  CHECK(run.failed == 5);
  CHECK(run.message == "told");
  std::map<std::string, ActionOutcome> by_id;
  for (const auto& o : run.items) by_id[o.id] = o;
  CHECK(by_id[ids[1]].error == ErrorCode::internal);
  CHECK(by_id[ids[4]].message == "plugin 'acme' failed in invoke: it broke");
  CHECK(by_id[ids[6]].error == ErrorCode::not_found);
  CHECK(by_id[ids[6]].message == "the room is gone");
  CHECK_FALSE(by_id[ids[5]].error == std::nullopt);  // its block threw; the stray answer counts not
  CHECK(run.open_url.empty());                       // the last one is no address that is opened

  const auto events = h.history(ids[6]);
  CHECK(events.back().change == "action");
  CHECK(events.back().why == "because");
  CHECK(events.back().who == "local");
  CHECK(events.back().body["new"]["action"] == "tell");
  CHECK(events.back().body["new"]["outcome"] == "not_found");
  CHECK(events.back().body["new"].contains("ms"));
  CHECK(h.history(ids[0]).back().body["new"]["outcome"] == "done");
  h.services->stop();
}

TEST_CASE("a plugin is not called for tasks that it cannot affect") {
  ActionHost h;
  const auto ids = h.make(4);
  h.run("shelve", h.these({ids[1]}));
  std::vector<std::string> called;
  ActionSpec s = spec("Tell", "not archived");
  s.block = 10;
  h.ask("tell", s, [&](std::span<const ActionTarget> targets, const ActionCall&) {
    for (const auto& t : targets) called.emplace_back(t.id);
    return all_well(targets);
  });
  const ActionRun run = h.run("tell", h.these({ids[0], ids[1], "unknown", ids[3]}));
  CHECK(called == std::vector{ids[0], ids[3]});
  CHECK(failed_ids(run) == std::vector<std::string>{ids[1], "unknown"});
  called.clear();
  CHECK(h.run("tell", h.where("")).skipped == 1);
  CHECK(called.size() == 3);
  called.clear();
  CHECK(h.run("tell", h.these({ids[1]})).failed == 1);
  CHECK(called.empty());
  h.services->stop();
}

TEST_CASE("a call that hangs is answered by the time limit; four of them and the plugin is busy") {
  ActionHost h;
  const auto ids = h.make(6);
  Gate gate;
  std::atomic<int> back{0};
  Signal all_back;
  ActionSpec s = spec("Hang");
  s.time_limit = std::chrono::milliseconds(20);
  h.ask("hang", s, [&](std::span<const ActionTarget> targets, const ActionCall&) {
    gate.open.wait();
    if (++back == 4) all_back.set();
    return all_well(targets);
  });
  const ActionRun run = h.run("hang", h.these(ids));
  CHECK(run.state == "done");
  CHECK(run.failed == 6);
  std::size_t timeouts = 0, busy = 0;
  for (const auto& o : run.items) {
    timeouts += o.error == ErrorCode::timeout;
    busy += o.error == ErrorCode::busy;
  }
  CHECK(timeouts == 4);
  CHECK(busy == 2);
  CHECK(run.items.back().message.find("plugin 'acme'") == 0);
  // The host goes on, and stops, while they hang.
  CHECK(h.run("shelve", h.these({ids[0]})).succeeded == 1);
  h.services->stop();
  CHECK(h.acme.calls_left == 4);
  gate.open.set();
  all_back.wait();
  while (h.acme.calls_left != 0) std::this_thread::yield();
}

TEST_CASE("a block whose call a stop cut short is called again, the same and with the same key") {
  for (const bool named : {false, true}) {
    ActionHost h;
    const auto ids = h.make(9);
    h.run("shelve", h.these({ids[1]}));
    ActionSpec s = spec("Tell", "not archived");
    s.block = 4;
    std::mutex mutex;
    std::vector<std::pair<std::string, std::vector<std::string>>> calls;
    Signal in_second;
    std::atomic<bool> first_life{true};
    h.ask("tell", s, [&](std::span<const ActionTarget> targets, const ActionCall& call) {
      bool second = false;
      {
        const std::lock_guard lock(mutex);
        calls.emplace_back(call.idempotency_key, std::vector<std::string>());
        for (const auto& t : targets) calls.back().second.emplace_back(t.id);
        second = calls.size() == 2;
      }
      if (second && first_life) {
        // It did its work on one of them, which so cannot be affected any more, and is cut short.
        const Ordinal o = targets[0].ordinal;
        h.store->write([&](Transaction& t) {
          h.tasks().archive(t, h.me, h.tasks().require(t, h.me, o), true);
        });
        in_second.set();
        while (!call.cancel.cancelled()) std::this_thread::yield();
        throw Error(ErrorCode::cancelled, "cut short");
      }
      return all_well(targets);
    });
    ActionOptions options;
    options.wait = 0;
    const ActionRun begun =
        h.actions().run(h.me, "tell", named ? h.these(ids) : h.where(""), {}, options);
    in_second.wait();
    h.services->stop();
    first_life = false;
    h.reopen();
    CHECK(h.services->jobs().wait(h.me, begun.job, 30'000) == "done");
    const auto run = h.actions().read(h.me, begun.id);
    CHECK(run.tally.succeeded == 8);
    CHECK(run.tally.matched == 9);
    CHECK(run.tally.failed == (named ? 1U : 0U));
    CHECK(run.tally.skipped == (named ? 0U : 1U));
    REQUIRE(calls.size() >= 3);
    CHECK(calls[1] == calls[2]);
    CHECK(calls[0].first != calls[1].first);
    std::set<std::string> called;
    for (const auto& [key, block] : calls) called.insert(block.begin(), block.end());
    CHECK(called.size() == 8);
    h.services->stop();
  }
}

TEST_CASE("a run is queued inside a write, if and only if that commits") {
  ActionHost h;
  const auto ids = h.make(3);
  CHECK(error_of([&] {
          h.store->write([&](Transaction& t) {
            h.actions().start(t, h.me, "shelve", h.these(ids), {}, {});
            throw Error(ErrorCode::invalid, "no");
          });
        }).code() == ErrorCode::invalid);
  CHECK(h.count("action_runs") == 0);
  ActionOptions options;
  options.idempotency_key = "once";
  const auto start = [&] {
    return h.store->write([&](Transaction& t) {
      return h.actions().start(t, h.me, "shelve", h.these(ids), {}, options);
    });
  };
  const std::string run = start();
  CHECK(start() == run);
  h.services->jobs().wait(h.me, h.actions().read(h.me, run).job, 30'000);
  CHECK(state_of(h, run) == "done");
  CHECK(h.archived() == 3);
  CHECK(h.count("jobs") == 1);
  h.services->stop();
}

TEST_CASE("a run whose action is gone after a restart fails and says so") {
  ActionHost h;
  const auto ids = h.make(2);
  h.ask("tell", spec("Tell"), [&](std::span<const ActionTarget> targets, const ActionCall&) {
    return all_well(targets);
  });
  h.services->stop();
  ActionOptions options;
  options.wait = 0;
  const ActionRun begun = h.actions().run(h.me, "tell", h.these(ids), {}, options);
  h.added.pop_back();
  h.reopen();
  CHECK(h.services->jobs().wait(h.me, begun.job, 30'000) == "failed");
  const auto run = h.actions().read(h.me, begun.id);
  CHECK(run.state == "failed");
  CHECK(run.tally.message == "the action 'tell' does not exist");
  h.services->stop();
}
