// Runs of actions that only write to the store: selections, refusals, one transaction, undo.
#include <algorithm>
#include <set>

#include "actions_fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

ActionOptions with_key(std::string key) {
  ActionOptions options;
  options.idempotency_key = std::move(key);
  return options;
}

}  // namespace

TEST_CASE("named tasks: each is told apart, in the order given") {
  ActionHost h;
  const auto ids = h.make(4);
  h.run("shelve", h.these({ids[1]}));
  const ActionRun run = h.run("shelve", h.these({ids[3], "unknown", ids[1], ids[0], ids[3]}));
  CHECK(run.state == "done");
  CHECK(run.matched == 4);  // the one that was named twice counts once
  CHECK(run.succeeded == 2);
  CHECK(run.failed == 2);
  CHECK(run.skipped == 0);
  CHECK(run.undoable);
  REQUIRE(run.items.size() == 4);
  CHECK(run.items[0].id == "unknown");
  CHECK(run.items[0].error == ErrorCode::not_found);
  CHECK(run.items[1].id == ids[1]);
  CHECK(run.items[1].error == ErrorCode::conflict);
  CHECK(run.items[1].message == "Only what is not shelved can be shelved");
  CHECK(run.items[2].id == ids[3]);
  CHECK(run.items[3].id == ids[0]);
  CHECK(h.archived() == 3);
  const auto kept = h.actions().answer(h.actions().read(h.me, run.id));
  CHECK(kept.succeeded == 2);
  CHECK(kept.items.size() == 4);
  CHECK(kept.items[1].message == run.items[1].message);
}

TEST_CASE("a filter with exceptions: what cannot be affected is skipped") {
  ActionHost h;
  const auto ids = h.make(6);
  h.run("shelve", h.these({ids[0]}));
  ActionSelection s = h.where("name IN ('t0', 't1', 't2', 't3')");
  const auto tasks = h.store->collection("tasks");
  s.except = {h.store->find(tasks, ids[2]), h.store->find(tasks, ids[5])};
  const ActionRun run = h.run("shelve", s);
  CHECK(run.matched == 3);
  CHECK(run.succeeded == 2);
  CHECK(run.skipped == 1);
  CHECK(run.failed == 0);
  CHECK(h.archived() == 3);
  const ActionRun all = h.run("shelve", h.where(""));
  CHECK(all.matched == 6);
  CHECK(all.succeeded == 3);
  CHECK(all.skipped == 3);
  CHECK(h.archived() == 6);
  const ActionRun nothing = h.run("shelve", ActionSelection{});
  CHECK(nothing.matched == 0);
}

TEST_CASE("an action is found by id and word, and its parameters are checked and completed") {
  ActionHost h;
  const auto ids = h.make(1);
  Json seen;
  ActionSpec s = spec("Label");
  s.parameters = R"({"type":"object","required":["room"],"properties":{"room":{"type":"string"},
    "times":{"type":"integer","default":3},"style":{"enum":["plain","loud"],"default":"plain"},
    "to":{"type":"object","properties":{"port":{"type":"integer","default":80}}}}})";
  h.apply("acme.label", s, [&](Transaction&, const ActionTarget&, const ActionCall& call) {
    seen = call.parameters;
    return ActionOutcome{};
  });
  h.run("label", h.these(ids), {{"room", "ml"}, {"to", Json::object()}});
  CHECK(seen == Json{{"room", "ml"}, {"times", 3}, {"style", "plain"}, {"to", {{"port", 80}}}});
  const auto refused = [&](const Json& parameters) {
    return error_of([&] { h.actions().check(h.me, "acme.label", parameters); });
  };
  CHECK(refused(Json::object()).field() == "parameters.room");
  CHECK(refused({{"room", 1}}).field() == "parameters.room");
  CHECK(refused({{"room", "a"}, {"times", "x"}}).field() == "parameters.times");
  CHECK(refused({{"room", "a"}, {"style", "wild"}}).field() == "parameters.style");
  CHECK(refused({{"room", "a"}, {"tims", 1}}).field() == "parameters.tims");
  CHECK(refused(Json::array()).field() == "parameters");
  CHECK(refused({{"room", "a"}, {"tims", 1}}).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.run("shelve", h.these(ids), {{"a", 1}}); }).field() == "parameters");
  CHECK(error_of([&] { h.run("no-such", h.these(ids)); }).code() == ErrorCode::not_found);
}

