#pragma once
// What a rule would have done with a task: its history and its points, gone through once more.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "question.hpp"

namespace podium::rules {

/// When a rule would have fired for one task.
struct Replay {
  std::string task, name;
  std::int64_t times = 0;                    ///< how often
  std::optional<std::int64_t> at;            ///< the first time, milliseconds UTC
  std::optional<std::string> metric, scope;  ///< by a point: of what
  Point point;
};

/// Replays rules. What is known of the past: points, what the history tells (the state, edits by
/// people), the times of the task, and what is worked out of these (goals_met, iteration, active,
/// run_time). What is not known is taken as it is now, and noted in `assumed`.
class Replayer {
 public:
  Replayer(PluginContext& context, const Ids& ids, const Question& question, const Principal& who);
  /// Reads at most `points` points, and takes those that it read off. Nothing when they did not
  /// suffice, or the task is gone.
  std::optional<Replay> operator()(const Reader&, Ordinal task, std::uint64_t& points);
  const std::set<std::string>& assumed() const noexcept { return assumed_; }

 private:
  PluginContext& context_;
  const Ids& ids_;
  const Question& question_;
  const Principal& who_;
  std::set<std::string> assumed_;
};

}  // namespace podium::rules
