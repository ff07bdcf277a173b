#pragma once
// A goal as it is judged by.
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/core.hpp"

namespace podium::host {

struct Goal {
  std::string id, metric, scope;
  Statistic statistic = Statistic::last;
  bool at_least = true;  ///< direction "max"
  double target = 0;

  /// What the goal looks at, of a task's series; null when the task has no such metric.
  const Summary* find(std::span<const SeriesEntry>) const;
  double value(const Summary&) const;
  std::string_view word() const;  ///< of the statistic
  bool met(std::span<const SeriesEntry>) const;
};

constexpr std::string_view statistic_words[] = {"last", "min", "max"};
constexpr Statistic statistics[] = {Statistic::last, Statistic::min, Statistic::max};

/// The goals of the given projects, for whoever asks on the host's own behalf.
std::map<Ordinal, std::vector<Goal>> goals_of(const Reader&, const Core&,
                                              std::span<const Ordinal> projects);

}  // namespace podium::host