TEST_CASE("whoever lacks the permission cannot use the action, nor is it listed") {
  ActionHost h;
  const auto ids = h.make(1);
  ActionSpec s = spec("Drain");
  s.permission = "queue.claim";
  h.apply("drain", s, [](auto&, auto&, auto&) { return ActionOutcome{}; });
  h.me.permissions = {"task.write", "task.read"};
  CHECK(error_of([&] { h.run("drain", h.these(ids)); }).code() == ErrorCode::denied);
  CHECK(h.actions().usable(h.me).size() == 2);
  CHECK(h.run("shelve", h.these(ids)).succeeded == 1);
}

TEST_CASE("an action takes no more tasks than it says") {
  ActionHost h;
  const auto ids = h.make(3);
  ActionSpec s = spec("One");
  s.most = 1;
  h.apply("one", s, [](auto&, auto&, auto&) { return ActionOutcome{}; });
  CHECK(h.run("one", h.these({ids[0]})).succeeded == 1);
  CHECK(error_of([&] { h.run("one", h.these({ids[0], ids[1]})); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.run("one", h.where("")); }).code() == ErrorCode::invalid);
}

TEST_CASE("one task's failure stops no other: refusals, and throws after a write") {
  ActionHost h;
  const auto ids = h.make(6);
  h.apply("bend", spec("Bend"),
          [&](Transaction& t, const ActionTarget& target, const ActionCall& call) -> ActionOutcome {
            if (target.id == ids[1]) throw Error(ErrorCode::conflict, "it does not bend");
            h.tasks().archive(t, call.who, h.tasks().require(t, call.who, target.ordinal), true);
            if (target.id == ids[3]) throw std::runtime_error("it broke");
            if (target.id == ids[4]) throw Error(ErrorCode::invalid, "it bent too far");
            return {};
          });
  const ActionRun run = h.run("bend", h.these(ids));
  CHECK(run.succeeded == 3);
  CHECK(run.failed == 3);
  CHECK(run.items[0].error == ErrorCode::conflict);
  CHECK(run.items[0].message == "it does not bend");
  CHECK(run.items[1].id == ids[3]);
  CHECK(run.items[1].error == ErrorCode::internal);
  CHECK(run.items[1].message == "plugin 'acme' failed in apply: it broke");
  CHECK(run.items[2].error == ErrorCode::invalid);
  CHECK(h.archived() == 3);
  for (const std::size_t i : {1U, 3U, 4U})
    CHECK(h.task_cell(ids[i], field("archived")) == Value{false});
  CHECK(h.count("action_runs") == 1);
}

TEST_CASE("an action that breaks on every task leaves nothing behind, and all is told") {
  ActionHost h;
  const auto ids = h.make(20);
  h.apply("bend", spec("Bend"),
          [&](Transaction& t, const ActionTarget& target, const ActionCall& call) -> ActionOutcome {
            h.tasks().archive(t, call.who, h.tasks().require(t, call.who, target.ordinal), true);
            throw std::runtime_error("it broke");
          });
  const ActionRun run = h.run("bend", h.these(ids));
  CHECK(run.state == "done");
  CHECK(run.failed == 20);
  CHECK(run.succeeded == 0);
  CHECK(h.archived() == 0);
  CHECK_FALSE(run.undoable);
}

TEST_CASE("the same idempotency key is the same run") {
  ActionHost h;
  const auto ids = h.make(3);
  const ActionRun first = h.run("shelve", h.these(ids), {}, with_key("k"));
  h.run("unshelve", h.these(ids));
  const ActionRun again = h.run("shelve", h.these(ids), {}, with_key("k"));
  CHECK(again.id == first.id);
  CHECK(again.succeeded == 3);
  CHECK(again.items.size() == 3);
  CHECK(h.archived() == 0);
  CHECK(error_of([&] { h.run("shelve", h.these({ids[0]}), {}, with_key("k")); }).code() ==
        ErrorCode::conflict);
  CHECK(h.run("shelve", h.these(ids), {}, with_key("k2")).id != first.id);
  CHECK(h.archived() == 3);
  CHECK(error_of([&] { h.run("shelve", h.these(ids), {}, with_key("a\nb")); }).code() ==
        ErrorCode::invalid);
}

