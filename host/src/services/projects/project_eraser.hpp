#pragma once
// The job that erases projects.
#include "podium/service/jobs.hpp"
#include "services/core.hpp"

namespace podium::host {

/// Erases tasks, then models, fifty at a time, each slice together with the entries of the ledger
/// that name its files, then each project with the rest. Cut short, it goes on with what is left.
class ProjectEraser final : public JobHandler {
 public:
  static constexpr const char* kind = "delete_projects";
  ProjectEraser(const Core& core, Jobs& jobs) : JobHandler(kind), core_(core), jobs_(jobs) {}
  std::string run(JobRun&) override;

 private:
  const Core& core_;
  Jobs& jobs_;
};

}  // namespace podium::host
