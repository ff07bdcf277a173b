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

/// How long a command waits for a run that is a job before it answers with the job: milliseconds.
inline constexpr std::int64_t patience = 500;

/// Whether one of `in`, `where` and `all` says which tasks.
bool selects_tasks(const VerbCall&);

/// Which tasks a command asks for: `named` words, or the clauses `in`, `where`, `all`, in both
/// cases without `except`. Archived ones are left out as `VerbCall::tasks` says, unless `archived`.
/// Throws `invalid` with the place when neither or both are there. `usage` is the verb's, to tell a
/// clause that is written wrong from a task that is not there.
ActionSelection selection_of(const Parts&, const Call&, const Verb::Usage& usage,
                             std::span<const CommandWord> named, bool archived);

}  // namespace podium::host::commands
