#pragma once
// A host with actions of the test's own.
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "fixture.hpp"
#include "podium/extension/action.hpp"
#include "services/actions/actions.hpp"

namespace podium::test {

/// A StoreAction that does what the test says.
class Applied final : public StoreAction {
 public:
  using Script = std::function<ActionOutcome(Transaction&, const ActionTarget&, const ActionCall&)>;
  Applied(std::string id, ActionSpec spec, Script script)
      : StoreAction(std::move(id)), spec_(std::move(spec)), script_(std::move(script)) {}
  ActionSpec spec() const override { return spec_; }
  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    return script_(t, target, call);
  }

 private:
  ActionSpec spec_;
  Script script_;
};

/// An Action that does what the test says.
class Asked final : public Action {
 public:
  using Script = std::function<ActionResult(std::span<const ActionTarget>, const ActionCall&)>;
  Asked(std::string id, ActionSpec spec, Script script)
      : Action(std::move(id)), spec_(std::move(spec)), script_(std::move(script)) {}
  ActionSpec spec() const override { return spec_; }
  ActionResult invoke(std::span<const ActionTarget> targets, const ActionCall& call) override {
    return script_(targets, call);
  }

 private:
  ActionSpec spec_;
  Script script_;
};

inline ActionSpec spec(std::string label, std::string when = {}) {
  ActionSpec s;
  s.label = std::move(label);
  s.when = std::move(when);
  return s;
}

/// All went well for each that was asked about.
inline ActionResult all_well(std::span<const ActionTarget> targets) {
  ActionResult result;
  for (const auto& t : targets) {
    result.items.emplace_back();
    result.items.back().id = t.id;
  }
  return result;
}

/// The host, and `acme`, whose actions it has. "shelve" archives, "unshelve" restores.
struct ActionHost : Host {
  ActionHost() { add_usual(); }
  ~ActionHost() { shut(); }

  void add(std::unique_ptr<Action> action) {
    added.push_back(std::move(action));
    services->add(*added.back(), acme);
  }
  void apply(std::string id, ActionSpec s, Applied::Script script) {
    add(std::make_unique<Applied>(std::move(id), std::move(s), std::move(script)));
  }
  void ask(std::string id, ActionSpec s, Asked::Script script) {
    add(std::make_unique<Asked>(std::move(id), std::move(s), std::move(script)));
  }
  void add_usual() {
    ActionSpec s = spec("Shelve", "not archived");
    s.why_not = "Only what is not shelved can be shelved";
    s.undo = "unshelve";
    apply("shelve", s, [this](Transaction& t, const ActionTarget& target, const ActionCall& call) {
      tasks().archive(t, call.who, tasks().require(t, call.who, target.ordinal), true);
      ActionOutcome o;
      o.undo = "{}";
      return o;
    });
    ActionSpec u = spec("Unshelve", "archived");
    u.undo = "shelve";
    apply("unshelve", u,
          [this](Transaction& t, const ActionTarget& target, const ActionCall& call) {
            tasks().archive(t, call.who, tasks().require(t, call.who, target.ordinal), false);
            ActionOutcome o;
            o.undo = "{}";
            return o;
          });
  }
  /// Closes the store and opens it again, with the same actions.
  void reopen() {
    shut();
    open();
    for (const auto& action : added) services->add(*action, acme);
    services->start();
  }

  host::ActionService& actions() { return services->action_service(); }
  std::vector<std::string> make(std::size_t n, const std::string& project_name = "p") {
    const Ordinal p = project(project_name);
    std::vector<std::string> ids;
    store->write([&](Transaction& t) {
      ids.clear();
      for (std::size_t i = 0; i < n; ++i) {
        NewTask task;
        task.project = p;
        const std::string name = "t" + std::to_string(i);
        task.name = name;
        const Ordinal o = tasks().create(t, me, task);
        t.get(store->collection("tasks"), o, {},
              [&](const Row& row) { ids.emplace_back(row.id()); });
      }
    });
    return ids;
  }
  ActionSelection these(std::vector<std::string> ids) { return {std::move(ids), none(), {}}; }
  ActionSelection where(const std::string& text) {
    return {{}, language->parse(text, vocabularies_tasks()), {}};
  }
  const Vocabulary& vocabularies_tasks();
  ActionRun run(const std::string& action, const ActionSelection& s, const Json& parameters = {},
                ActionOptions options = {}) {
    options.wait = 60'000;
    return actions().run(me, action, s, parameters, options);
  }
  std::size_t archived() { return count("tasks", eq(field("archived"), true)); }

  host::PluginOwner acme{"acme"};
  std::vector<std::unique_ptr<Action>> added;
};

inline std::vector<std::string> failed_ids(const ActionRun& run) {
  std::vector<std::string> out;
  for (const auto& o : run.items)
    if (o.error) out.push_back(o.id);
  return out;
}

}  // namespace podium::test
