#pragma once
// The job that looks at many tasks' derived fields.
#include <optional>
#include <string>

#include "podium/service/jobs.hpp"
#include "services/derived/derive.hpp"

namespace podium::host {

/// Queues the job over a project's tasks, or over all with none given; jobs over one project queue.
/// It starts when the transaction commits.
void start_deriving(Transaction&, Jobs&, const Principal&, std::optional<Ordinal> project);

/// Takes the tasks once, ascending, and corrects them a hundred at a time, each slice with how far
/// it came.
class DeriveHandler final : public JobHandler {
 public:
  static constexpr const char* kind = "derive";
  explicit DeriveHandler(const Core& core) : JobHandler(kind), core_(core), derive_(core) {}
  std::string run(JobRun&) override;

 private:
  const Core& core_;
  Deriver derive_;
};

}  // namespace podium::host
