#pragma once
// Commands over services in memory, with actions whose runs are only written down.
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../services/fixture.hpp"
#include "commands/commands.hpp"
#include "plugin/extensions.hpp"

namespace podium::test {

/// An action that is never called: the engine is the test's.
class Declared : public Action {
 public:
  Declared(std::string id, ActionSpec spec) : Action(std::move(id)), spec_(std::move(spec)) {}
  ActionSpec spec() const override { return spec_; }
  ActionResult invoke(std::span<const ActionTarget>, const ActionCall&) override { return {}; }

 private:
  ActionSpec spec_;
};

/// Actions that come and go with the test.
class Changing final : public ActionSource {
 public:
  Changing() : ActionSource("changing") {}
  std::uint64_t revision() const noexcept override { return revision_; }
  std::vector<std::shared_ptr<Action>> actions() const override { return actions_; }
  void set(std::vector<std::shared_ptr<Action>> actions) {
    actions_ = std::move(actions);
    ++revision_;
  }

 private:
  std::uint64_t revision_ = 1;
  std::vector<std::shared_ptr<Action>> actions_;
};

/// Writes down what it is asked and answers what the test says.
class WritesDown final : public Actions {
 public:
  struct Asked {
    std::string action;
    ActionSelection selection;
    Json parameters;
    ActionOptions options;
  };
  std::vector<Asked> asked;
  ActionRun answer;
  std::string refusal, refused;  ///< of `check`, and the parameter that it is about

  ActionRun run(const Principal& who, std::string_view action, const ActionSelection& selection,
                const Json& parameters, const ActionOptions& options) override {
    who.mark_checked();
    asked.push_back({std::string(action), selection, parameters, options});
    return answer;
  }
  std::string start(Transaction&, const Principal&, std::string_view, const ActionSelection&,
                    const Json&, const ActionOptions&) override {
    throw Error(ErrorCode::misuse, "commands run actions, they start none");
  }
  void check(const Principal&, std::string_view, const Json&) const override {
    if (!refusal.empty()) throw Error(ErrorCode::invalid, refusal).in(refused);
  }
};

struct Never final : Cancel {
  bool cancelled() const noexcept override { return false; }
};

struct ActionHost : Host {
  ActionHost() : commands(parts, registry) {
    parts.core = &services->core();
    parts.projects = &projects();
    parts.tasks = &tasks();
    parts.jobs = &services->jobs();
    parts.words = vocabularies.get();
    parts.table = &services->table();
    parts.actions = &actions;
    parts.catalogue = &services->catalogue();
    for (auto& verb : host::commands::make_verbs(parts, commands))
      registry.add(own, std::move(verb));
    services->add(changing, acme);
  }
  void add(std::string id, ActionSpec spec) {
    if (spec.label.empty()) spec.label = id;
    declared.push_back(std::make_unique<Declared>(std::move(id), std::move(spec)));
    services->catalogue().add(*declared.back(), acme);
  }
  host::commands::CommandResult run(host::commands::CommandRequest request) {
    return commands.run(request, me, never);
  }
  Answer run(const std::string& line) {
    host::commands::CommandRequest request;
    request.line = line;
    return run(std::move(request)).answer;
  }
  const WritesDown::Asked& last() const { return actions.asked.back(); }

  host::PluginOwner own, acme{.id = "acme", .faults = 0, .report = nullptr};
  host::ExtensionRegistry registry;
  host::commands::Parts parts;
  host::commands::Commands commands;
  WritesDown actions;
  Changing changing;
  std::vector<std::unique_ptr<Declared>> declared;
  Never never;
};

}  // namespace podium::test
