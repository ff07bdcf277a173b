#pragma once
// Carrying out actions (podium/extension/action.hpp) on a selection of tasks.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/principal.hpp"
#include "podium/store/filter.hpp"
#include "podium/store/store.hpp"

namespace podium {

/// Which tasks: a predicate, never a long list.
struct ActionSelection {
  /// Ids, at most 10,000; in the order given. Empty: what `filter` says.
  std::vector<std::string> ids = {};
  Filter filter = none();
  std::vector<Ordinal> except = {};  ///< not these, at most 10,000
};

struct ActionOptions {
  std::string why = {};  ///< for the history
  bool dry_run = false;
  std::string idempotency_key = {};  ///< the same key again answers the first run
  /// How long `run` waits for a run that is a job, in milliseconds; then it answers what there is.
  std::int64_t wait = 10'000;
};

/// One carrying out of an action. Collection "action_runs": text ids. Fields action, who, state
/// ("running", "done", "cancelled", "failed"), created, ended (times), job (reference to jobs,
/// clear), matched, succeeded, failed, skipped (integers), undo (text: the id of the undoing
/// action; missing when there is nothing to take back), undone (time), why; body {"parameters",
/// "message", "open_url"}. What became of each task is in "action_blocks": run (reference,
/// cascade), number, failed, undoable (integers); body {"items": [...]}.
struct ActionRun {
  std::string id = {};   ///< "" of a dry run, and of what only shows
  std::string job = {};  ///< set when it is (or was) long work
  std::string state = "done";
  std::uint64_t matched = 0;  ///< tasks of the selection
  std::uint64_t succeeded = 0, failed = 0;
  std::uint64_t skipped = 0;              ///< of a filter: those that `when` leaves out
  std::vector<ActionOutcome> items = {};  ///< of up to 1,000 tasks; failed ones first
  std::string message = {}, open_url = {};
  bool undoable = false;
};

/// Thread-safe.
class Actions {
 public:
  virtual ~Actions() = default;
  /// Carries an action out, or with `dry_run` says what it would do. Up to 1,000 tasks of a
  /// StoreAction are one transaction; anything else is a job. One task's failure stops no other.
  /// Throws `not_found` (no such action, or none of that name for `who`), `denied`, `invalid`
  /// (parameters; more tasks than `ActionSpec::most`).
  virtual ActionRun run(const Principal&, std::string_view action, const ActionSelection&,
                        const Json& parameters, const ActionOptions&) = 0;
  /// Queues a run as a job inside a given transaction, so that it starts if and only if that
  /// commits; returns the run's id. Throws as `run`.
  virtual std::string start(Transaction&, const Principal&, std::string_view action,
                            const ActionSelection&, const Json& parameters,
                            const ActionOptions&) = 0;
  /// Throws what `run` would throw for the action and its parameters.
  virtual void check(const Principal&, std::string_view action, const Json& parameters) const = 0;
};

}  // namespace podium
