#pragma once
// The extension point that adds an operation on tasks. An action appears by itself wherever tasks
// are acted on: in `/api/v1/tasks/actions/available` with the count of the selected that it can
// affect, as a verb of the command language and a subcommand, in menus and batch bars.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/error.hpp"
#include "podium/extension.hpp"
#include "podium/http/message.hpp"
#include "podium/json.hpp"
#include "podium/principal.hpp"
#include "podium/store/store.hpp"

namespace podium {

/// What an action is, for menus, forms and the command language. Read when the action is added: a
/// `when` or schema that is wrong refuses it then, naming the plugin.
struct ActionSpec {
  std::string label;       ///< what a menu says, an imperative: "Archive"
  std::string tooltip;     ///< one sentence
  std::string icon = {};   ///< a name of the front ends' icons ("archive"), or ""
  std::string group = {};  ///< actions of one group stand together: "state", "organise", ...
  int order = 0;           ///< among its group, ascending; ties by id
  /// Which tasks it can affect, in the query language ("state in ('draft','aborted') and not
  /// archived"); "" is all. The host tests it for menus and again before each call.
  std::string when = {};
  std::string why_not = {};  ///< one sentence about the others: "Only drafts can be ..."
  std::string permission = "task.write";
  bool writes = true;        ///< false: it only shows or links; nothing is kept of it
  bool destructive = false;  ///< it takes something away that does not come back
  /// The question that front ends ask first, with {count} for the number of tasks: "Delete {count}
  /// tasks?". "" asks nothing.
  std::string confirm = {};
  std::size_t most = 0;  ///< tasks that it takes at most; 0 any number, 1 a menu of one row
  /// The id of the action that undoes this one, given what `ActionOutcome::undo` says; "" has none.
  std::string undo = {};
  /// JSON Schema (text) of its parameters, an object; "" takes none. Clients draw the form from it:
  /// `title`, `description`, `default`, `enum`, `format`. Defaults are filled in by the host. As a
  /// verb each property is a clause of the same name ('_' is '-').
  std::string parameters = {};
  /// The property, an array of texts, that takes the words behind the tasks of a command line: `tag
  /// TASKS WORD ...`. "": all words name tasks.
  std::string words = {};
  /// `apply` or `invoke` is called for a dry run too, and tells what it would do without writing.
  /// Else a dry run is answered from `when` alone.
  bool previews = false;
  /// Ids in one call of `Action::invoke`, 1..1000.
  std::size_t block = 1;
  /// For one call of `Action::invoke`. Then the run goes on without it: what the call was asked has
  /// failed, `cancel` is asked.
  std::chrono::milliseconds time_limit{60'000};
};

/// One task that is acted on.
struct ActionTarget {
  Ordinal ordinal = 0;
  std::string_view id;
};

/// How an action is called. Valid during the call.
struct ActionCall {
  const Principal& who;
  const Json& parameters;  ///< an object that fits the schema; {} when it takes none
  std::string_view why;    ///< for the history, or ""
  bool dry_run;            ///< see `ActionSpec::previews`
  /// The same when a block of a run is repeated after a restart, for no other block: hand it on to
  /// whom is called.
  std::string_view idempotency_key;
  const Cancel& cancel;
};

/// What became of one task.
struct ActionOutcome {
  std::string id;                       ///< of the task
  std::optional<ErrorCode> error = {};  ///< none: it went well
  std::string message = {};             ///< the error, or a remark ("nobody watches the queue")
  std::string made = {};                ///< id of a task that was made of it
  std::string detail = {};              ///< "" or a JSON object with facts for programs
  /// Parameters (JSON text) with which `ActionSpec::undo` takes this back, {} when it takes none;
  /// "" when there is nothing to take back.
  std::string undo = {};
};

struct ActionResult {
  std::vector<ActionOutcome> items;  ///< one of each id of the call, in any order
  std::string message = {};          ///< one sentence for who asked
  std::string open_url = {};         ///< what a front end opens, if `may_be_opened`
};

/// An operation on tasks whose effect is outside the store, or takes many transactions. The id is
/// [a-z][a-z0-9-]*, the plugin's own, or a word behind that and a dot; its last part is the verb.
///
/// `invoke` is called on a thread of the runs' own, blocks of one run one after the other, several
/// runs at once. Permission, `when` and parameters are checked. What it throws fails the whole
/// block. A block whose call was cut short by a restart is called again: at least once.
class Action : public Extension {
 public:
  using Extension::Extension;
  virtual ActionSpec spec() const = 0;
  virtual ActionResult invoke(std::span<const ActionTarget> targets, const ActionCall&) = 0;
};

/// An operation on tasks that only writes to the store: exactly once, also over a restart, because
/// it commits together with the progress of its run.
class StoreAction : public Action {
 public:
  using Action::Action;
  /// Acts on one task. Refuses by throwing Error before it writes (as the services do): that fails
  /// this task only. Anything else thrown fails the task after the transaction was taken back and
  /// the others ran again without it. Like every `fn` of the store it may be run again and touches
  /// nothing but the Transaction and services that take one.
  virtual ActionOutcome apply(Transaction&, const ActionTarget&, const ActionCall&) = 0;
  ActionResult invoke(std::span<const ActionTarget>, const ActionCall&) final {
    throw Error(ErrorCode::misuse, "a StoreAction is applied, not invoked");
  }
};

/// Actions that come and go while the host runs (defined by an API, for instance). Ids as of
/// Action. Thread-safe.
class ActionSource : public Extension {
 public:
  using Extension::Extension;
  /// Another number whenever `actions` would answer otherwise. Asked before every use: cheap.
  virtual std::uint64_t revision() const noexcept = 0;
  /// Those of now; a run keeps the one that it began with. What does not fit (its `when`, its
  /// schema, a taken id) is left out, with a line in the log.
  virtual std::vector<std::shared_ptr<Action>> actions() const = 0;
};

}  // namespace podium
