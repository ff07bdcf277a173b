#pragma once
// Tasks: one execution each, done or to be done. An MLflow run is a task.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/service/records.hpp"
#include "podium/store/store.hpp"

namespace podium {

enum class TaskState : std::uint8_t {
  draft = 1,
  pending,
  running,
  completed,
  failed,
  aborted,
  published
};
/// As in the query language, APIs and URLs: "draft", ...
constexpr std::string_view name(TaskState s) noexcept {
  constexpr std::string_view names[] = {"",          "draft",  "pending", "running",
                                        "completed", "failed", "aborted", "published"};
  return names[static_cast<std::size_t>(s)];
}
std::optional<TaskState> constexpr task_state(std::string_view text) noexcept {
  for (int i = 1; i <= 7; ++i)
    if (name(static_cast<TaskState>(i)) == text) return static_cast<TaskState>(i);
  return std::nullopt;
}

/// What kind of execution a task is.
inline constexpr std::string_view task_types[] = {
    "training", "testing",    "inference", "data_processing", "application",
    "monitor",  "controller", "optimizer", "report",          "service",
    "qc",       "agent",      "custom"};

/// Why a task changes state; the transition table says which pairs of states each may connect, and
/// the history keeps its name.
enum class Transition : std::uint8_t {
  enqueue = 1,
  dequeue,
  start,
  complete,
  fail,
  abort,
  publish,
  reset,
  client,  ///< an MLflow client says so: any state but published, to any but pending and published
  retry,   ///< failed to pending
};
constexpr std::string_view name(Transition t) noexcept {
  constexpr std::string_view names[] = {"",      "enqueue", "dequeue", "start",  "complete", "fail",
                                        "abort", "publish", "reset",   "client", "retry"};
  return names[static_cast<std::size_t>(t)];
}

struct NewTask {
  Ordinal project = 0;
  std::string_view id = {};            ///< "" makes one: 32 hex digits, time-ordered
  std::string_view name = {};          ///< "" makes one: adjective-noun-number
  std::string_view type = "training";  ///< one of `task_types`
  TaskState state = TaskState::draft;  ///< draft or running
  std::int64_t created = 0;            ///< 0 is now
  /// Further fields by name (see the class), entries of the maps, and the body. A draft starts with
  /// its project's default params and output destination where nothing else is given, and belongs
  /// to who makes it.
  Patch content = {};
};

/// What a task logs of itself; no history is kept of it.
struct TaskLog {
  std::span<const MapEntry> params =
      {};                               ///< written once: ConflictError when another text is there
  std::span<const MapEntry> tags = {};  ///< overwritten
  std::span<const SeriesPoints> metrics = {};
};

struct CloneOptions {
  std::string_view id = {};            ///< as in NewTask
  std::string_view name = {};          ///< "" is "Clone of " and the source's name
  Ordinal project = 0;                 ///< 0 is the source's
  std::optional<Ordinal> parent = {};  ///< none: the source's, or the source if it has none; 0: no
  /// Overrides what is copied: fields, entries, entries to leave out, a map to leave out whole
  /// (`clear`), members of the body.
  Patch content = {};
  std::string_view why = {};
};

struct EnqueueOptions {
  Ordinal queue = 0;   ///< 0 is the default queue; `conflict` when there is none
  bool front = false;  ///< before all others instead of behind them
  std::string_view why = {};
};

/// What becomes of a failed task's outputs when it is tried again.
enum class Outputs : std::uint8_t {
  go_on = 1,  ///< they stay with the task, which goes on from them
  keep,       ///< they move to the attempt
  discard,    ///< as by a reset
};

struct RetryOptions {
  EnqueueOptions enqueue = {};
  Outputs outputs = Outputs::go_on;
};

struct ResetOptions {
  bool keep_attempt = false;  ///< the outputs move to a record of "attempts" instead of going away
  bool dry_run = false;       ///< refuses and counts as the call would, and writes nothing
  std::string_view why = {};
};

struct RemoveOptions {
  bool used_too = false;  ///< also when the task, a child or a model of it is published, or another
                          ///< task reads one of its models: such models stay, without the task
  bool keep_models = false;  ///< the models it made stay, without the task
  bool dry_run = false;      ///< refuses and counts as the call would, and writes nothing
  std::string_view why = {};
};

/// Collection "tasks": text ids, partition `project`. Fields:
///   project (reference, cascade), name, type, state (text), archived (boolean), archived_at
///   (time), user, user_tagged (boolean: the creator named the user in a tag, too, as MLflow
///   clients do), description, parent, derived_from (references to tasks, clear), created, started,
///   completed, published, updated (times; updated is the last change of anything but points),
///   reason (text, of the last transition), artifact_uri, output_destination, source_name,
///   source_type, repository, branch, source_tag, commit, entry_point, working_dir, binary,
///   progress (real, 0 to 100), iteration (integer), run_time (milliseconds from started to
///   completed; missing while it runs), attempt (integer, missing is 1), worker (text, the last),
///   lease_until (time: until then a worker holds it), desired_state ("aborted" while a stop is
///   asked for) with stop_deadline (time), queue (reference, clear) and queued_from (the state
///   before) while it is pending.
/// Maps: params, tags, properties (of users), configuration (whole texts), container. Series:
/// metrics (LastRule step_time_value). Body: a JSON object {"diff": text, "requirements": {kind:
/// text}}, each member optional. Keys: (project, archived, started), (project, archived, created),
/// (project, state, archived).
/// Collection "attempts" (see `attempts()`): what earlier tries left. Fields task (reference,
/// cascade), number, state, started, completed, reason, worker, kept (time), iteration, run_time;
/// series metrics; body {"artifact_uri": text, "models": [id]}; unique key (task, number).
///
/// Writes run inside a given Transaction, check `who` and the rules first and throw before they
/// write: `not_found`, `denied`, `conflict` (state), `invalid` (edit rules). A refusal for the
/// state names the field (`state`, or what was to be edited) and has {"state": ...} as its detail.
/// Every change is kept in the history with who, when and `why`. Reading: Records.
class Tasks : public Records {
 public:
  virtual ~Tasks() = default;
  virtual CollectionId attempts() const = 0;
  virtual Ordinal create(Transaction&, const Principal&, const NewTask&) = 0;