TEST_CASE("a dry run says what would happen and writes nothing") {
  ActionHost h;
  const auto ids = h.make(3);
  h.run("shelve", h.these({ids[0]}));
  ActionOptions dry;
  dry.dry_run = true;
  const std::size_t runs = h.count("action_runs");
  const ActionRun named = h.run("shelve", h.these({ids[0], ids[1], "unknown"}), {}, dry);
  CHECK(named.id.empty());
  CHECK(named.succeeded == 1);
  CHECK(named.failed == 2);
  CHECK(named.items.size() == 3);
  CHECK_FALSE(named.undoable);
  const ActionRun all = h.run("shelve", h.where(""), {}, dry);
  CHECK(all.matched == 3);
  CHECK(all.succeeded == 2);
  CHECK(all.skipped == 1);
  CHECK(all.items.size() == 2);
  CHECK(h.archived() == 1);
  CHECK(h.count("action_runs") == runs);

  ActionSpec s = spec("Check");
  s.previews = true;
  h.apply("check", s, [&](Transaction& t, const ActionTarget& target, const ActionCall& call) {
    if (target.id == ids[1]) throw Error(ErrorCode::conflict, "this one would not");
    if (target.id == ids[2])
      h.tasks().archive(t, call.who, h.tasks().require(t, call.who, target.ordinal), true);
    ActionOutcome o;
    o.message = call.dry_run ? "would" : "did";
    return o;
  });
  const ActionRun previewed = h.run("check", h.these(ids), {}, dry);
  CHECK(previewed.succeeded == 1);
  CHECK(previewed.items.back().message == "would");
  CHECK(previewed.items[0].message == "this one would not");
  CHECK(previewed.items[1].error == ErrorCode::internal);  // it wrote in a dry run
  CHECK(h.archived() == 1);
}

TEST_CASE("an action that only shows leaves no trace") {
  ActionHost h;
  const auto ids = h.make(2);
  ActionSpec s = spec("Show");
  s.writes = false;
  h.apply("show-it", s, [](Transaction&, const ActionTarget&, const ActionCall&) {
    ActionOutcome o;
    o.detail = R"({"size":3})";
    return o;
  });
  const ActionRun run = h.run("show-it", h.these(ids));
  CHECK(run.id.empty());
  CHECK(run.succeeded == 2);
  CHECK(run.items[0].detail == R"({"size":3})");
  CHECK(h.count("action_runs") == 0);
}

