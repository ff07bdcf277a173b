#pragma once
// The tasks service.
#include <string>
#include <utility>
#include <vector>

#include "podium/service/jobs.hpp"
#include "podium/service/models.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"
#include "services/history/history.hpp"
#include "services/records.hpp"

namespace podium::host {

class TaskService final : public Readable<Tasks> {
 public:
  TaskService(const Core& core, Projects& projects, Models& models, Jobs& jobs)
      : Readable(core, core.in.tasks, "tasks"), projects_(projects), models_(models), jobs_(jobs) {}

  CollectionId attempts() const override { return core_.in.attempts; }
  Ordinal create(Transaction&, const Principal&, const NewTask&) override;
  Head require(Transaction&, const Principal&, std::string_view id) override;
  Head require(Transaction&, const Principal&, Ordinal) override;
  void log(Transaction&, const Principal&, const Head&, const TaskLog&) override;
  void remove_tag(Transaction&, const Principal&, const Head&, std::string_view key) override;
  void describe(Transaction&, const Principal&, const Head&, const Patch&) override;
  Head edit(Transaction&, const Principal&, const Head&, const Patch&,
            std::string_view why) override;
  Head transition(Transaction&, const Principal&, const Head&, TaskState to, Transition,
                  std::string_view reason, std::int64_t at) override;
  Head archive(Transaction&, const Principal&, const Head&, bool archived, bool stop,
               std::string_view why) override;
  std::string archive_all(Transaction&, const Principal&, Ordinal project, bool archived) override;
  Head clone(Transaction&, const Principal&, Ordinal source, const CloneOptions&) override;
  Enqueued enqueue(Transaction&, const Principal&, const Head&, const EnqueueOptions&) override;
  Head dequeue(Transaction&, const Principal&, const Head&, std::string_view why) override;
  Enqueued retry(Transaction&, const Principal&, const Head&, const RetryOptions&) override;
  Stop abort(Transaction&, const Principal&, const Head&, std::string_view why,
             std::int64_t grace) override;
  std::vector<std::string> active_children(const Reader&, const Principal&, Ordinal parent,
                                           bool recursive) const override;
  Removal reset(Transaction&, const Principal&, const Head&, const ResetOptions&) override;
  Removal remove(Transaction&, const Principal&, const Head&, const RemoveOptions&) override;
  Publication publish(Transaction&, const Principal&, const Head&, std::string_view why,
                      bool dry_run) override;
  Head move(Transaction&, const Principal&, const Head&, Ordinal project,
            std::string_view why) override;

 private:
  static constexpr std::int64_t usual_grace = 30'000;

  /// What a project gives to its tasks.
  struct Home {
    std::string artifact_location, output_destination;
    std::vector<std::pair<std::string, std::string>> params;
  };
  /// A project that may take tasks; throws `not_found`, `conflict`.
  Head require(Transaction&, const Principal&, Ordinal, std::string_view id);
  Home require_home(Transaction&, const Principal&, Ordinal project, bool with_defaults);
  Ordinal insert(Transaction&, const Principal&, const NewTask&, bool with_defaults,
                 const ChangeSet&, std::string_view why);
  bool read_head(Transaction&, Ordinal task, Head&);
  void check_parent(Transaction&, Ordinal task, Ordinal parent);

  void change(Transaction&, const Head&, Patch);
  /// Changes the task that is as the head says; throws `conflict` otherwise.
  void change_exactly(Transaction&, const Head&, Patch);
  /// The same, and returns the task afterwards.
  Head change_at(Transaction&, const Head&, Patch);
  /// Sets run_time when the patch sets started or completed, and of a task that `ends` when it was
  /// last alive.
  void set_run_time(Transaction&, Ordinal task, Patch&, bool ends = false);

  /// A change of state by the table, with what else is to be changed and said in the history.
  struct Step {
    TaskState to;
    Transition kind;
    std::string_view reason = {};
    std::int64_t at = 0;  ///< 0 is now
    Patch patch = {};
    ChangeSet changes = {};
  };
  Head apply(Transaction&, const Principal&, const Head&, Step);
  /// The calls of these names, with what else is to be changed in the same write.
  Head dequeue(Transaction&, const Principal&, const Head&, std::string_view why, Patch more);
  Stop abort(Transaction&, const Principal&, const Head&, std::string_view why, std::int64_t grace,
             Patch more);
  Publication publish_at(Transaction&, const Principal&, const Head&, std::string_view why,
                         bool dry_run, std::int64_t at);
  TaskState queued_from(Transaction&, Ordinal task);
  Enqueued put_in_queue(Transaction&, const Principal&, const Head&, const EnqueueOptions&, Step);

  /// A model that the task made.
  struct Made {
    Ordinal ordinal = 0;
    std::string id, status, artifact_uri;
    bool used = false;  ///< another task reads it
  };
  /// What a task made up to now, as it is stored.
  struct Results {
    std::string id, artifact_uri, worker, reason;
    Value started, completed, iteration, run_time;
    std::int64_t attempt = 1, metrics = 0, points = 0;
    std::vector<Made> models;
    std::vector<Ordinal> links;  ///< to models it made
  };
  Results results(Transaction&, Ordinal task);
  /// Throws `conflict` when a model that would go is published.
  static void require_unpublished(const Head&, const Results&);
  /// Throws `denied` when there are models and `who` may not change them.
  void require_models(const Principal& who, const Results&) const;
  /// The fields that go with the outputs are cleared and the next artifacts get a place of their
  /// own.
  void clear_outputs(Patch&, const Results&, bool series_too);
  void keep_attempt(Transaction&, const Head&, const Results&, bool outputs);
  /// Erases the models that nobody else reads, lets go of the others, and gives the files to the
  /// ledger. Counts into the removal; writes nothing when it is dry.
  void discard(Transaction&, const Principal&, const Results&, bool keep_models, bool dry,
               Removal&);
  void let_go(Transaction&, const Made&);

  Projects& projects_;
  Models& models_;
  Jobs& jobs_;
};

/// Throws `conflict` when a run may not write to the task any more: published or archived.
void require_open(const Tasks::Head&);
/// Throws `conflict` when the transition table does not allow it.
void check_transition(const Tasks::Head&, TaskState to, Transition);
/// Throws `invalid`.
void check_task_type(std::string_view);
void check_task_value(std::string_view field, const Value&);

}  // namespace podium::host
