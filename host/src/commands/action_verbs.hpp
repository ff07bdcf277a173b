#pragma once
// Actions as verbs: `WORD TASKS ... [in P] [where F] [all] [except TASKS] [why TEXT] [yes [TOKEN]]`
// and a clause for each parameter. Nothing of any one action is known here.
#include "commands/call.hpp"
#include "services/actions/catalogue.hpp"

namespace podium::host::commands {

/// The verb that an action is; made for one call, from the catalogue of that moment.
class ActionVerb final : public Verb {
 public:
  ActionVerb(const Parts& parts, KnownActionPtr action)
      : Verb(action->word), parts_(parts), action_(std::move(action)) {}
  const KnownAction& action() const noexcept { return *action_; }

  Usage usage() const override;
  /// `call` is a `Call`.
  Answer run(const VerbCall& call) override;

 private:
  const Parts& parts_;
  const KnownActionPtr action_;
};

/// Which tasks a command asks for: `named` words, or the clauses `in`, `where`, `all`, in both
/// cases without `except`. Archived ones are left out as `VerbCall::tasks` says, unless `archived`.
/// Throws `invalid` with the place when neither or both are there.
ActionSelection selection_of(const Parts&, const Call&, std::span<const CommandWord> named,
                             bool archived);

}  // namespace podium::host::commands
