#pragma once
// What a candidate's tasks come to, in podium's own mode.
#include <functional>
#include <span>

#include "engine.hpp"

namespace podium::leaderboard {

/// Values, which tasks count, what is covered. Says nothing of reasons yet.
Folded fold_tasks(const Definition&, const Wanted&, std::span<const DatasetIndex> wanted,
                  std::span<const double> weights, std::span<const Entry>);
/// Spread, columns, the best task and the first: the same in both modes.
void finish(const Definition&, std::span<const Entry>, Folded&);
/// Whether the candidate qualifies, with the reasons.
void judge(const Definition&, const Wanted&,
           const std::function<std::string(DatasetIndex)>& name_of, std::span<const Entry>,
           Folded&);
/// What a data set's absence is told as.
void judge_coverage(const Definition&, const Wanted&,
                    const std::function<std::string(DatasetIndex)>& name_of, Folded&);

/// Whether a task may count by its own values; else why not, in words.
bool may_count(const Definition&, const Entry&);
std::string why_not(const Definition&, const Entry&);
/// <0 when `a` is better by one metric; what does not count is worse. Equal within the precision.
int compare_number(const Number& a, const Number& b, Direction, std::optional<double> precision);

}  // namespace podium::leaderboard