TEST_CASE("what was done is taken back, once") {
  ActionHost h;
  const auto ids = h.make(4);
  h.run("shelve", h.these({ids[0]}));
  const ActionRun run = h.run("shelve", h.where(""));
  CHECK(h.archived() == 4);
  const ActionRun back = h.actions().undo(h.me, run.id, {});
  CHECK(back.succeeded == 3);
  CHECK(back.undoable);
  CHECK(h.task_cell(ids[0], field("archived")) == Value{true});
  CHECK(h.archived() == 1);
  CHECK_FALSE(h.actions().undoable(h.actions().read(h.me, run.id)));
  CHECK(error_of([&] { h.actions().undo(h.me, run.id, {}); }).code() == ErrorCode::conflict);
  // Taking back the taking back is doing it again.
  CHECK(h.actions().undo(h.me, back.id, {}).succeeded == 3);
  CHECK(h.archived() == 4);
  const ActionRun nothing = h.run("shelve", h.where(""));
  CHECK(error_of([&] { h.actions().undo(h.me, nothing.id, {}); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { h.actions().undo(h.me, "unknown", {}); }).code() == ErrorCode::not_found);
}

TEST_CASE("an undo brings back what each task had, and tells of those that it cannot") {
  ActionHost h;
  const auto ids = h.make(4);
  const auto describe = [&](Transaction& t, const ActionTarget& target, const ActionCall& call) {
    static const Column column = value_of(field("description"));
    Json before;
    t.get(h.store->collection("tasks"), target.ordinal, {&column, 1}, [&](const Row& row) {
      if (const Cell c = row.cell(0); const auto* text = std::get_if<std::string_view>(&c))
        before = std::string(*text);
    });
    const Json text = call.parameters.value("text", Json());
    h.tasks().edit(
        t, call.who, h.tasks().require(t, call.who, target.ordinal),
        Patch().set("description", text.is_string() ? Value{text.get<std::string>()} : Value{}));
    ActionOutcome o;
    o.undo = Json{{"text", before}}.dump();
    return o;
  };
  ActionSpec s = spec("Describe", "not archived");
  s.parameters = R"({"type":"object","properties":{"text":{"type":["string","null"]}}})";
  s.undo = "describe";
  h.apply("describe", s, describe);
  h.run("describe", h.these({ids[0]}), {{"text", "a"}});
  h.run("describe", h.these({ids[1]}), {{"text", "b"}});
  const ActionRun run = h.run("describe", h.these(ids), {{"text", "new"}});
  h.run("shelve", h.these({ids[2]}));
  const ActionRun back = h.actions().undo(h.me, run.id, {});
  CHECK(back.succeeded == 3);
  CHECK(failed_ids(back) == std::vector{ids[2]});
  CHECK(h.task_cell(ids[0], field("description")) == Value{std::string("a")});
  CHECK(h.task_cell(ids[1], field("description")) == Value{std::string("b")});
  CHECK(h.task_cell(ids[2], field("description")) == Value{std::string("new")});
  CHECK(h.task_cell(ids[3], field("description")) == Value{});
}

TEST_CASE("texts of a plugin that cannot be kept are made fit") {
  ActionHost h;
  const auto ids = h.make(1);
  h.apply("mumble", spec("Mumble"), [](Transaction&, const ActionTarget&, const ActionCall&) {
    ActionOutcome o;
    o.id = "somebody else";
    o.message = std::string("a\xff\0b", 4);
    o.detail = "no JSON";
    o.undo = "[1]";
    return o;
  });
  const ActionRun run = h.run("mumble", h.these(ids));
  CHECK(run.succeeded == 1);
  const auto kept = h.actions().answer(h.actions().read(h.me, run.id));
  REQUIRE(kept.items.size() == 1);
  CHECK(kept.items[0].id == ids[0]);
  CHECK(kept.items[0].message ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(kept.items[0].detail.empty());
  CHECK_FALSE(kept.undoable);
}

TEST_CASE("runs are kept 30 days") {
  ActionHost h;
  const auto ids = h.make(1);
  const ActionRun old = h.run("shelve", h.these(ids));
  h.clock->fetch_add(31LL * 86'400'000);
  h.run("unshelve", h.these(ids));
  CHECK(h.count("action_runs") == 1);
  CHECK(h.count("action_blocks") == 1);
  CHECK(error_of([&] { h.actions().read(h.me, old.id); }).code() == ErrorCode::not_found);
}

TEST_CASE("two people act on the same tasks: each task once, and both are told the truth") {
  ActionHost h;
  const auto ids = h.make(200);
  ActionRun a, b;
  std::thread other([&] { b = h.actions().run(h.me, "shelve", h.these(ids), {}, {}); });
  a = h.actions().run(h.me, "shelve", h.these(ids), {}, {});
  other.join();
  CHECK(a.succeeded + b.succeeded == 200);
  CHECK(a.failed + b.failed == 200);
  CHECK(h.archived() == 200);
  std::size_t entries = 0;
  for (const auto& event : h.history(ids[7])) entries += event.change == "archive";
  CHECK(entries == 1);
}

TEST_CASE("a source's actions come and go; a run keeps the one it began with") {
  ActionHost h;
  const auto ids = h.make(2);
  class Source final : public ActionSource {
   public:
    Source() : ActionSource("src") {}
    std::uint64_t revision() const noexcept override { return revision_; }
    std::vector<std::shared_ptr<Action>> actions() const override { return actions_; }
    void set(std::vector<std::shared_ptr<Action>> actions) {
      actions_ = std::move(actions);
      ++revision_;
    }

   private:
    std::atomic<std::uint64_t> revision_{0};
    std::vector<std::shared_ptr<Action>> actions_;
  } source;
  h.services->add(source, h.acme);
  CHECK(error_of([&] { h.run("wave", h.these(ids)); }).code() == ErrorCode::not_found);
  const auto wave = [](const char* message, const char* when) {
    return std::make_shared<Applied>("wave", spec("Wave", when),
                                     [=](Transaction&, const ActionTarget&, const ActionCall&) {
                                       ActionOutcome o;
                                       o.message = message;
                                       return o;
                                     });
  };
  source.set({wave("one", "")});
  CHECK(h.run("wave", h.these(ids)).items[0].message == "one");
  source.set({wave("two", ""), wave("double", ""),
              std::make_shared<Applied>("shelve", spec("Taken"), Applied::Script()),
              std::make_shared<Applied>("odd", spec("Odd", "stat ="), Applied::Script())});
  CHECK(h.run("wave", h.these(ids)).items[0].message == "two");
  CHECK(h.actions().usable(h.me).size() == 3);
  source.set({});
  CHECK(h.actions().usable(h.me).size() == 2);
  h.services->stop();
}
