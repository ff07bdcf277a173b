#pragma once
// A run of an action as an answer.
#include <optional>
#include <string>
#include <string_view>

#include "commands/parts.hpp"
#include "podium/command/answer.hpp"

namespace podium::host::commands {

/// What became of each task; or, while the run is a job under way, the job's progress. The outcome
/// is `failed` when a task failed or the run did not come to its end.
Answer answer_of(const Parts&, const Principal&, std::string_view action, const ActionRun&,
                 bool dry_run);

/// The run that a job carries out, when it is such a job.
struct JobsRun {
  std::string action;  ///< id
  ActionRun run;
};
std::optional<JobsRun> run_of_job(const Parts&, const Principal&, std::string_view job);

/// How far a job is. Throws `not_found`.
AnswerProgress progress_of(const Parts&, const Principal&, std::string_view job);

}  // namespace podium::host::commands
