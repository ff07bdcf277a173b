#pragma once
// The job that carries out a run that is long, or that calls a plugin.
#include <string>
#include <string_view>

#include "podium/service/jobs.hpp"
#include "services/actions/actions.hpp"

namespace podium::host {

/// A StoreAction is applied in slices of about 2 ms, each committed with what became of its tasks
/// and how far the run came: exactly once, also over a restart. Any other action is called block by
/// block; what is to be called is committed before, so that after a restart the same block is
/// called again, under the same key.
class ActionJob final : public JobHandler {
 public:
  static constexpr std::string_view kind = "actions/run";
  ActionJob(const Core& core, ActionService& actions)
      : JobHandler(std::string(kind)), core_(core), actions_(actions) {}
  std::string run(JobRun&) override;

 private:
  const Core& core_;
  ActionService& actions_;
};

}  // namespace podium::host
