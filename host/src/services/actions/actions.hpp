#pragma once
// Actions on selections of tasks.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "podium/service/actions.hpp"
#include "services/actions/calls.hpp"
#include "services/actions/catalogue.hpp"
#include "services/actions/run_record.hpp"
#include "services/actions/targets.hpp"
#include "services/jobs/jobs.hpp"
#include "services/records.hpp"

namespace podium::host {

/// How many of a selection an action can affect.
struct ActionCount {
  KnownActionPtr action;
  std::uint64_t count = 0;
  std::vector<std::string> reasons;  ///< about the others: "3 are running"
};
struct Availability {
  std::uint64_t of = 0;  ///< tasks of the selection
  std::vector<ActionCount> actions;
};

class ActionService final : public Actions {
 public:
  ActionService(const Core&, const Vocabulary& tasks, JobService&);
  ActionCatalogue& catalogue() noexcept { return catalogue_; }
  ActionCalls& calls() noexcept { return calls_; }

  ActionRun run(const Principal&, std::string_view action, const ActionSelection&,
                const Json& parameters, const ActionOptions&) override;
  std::string start(Transaction&, const Principal&, std::string_view action, const ActionSelection&,
                    const Json& parameters, const ActionOptions&) override;
  void check(const Principal&, std::string_view action, const Json& parameters) const override;

  /// A run of the undoing action over what a run did. Throws `conflict` when it still goes on or
  /// was taken back already, `invalid` when there is nothing to take back; a dry run, which tells
  /// how many tasks it would be, throws `conflict` for all of these.
  ActionRun undo(const Principal&, std::string_view run, const ActionOptions&);

  /// Those that `who` may use, by group, order and id.
  std::vector<KnownActionPtr> usable(const Principal&) const;
  /// By id or word. Throws `not_found` and `denied`.
  KnownActionPtr require(const Principal&, std::string_view action) const;
  /// `only` empty: all that `who` may use.
  Availability available(const Principal&, const ActionSelection&,
                         std::span<const std::string> only = {}) const;

  const Records& runs() const noexcept { return runs_; }
  RunRecord read(const Principal&, std::string_view run) const;
  /// With what became of up to 1,000 tasks.
  ActionRun answer(const RunRecord&) const;
  bool undoable(const RunRecord&) const;

  /// What a run works on: of a selection, or of the run that it takes back.
  Targets targets(const Reader&, const Principal&, const KnownAction&, const RunOrder&,
                  const Range* = nullptr) const;
  /// The id of the action that undoes what this one did, or "".
  std::string undoing(const KnownAction&) const;

 private:
  /// What is asked of an action, checked.
  struct Asked {
    KnownActionPtr action;
    std::shared_ptr<const Json> parameters;
  };
  Asked ask(const Principal&, std::string_view action, const Json& parameters) const;
  ActionRun would_take_back(const Principal&, const RunRecord&) const;
  ActionRun carry_out(const Principal&, const KnownActionPtr&, const RunOrder&, Targets,
                      const ActionOptions&);
  std::optional<ActionRun> at_once(const Principal&, const KnownActionPtr&, const RunOrder&,
                                   const Targets&, const ActionOptions&);
  std::string queue(Transaction&, const Principal&, const RunOrder&, const ActionOptions&);
  ActionRun wait_for(const Principal&, const std::string& run, std::int64_t milliseconds) const;
  ActionRun show(const Principal&, const Asked&, const ActionSelection&, const ActionOptions&);
  void job_ended(Transaction&, Ordinal job, const JobService::Ended&);

  const Core& core_;
  JobService& jobs_;
  ActionCatalogue catalogue_;
  ActionCalls calls_;
  VisibleRecords runs_;
};

/// Throws `invalid` when it is more than the action takes.
void check_most(const KnownAction&, std::uint64_t tasks);
/// Whether an error is the store's and not a task's.
bool of_the_store(ErrorCode) noexcept;

}  // namespace podium::host