  /// What a writer needs to know of a task before it writes.
  struct Head {
    Ordinal ordinal = 0;
    Ordinal project = 0;
    TaskState state = TaskState::draft;
    bool archived = false;
    std::int64_t version = 0;
  };
  /// The task, locked, that exists and may be written by `who`; throws `not_found` or `denied`.
  virtual Head require(Transaction&, const Principal&, std::string_view id) = 0;
  virtual Head require(Transaction&, const Principal&, Ordinal) = 0;

  // A head may be older than the transaction. The calls that return a Head compare its state and
  // its version with the task's (compare-and-swap) and throw `conflict` when the task moved on;
  // what they return is the task afterwards, for the next call. `log`, `remove_tag` and `describe`
  // take a head of the same transaction.

  /// Writes what a task logs of itself. Refused for a published task, and for an archived one.
  virtual void log(Transaction&, const Principal&, const Head&, const TaskLog&) = 0;
  /// Removes a tag; throws `not_found` when it is not there.
  virtual void remove_tag(Transaction&, const Principal&, const Head&, std::string_view key) = 0;
  /// Sets fields that a run tells about itself through a client (name, user, description, parent,
  /// started, completed, progress, iteration, source fields): not kept in the history.
  virtual void describe(Transaction&, const Principal&, const Head&, const Patch&) = 0;
  /// Changes fields, entries of maps and members of the body on a person's or a program's word:
  /// checked against the one table of what may be edited when (`invalid`: never; `conflict`: not in
  /// this state). The history has old and new of what really changed. Members of the body that are
  /// given replace, null removes, others stay.
  virtual Head edit(Transaction&, const Principal&, const Head&, const Patch&,
                    std::string_view why = {}) = 0;
  /// Changes the state by the one transition table, sets started, completed and run_time as it says
  /// (`at` 0 is now). `enqueue`, `retry`, `dequeue`, `publish` and `reset` are the calls below with
  /// their usual options; `abort` and the others take effect at once, as who runs the task reports
  /// them. By `client` the end is set only when `at` is given and the new state is an end; the
  /// state that is there already is then no refusal, and no event of the history.
  virtual Head transition(Transaction&, const Principal&, const Head&, TaskState to, Transition,
                          std::string_view reason = {}, std::int64_t at = 0) = 0;
  /// Sets or clears the archived flag; idempotent. With `stop`, as a person archives: a pending
  /// task is dequeued first, a running one aborted (asked to, when a live worker holds it).
  virtual Head archive(Transaction&, const Principal&, const Head&, bool archived,
                       bool stop = false, std::string_view why = {}) = 0;
  /// Archives or restores a project with all its tasks: sets the project's flag and queues a sweep
  /// over the tasks, a job that starts when this transaction commits; returns the job's id.
  virtual std::string archive_all(Transaction&, const Principal&, Ordinal project,
                                  bool archived) = 0;

