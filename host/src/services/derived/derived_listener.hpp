#pragma once
// Keeps up the derived fields of tasks as they change.
#include <chrono>
#include <map>

#include "podium/extension/listener.hpp"
#include "podium/service/jobs.hpp"
#include "services/derived/derive.hpp"

namespace podium::host {

/// Hears of changed tasks at most once in `every`, so that a task under fire is written that often
/// at most. It hears of its own writes too and finds nothing to correct then.
class DerivedListener final : public Listener {
 public:
  DerivedListener(const Core& core, Jobs& jobs, std::chrono::milliseconds every)
      : Listener("derived"), core_(core), jobs_(jobs), derive_(core), every_(every) {}
  std::vector<std::string> collections() const override { return {"tasks"}; }
  Pace pace() const override { return {every_, 200}; }
  Work handle(std::span<const Change>, const Reader&) override;
  Work resync(Revision, const Reader&) override;

 private:
  const Core& core_;
  Jobs& jobs_;
  Deriver derive_;
  std::chrono::milliseconds every_;
  std::map<Ordinal, TaskTrace> traces_;  ///< of the tasks last heard of
};

}  // namespace podium::host
