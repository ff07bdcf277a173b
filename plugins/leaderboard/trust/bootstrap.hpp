#pragma once
// Inside of trust: what is known of one candidate, and of all together.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine.hpp"

namespace podium::leaderboard::statistics {

/// Below so many tasks a bootstrap understates how much a score varies.
inline constexpr std::size_t few = 8;

/// What is known of one candidate by itself. It depends on its samples and on the question's
/// options, not on other candidates.
struct Estimate {
  using Method = CandidateTrust::Method;
  std::size_t n = 0;
  std::vector<std::size_t> sizes;  ///< of the groups
  double score = 0;                ///< the fold of the values; NaN of none
  std::optional<double> spread;    ///< of the values, from two on
  std::optional<double> error, low, high;
  Method method = Method::none;
  std::string why;
  std::vector<double> replicates;  ///< of the score; none without an interval
  double variance = 0;             ///< of a task, as far as resampling sees it
  double freedom = 0;              ///< of `variance`; 0: it is not known
  double scale = 0;                ///< the score's variance in terms of a task's
};

/// From 8 tasks on the interval is the percentile interval of the bootstrap, below that Student's,
/// of means and sums; other folds have no other interval than the bootstrap's.
Estimate estimate(const Samples&, const TrustQuestion& options);

/// Fills in ranks and groups.
void compare(std::span<const Estimate* const>, const TrustQuestion& options,
             std::vector<CandidateTrust>&);

/// Replicates of a fold. With one group, replicate b takes the numbers b * n ... b * n + n - 1 of
/// RandomStream(seed) as places in it. All candidates draw by the same numbers: where their groups
/// are equally large, their tasks are drawn in pairs.
std::vector<double> replicates(const Samples&, const TrustQuestion& options);

/// The quantile p of sorted values, linear between them.
double quantile(std::span<const double> sorted, double p);

}  // namespace podium::leaderboard::statistics
