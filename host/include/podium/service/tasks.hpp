#pragma once
// Tasks: one execution each, done or to be done. An MLflow run is a task.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

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
};
constexpr std::string_view name(Transition t) noexcept {
  constexpr std::string_view names[] = {"",     "enqueue", "dequeue", "start", "complete",
                                        "fail", "abort",   "publish", "reset", "client"};
  return names[static_cast<std::size_t>(t)];
}

struct NewTask {
  Ordinal project = 0;
  std::string_view id = {};    ///< "" makes one: 32 hex digits, time-ordered
  std::string_view name = {};  ///< "" makes one: adjective-noun-number
  std::string_view type = "training";
  TaskState state = TaskState::draft;  ///< draft or running
  std::int64_t created = 0;            ///< 0 is now
  /// Further fields by name (see the class), and entries of `params` and `tags`.
  Patch content = {};
};

/// What a task logs of itself; no history is kept of it.
struct TaskLog {
  std::span<const MapEntry> params =
      {};                               ///< written once: ConflictError when another text is there
  std::span<const MapEntry> tags = {};  ///< overwritten
  std::span<const SeriesPoints> metrics = {};
};

/// Collection "tasks": text ids, partition `project`. Fields:
///   project (reference, cascade), name, type, state (text), archived (boolean), archived_at
///   (time), user, user_tagged (boolean: the creator named the user in a tag, too, as MLflow
///   clients do), description, parent (reference to tasks, clear), created, started, completed,
///   published, updated (times; updated is the last change of anything but points), reason (text,
///   of the last transition), artifact_uri, source_name, source_type, repository, branch, commit.
/// Maps: params, tags. Series: metrics (LastRule step_time_value). Body: JSON with what nobody
/// searches. Keys: (project, archived, started), (project, archived, created), (project, state,
/// archived).
///
/// Writes run inside a given Transaction, check `who` and the rules first and throw before they
/// write: `not_found`, `denied`, `conflict` (state), `invalid` (edit rules). Reading: Records.
class Tasks : public Records {
 public:
  virtual ~Tasks() = default;
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

  /// Writes what a task logs of itself. Refused for a published task, and for an archived one.
  virtual void log(Transaction&, const Principal&, const Head&, const TaskLog&) = 0;
  /// Removes a tag; throws `not_found` when it is not there.
  virtual void remove_tag(Transaction&, const Principal&, const Head&, std::string_view key) = 0;
  /// Sets fields that a run tells about itself through a client (name, user, description, parent,
  /// started, completed, source fields): not kept in the history.
  virtual void describe(Transaction&, const Principal&, const Head&, const Patch&) = 0;
  /// Changes fields, params and tags on a person's or a program's word: checked against the one
  /// table of what may be edited when (`invalid`: never; `conflict`: not in this state), kept in
  /// the history with old and new of what really changed.
  virtual void edit(Transaction&, const Principal&, const Head&, const Patch&,
                    std::string_view why = {}) = 0;
  /// Changes the state by the one transition table, sets started and completed as it says (`at` 0
  /// is now), keeps it in the history. By `client` the end is set only when `at` is given and the
  /// new state is an end; the state that is there already is then no refusal, and no event of the
  /// history.
  virtual void transition(Transaction&, const Principal&, const Head&, TaskState to, Transition,
                          std::string_view reason = {}, std::int64_t at = 0) = 0;
  /// Sets or clears the archived flag; idempotent.
  virtual void archive(Transaction&, const Principal&, const Head&, bool archived) = 0;
  /// Archives or restores a project with all its tasks: sets the project's flag and queues a sweep
  /// over the tasks, a job that starts when this transaction commits; returns the job's id.
  virtual std::string archive_all(Transaction&, const Principal&, Ordinal project,
                                  bool archived) = 0;
};

}  // namespace podium
