// Counts of what actions can affect, held against a slow reference over random tasks.
#include <algorithm>
#include <random>

#include "actions_fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

const host::ActionCount& of(const host::Availability& a, const std::string& id) {
  for (const auto& count : a.actions)
    if (count.action->id == id) return count;
  throw std::runtime_error("no action " + id);
}

}  // namespace

TEST_CASE("counts of random tasks and selections are those of one query each") {
  ActionHost h;
  std::mt19937 chance(20261128);
  const std::vector<std::pair<std::string, std::string>> whens = {
      {"w-all", ""},
      {"w-state", "state IN ('completed', 'failed')"},
      {"w-both", "state = 'draft' AND NOT archived"},
      {"w-or", "archived OR state != 'running'"},
      {"w-not", "NOT (state = 'aborted' OR archived)"},
      {"w-type", "type = 'testing' AND state LIKE '%ed'"},
      {"w-null", "desired_state IS NULL AND queued_from IS NULL"},
      {"w-param", "params.lr > 0.5 AND NOT archived"},
      {"w-time", "created > 0 AND state = 'failed'"},
      {"w-name", "name LIKE 'a%'"}};
  for (const auto& [id, when] : whens)
    h.apply(id, spec(id, when), [](auto&, auto&, auto&) { return ActionOutcome{}; });
  const Ordinal p = h.project("p"), q = h.project("q");
  std::vector<std::string> ids;
  for (int i = 0; i < 120; ++i) {
    ids.push_back(h.task_in(chance() % 3 != 0 ? p : q, static_cast<TaskState>(1 + chance() % 7)));
    const Ordinal o = h.store->find(h.store->collection("tasks"), ids.back());
    const std::string lr = chance() % 2 != 0 ? "0.1" : "0.9",
                      name = chance() % 2 != 0 ? "ab" : "ba";
    h.store->write([&](Transaction& t) {
      Patch patch;
      patch.set("archived", chance() % 3 == 0)
          .set("type", std::string(chance() % 2 != 0 ? "training" : "testing"))
          .set("name", name);
      if (chance() % 2 != 0) patch.put("params", "lr", lr);
      t.update(h.store->collection("tasks"), {&o, 1}, {}, patch);
    });
  }
  const auto tasks = h.store->collection("tasks");
  const auto in_project = std::to_string(p);
  std::vector<ActionSelection> selections = {h.where(""),
                                             h.where("state != 'draft'"),
                                             h.where("params.lr = 0.9 OR archived"),
                                             {{}, eq(field("project"), p), {}}};
  for (int i = 0; i < 8; ++i) {
    ActionSelection s = selections[chance() % 4];
    for (const auto& id : ids)
      if (chance() % 4 == 0) s.except.push_back(h.store->find(tasks, id));
    selections.push_back(std::move(s));
    std::vector<std::string> some;
    for (const auto& id : ids)
      if (chance() % 5 == 0) some.push_back(id);
    some.push_back("unknown");
    selections.push_back(h.these(std::move(some)));
  }
  for (const ActionSelection& s : selections) {
    std::vector<Ordinal> members;
    std::uint64_t unknown = 0;
    if (s.ids.empty()) {
      for (const Ordinal o : h.store->ids(tasks, s.filter, {}, {}))
        if (std::find(s.except.begin(), s.except.end(), o) == s.except.end()) members.push_back(o);
    } else {
      for (const auto& id : s.ids) {
        const Ordinal o = h.store->find(tasks, id);
        o == 0 ? void(++unknown) : members.push_back(o);
      }
    }
    const auto available = h.actions().available(h.me, s);
    CHECK(available.of == members.size() + unknown);
    for (const auto& [id, when] : whens) {
      const auto holds =
          h.store->ids(tasks, h.language->parse(when, h.vocabularies_tasks()), {}, {});
      const auto count = std::count_if(members.begin(), members.end(), [&](Ordinal o) {
        return std::find(holds.begin(), holds.end(), o) != holds.end();
      });
      INFO(id);
      CHECK(of(available, id).count == static_cast<std::uint64_t>(count));
      // The reasons account for all the others.
      std::uint64_t told = 0;
      for (const auto& reason : of(available, id).reasons) told += std::stoull(reason);
      CHECK(told + of(available, id).count == available.of);
    }
  }
}

TEST_CASE("the reasons say what stands in the way") {
  ActionHost h;
  const Ordinal p = h.project("p");
  h.apply("tidy", spec("Tidy", "state IN ('completed','failed') AND NOT archived"),
          [](auto&, auto&, auto&) { return ActionOutcome{}; });
  h.apply("fast", spec("Fast", "params.lr > 0.5"),
          [](auto&, auto&, auto&) { return ActionOutcome{}; });
  ActionSpec one = spec("One");
  one.most = 1;
  h.apply("one", one, [](auto&, auto&, auto&) { return ActionOutcome{}; });
  std::vector<std::string> ids;
  for (const TaskState s : {TaskState::completed, TaskState::running, TaskState::running,
                            TaskState::failed, TaskState::draft})
    ids.push_back(h.task_in(p, s));
  h.run("shelve", h.these({ids[3]}));
  ids.push_back("unknown");
  const auto a = h.actions().available(h.me, h.these(ids));
  CHECK(a.of == 6);
  CHECK(of(a, "tidy").count == 1);
  CHECK(of(a, "tidy").reasons == std::vector<std::string>{"2 are running", "1 is archived",
                                                          "1 is draft", "1 does not exist"});
  CHECK(of(a, "shelve").reasons == std::vector<std::string>{"1 is archived", "1 does not exist"});
  CHECK(of(a, "unshelve").reasons ==
        std::vector<std::string>{"4 are not archived", "1 does not exist"});
  CHECK(of(a, "fast").reasons[0] == "5 are not as they must be: params.lr > 0.5");
  CHECK(of(a, "one").reasons.back() == "it takes one task at a time");
  const std::vector<std::string> only = {"tidy"};
  CHECK(h.actions().available(h.me, h.these(ids), only).actions.size() == 1);
  const std::vector<std::string> wrong = {"no-such"};
  CHECK(error_of([&] { h.actions().available(h.me, h.these(ids), wrong); }).code() ==
        ErrorCode::not_found);
}
