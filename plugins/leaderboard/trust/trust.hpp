#pragma once
// How far a board can be trusted: spread and interval of a candidate, intervals of ranks, and groups of
// candidates that cannot be told apart. Plain functions over plain structs: no host, no store.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace podium::leaderboard::trust {

/// What a candidate's values are folded to.
enum class Fold : std::uint8_t { mean = 1, median, best, worst, last, sum };

/// Whether more or less of the score is better.
enum class Direction : std::uint8_t { max = 1, min };

/// What the data sets of a board are.
enum class Datasets : std::uint8_t {
  sampled = 1,  ///< examples of more such data: data sets are drawn, then tasks within each
  fixed,        ///< all the data there is to be good at: only tasks within each are drawn
};

struct Options {
  std::uint64_t seed = 0;  ///< of the board: the same seed and tasks give the same answer, always
  std::size_t replicates = 1000;
  double level = 0.95;  ///< of intervals; 1 - level is where p separates
  Fold fold = Fold::mean;
  Direction direction = Direction::max;
  Datasets datasets = Datasets::sampled;
  std::size_t threads = 1;  ///< changes no figure
};

/// A task with its value, which is not NaN.
struct Observation {
  double value = 0;
  std::uint64_t dataset = 0;  ///< which one; tasks of none are one data set, 0
  std::int64_t order = 0;     ///< the greatest is the last
  /// What the task shares with one of each other candidate (a seed, a fold of the data): where two
  /// candidates have the same pairs in a data set, their tasks are drawn together. 0: nothing.
  std::uint64_t pair = 0;
};

enum class Method : std::uint8_t { none = 1, student, bootstrap };

/// What is known of one candidate by itself. It depends on its tasks, key and the options only: keep it
/// beside the candidate until one of its tasks changes.
struct Estimate {
  std::size_t n = 0;
  std::size_t datasets = 0;
  double score = 0;          ///< the fold of the values
  std::optional<double> sd;  ///< spread of the values, from two on
  std::optional<double> se;  ///< standard error of the score
  std::optional<double> low, high;
  Method method = Method::none;
  std::string why;  ///< in words: why there is no interval, or how far this one can be trusted; else ""

  // For `standings`.
  std::uint64_t key = 0;
  std::vector<double> replicates;  ///< of the score; empty when there is no interval
  double variance = 0;             ///< of a task, where `freedom` is above 0
  double freedom = 0;
};

/// `key` names the candidate, the same at all times. From 8 tasks on the interval is the percentile
/// interval of the hierarchical bootstrap, below that Student's interval of a mean (and sum); other
/// folds have no other interval than the bootstrap's. Throws nothing but bad_alloc.
Estimate estimate(std::span<const Observation>, std::uint64_t key, const Options&);

/// Where a candidate stands among all ranked ones.
struct Standing {
  std::size_t rank_low = 0, rank_high = 0;  ///< 1 is best
  double first = 0;                         ///< the probability of rank 1; those that tie share it
  double expected_rank = 0;
  std::size_t group = 0;  ///< 1 holds the leader and all that cannot be told apart from it
  std::string letter;     ///< of the group: a, b, ... z, aa
  double p = 1;           ///< Holm-adjusted, against the leader of the board
  bool borrowed = false;  ///< its spread is the others', since it has none of its own
};

struct Standings {
  std::vector<Standing> candidates;  ///< as given; empty when nothing can be said
  std::string why;                   ///< then: in words, why not
};

/// Of all ranked candidates, best first as the board has them.
Standings standings(std::span<const Estimate* const>, const Options&);

/// Replicates of a fold of values of one data set: replicate b takes the numbers b * n ... b * n + n - 1
/// of the stream as places in `values`, which are in their order in time.
std::vector<double> resampled(std::span<const double> values, std::uint64_t stream_seed,
                              std::size_t replicates, Fold, Direction);

/// The quantile p of sorted values, linear between them.
double quantile(std::span<const double> sorted, double p);

}  // namespace podium::leaderboard::trust
