#pragma once
// What is worked out of a task: goals_met, iteration, active, run_time.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "services/core.hpp"

namespace podium::host {

/// How far a task had come when it was looked at. Derived fields do not change it, all else that a
/// task does or has done to it does.
struct TaskTrace {
  std::int64_t version = 0, points = 0;
  bool operator==(const TaskTrace&) const = default;
};

/// What must be written so that the derived fields are right.
struct Correction {
  Ordinal task = 0;
  std::int64_t version = 0;  ///< for which it holds
  Patch patch;               ///< of derived fields alone
};

/// Looks at tasks and works out what of their derived fields is not right. By whom and when it is
/// called makes no difference to the outcome, but for `active` while a task runs.
///
/// - goals_met: see Goals.
/// - iteration: the greatest step of the task's metrics, machine statistics ("system/...") left
///   out, which count their own steps. Without metrics it is what the task said of itself.
/// - active: the last sign of life; missing for a task that never ran. Times of points are the
///   clients', so one of the future is no sign; a running task that `trace` knows otherwise has
///   shown one now.
/// - run_time: milliseconds from started to completed; of a running task to its last sign of life.
class Deriver {
 public:
  explicit Deriver(const Core& core) : core_(core) {}
  /// `traces`, if given, is what is known from the last time, and is brought up to date.
  std::vector<Correction> operator()(std::span<const Ordinal> tasks,
                                     std::map<Ordinal, TaskTrace>* traces) const;
  void write(Transaction&, std::span<const Correction>) const;

 private:
  const Core& core_;
};

}  // namespace podium::host