  /// Makes a draft that is to do the same again. `source` needs to be visible only. Copied: type,
  /// description, source fields, body, params, tags, properties, configuration, container, output
  /// destination, and the models it reads; `derived_from` is the source, `user` who asks. Nothing
  /// that the source made or went through is copied: state, dates, metrics, models made, attempts.
  virtual Head clone(Transaction&, const Principal&, Ordinal source, const CloneOptions&) = 0;

  struct Enqueued {
    Head head;
    Ordinal queue = 0;
    bool watched = false;  ///< somebody takes tasks from the queue at present
  };
  /// Puts a draft or aborted task into a queue, state and entry in one transaction. A pending task
  /// is moved to the other queue (its state before stays remembered); in the same queue it stays
  /// where it is.
  virtual Enqueued enqueue(Transaction&, const Principal&, const Head&, const EnqueueOptions&) = 0;
  /// Takes a pending task out of its queue, back to the state it was enqueued from.
  virtual Head dequeue(Transaction&, const Principal&, const Head&, std::string_view why = {}) = 0;
  /// Puts a failed task into a queue again as its next attempt; a record of "attempts" tells of the
  /// failed one.
  virtual Enqueued retry(Transaction&, const Principal&, const Head&, const RetryOptions&) = 0;

  struct Stop {
    Head head;
    bool asked = false;         ///< a live worker was asked; else the task is aborted
    std::int64_t deadline = 0;  ///< when asked: until when the worker has time
  };
  /// Stops a pending or running task. While a live worker holds it (lease_until is not past) that
  /// is asked for by desired_state and stop_deadline, `grace` milliseconds from now; asking again
  /// changes nothing before the deadline and takes effect at once behind it.
  virtual Stop abort(Transaction&, const Principal&, const Head&, std::string_view why = {},
                     std::int64_t grace = 30'000) = 0;
  /// Ids of the pending and running tasks below one, nearest first; with `recursive` below its
  /// children too, whatever their state. Throws `too_expensive` beyond 100,000 tasks. Abort each in
  /// a transaction of its own.
  virtual std::vector<std::string> active_children(const Reader&, const Principal&, Ordinal parent,
                                                   bool recursive = true) const = 0;

  /// What a reset or a removal took away, or with `dry_run` would. Files are given to the ledger
  /// "file_deletions", from which a job erases them.
  struct Removal {
    Head head;                 ///< of a reset
    std::int64_t metrics = 0;  ///< series
    std::int64_t points = 0;
    std::int64_t models = 0;        ///< models it made that are erased
    std::int64_t models_kept = 0;   ///< models it made that stay
    std::int64_t attempts = 0;      ///< records of earlier attempts
    std::int64_t children = 0;      ///< tasks that lose their parent
    std::int64_t attempt = 0;       ///< the number under which the outputs are kept, or 0
    std::vector<std::string> uris;  ///< folders of artifacts that are erased
  };
  /// Makes an ended task a draft again. Cleared: metrics, started, completed, run_time, progress,
  /// iteration, worker, the models it made (erased unless another task reads them) and its
  /// artifacts; artifact_uri is a fresh one, so that what is still being erased meets nothing new.
  /// Refused when a model it made is published, unless the outputs are kept.
  virtual Removal reset(Transaction&, const Principal&, const Head&, const ResetOptions&) = 0;
  /// Erases a task that is a draft or archived, and not running or pending, with its metrics,
  /// attempts, notes, artifacts and the unused models it made; children stay, without a parent. The
  /// project's history tells of it.
  virtual Removal remove(Transaction&, const Principal&, const Head&, const RemoveOptions&) = 0;

  struct Publication {
    Head head;
    std::vector<std::string> models;  ///< ids of the models it made, published with it
  };
  /// Publishes an ended task and all the models it made, or nothing: refused when one of them is
  /// not ready. From then on only name, description and tags change.
  virtual Publication publish(Transaction&, const Principal&, const Head&,
                              std::string_view why = {}, bool dry_run = false) = 0;
  /// Moves a task, in any state, with the models it made to another project.
  virtual Head move(Transaction&, const Principal&, const Head&, Ordinal project,
                    std::string_view why = {}) = 0;
};

}  // namespace podium
