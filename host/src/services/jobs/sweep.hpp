#pragma once
// The job that changes all that match.
#include <string>
#include <string_view>

#include "podium/service/jobs.hpp"
#include "services/core.hpp"

namespace podium::host {

/// The arguments of a sweep's job. Throws `invalid` for a sweep that contradicts itself.
std::string sweep_to_json(const Sweep&);
Sweep sweep_from_json(std::string_view);

/// Takes the ordinals once, ascending, and changes them in slices measured to take about 2 ms, each
/// committed with how far it came. After a restart it takes what matches behind that again, and
/// nothing that came after the first taking.
class SweepHandler final : public JobHandler {
 public:
  static constexpr std::string_view kind = "sweep";
  explicit SweepHandler(const Core& core) : JobHandler(std::string(kind)), core_(core) {}
  std::string run(JobRun&) override;

 private:
  const Core& core_;
};

}  // namespace podium::host
