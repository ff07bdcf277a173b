// One candidate: fold, replicates, spread and interval.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "bootstrap.hpp"
#include "podium/random.hpp"
#include "student.hpp"

namespace podium::leaderboard::statistics {
namespace {

constexpr std::uint64_t dataset_draws = 0x6461746173657473;

/// Values of a candidate, group after group.
struct Values {
  struct Part {
    std::size_t begin = 0, size = 0;
    double weight = 1;
    RandomStream stream{0};
  };
  std::vector<double> value;
  std::vector<std::size_t> age;      // place in time
  std::vector<std::size_t> by_size;  // place among the sorted values, for medians
  std::vector<Part> parts;

  std::size_t size() const { return value.size(); }
  std::span<const double> of(const Part& part) const {
    return std::span(value).subspan(part.begin, part.size);
  }
};

std::vector<std::size_t> places(const std::vector<std::size_t>& order) {
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  return place;
}

Values gathered(const Samples& samples, std::uint64_t seed) {
  Values values;
  std::vector<std::int64_t> ages;
  const RandomStream board(seed);
  for (std::size_t g = 0; g < samples.groups.size(); ++g) {
    const auto& group = samples.groups[g];
    if (group.empty()) continue;
    const double weight = g < samples.weights.size() ? samples.weights[g] : 1;
    const auto stream = g == 0 ? board : board.derived(g);
    values.parts.push_back({values.size(), group.size(), weight, stream});
    for (std::size_t i = 0; i < group.size(); ++i) {
      ages.push_back(samples.ages.empty() ? static_cast<std::int64_t>(values.size())
                                          : samples.ages[g][i]);
      values.value.push_back(group[i]);
    }
  }
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return ages[a] < ages[b]; });
  values.age = places(order);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values.value[a] < values.value[b]; });
  values.by_size = places(order);
  return values;
}

/// Accumulators see places of values, are asked for the fold of these, and are empty again then.
struct Mean {
  const Values& values;
  double factor = 1;  // a sum is a mean times the count, also where a replicate has more tasks
  double sum = 0;
  std::size_t count = 0;
  void add(std::size_t place) {
    sum += values.value[place];
    ++count;
  }
  double take() {
    const double mean = std::exchange(sum, 0) / static_cast<double>(std::exchange(count, 0));
    return mean * factor;
  }
};

struct Sum {
  const Values& values;
  double sum = 0;
  void add(std::size_t place) { sum += values.value[place]; }
  double take() { return std::exchange(sum, 0); }
};

struct Extreme {
  const Values& values;
  double sign = 1;  // 1: the greatest
  double kept = -std::numeric_limits<double>::infinity();
  void add(std::size_t place) { kept = std::max(kept, sign * values.value[place]); }
  double take() { return sign * std::exchange(kept, -std::numeric_limits<double>::infinity()); }
};

struct Last {
  const Values& values;
  std::size_t age = 0;
  std::size_t kept = 0;
  void add(std::size_t place) {
    if (values.age[place] < age) return;
    age = values.age[place];
    kept = place;
  }
  double take() {
    age = 0;
    return values.value[kept];
  }
};

struct Median {
  explicit Median(const Values& given) : values(given), sorted(given.value), times(sorted.size()) {
    std::sort(sorted.begin(), sorted.end());
  }
  const Values& values;
  std::vector<double> sorted;
  std::vector<std::size_t> times;
  std::size_t count = 0;
  void add(std::size_t place) {
    ++times[values.by_size[place]];
    ++count;
  }
  double take() {
    double low = 0;
    double high = 0;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (seen <= (count - 1) / 2) low = sorted[i];
      if (seen <= count / 2) high = sorted[i];
      seen += std::exchange(times[i], 0);
    }
    count = 0;
    return low == high ? low : low / 2 + high / 2;
  }
};

/// `act(accumulator)`, of the one that the fold asks for.
template <typename Do>
auto with_fold(const Values& values, const TrustQuestion& options, const Do& act) {
  const double better = options.direction == Direction::max ? 1 : -1;
  switch (options.fold) {
    case Fold::mean:
      return act(Mean{values});
    case Fold::sum:
      if (options.across == Across::mean) return act(Sum{values});
      return act(Mean{values, static_cast<double>(values.size())});
    case Fold::median:
      return act(Median(values));
    case Fold::best:
      return act(Extreme{values, better});
    case Fold::worst:
      return act(Extreme{values, -better});
    case Fold::max:
      return act(Extreme{values, 1});
    case Fold::min:
      return act(Extreme{values, -1});
    case Fold::last:
      break;
  }
  return act(Last{values});
}

/// The fold of what `part_of(slot)` and `place_of(part, slot, j)` choose.
template <typename Accumulator, typename PartOf, typename PlaceOf>
double folded(const Values& values, Across across, Accumulator& accumulator, const PartOf& part_of,
              const PlaceOf& place_of) {
  double sum = 0;
  double weights = 0;
  for (std::size_t slot = 0; slot < values.parts.size(); ++slot) {
    const auto& part = part_of(slot);
    for (std::size_t j = 0; j < part.size; ++j) accumulator.add(place_of(part, slot, j));
    if (across == Across::mean) {
      sum += part.weight * accumulator.take();
      weights += part.weight;
    }
  }
  return across == Across::mean ? sum / weights : accumulator.take();
}

double score_of(const Values& values, const TrustQuestion& options) {
  return with_fold(values, options, [&](auto accumulator) {
    return folded(
        values, options.across, accumulator,
        [&](std::size_t slot) -> const Values::Part& { return values.parts[slot]; },
        [](const Values::Part& part, std::size_t, std::size_t j) { return part.begin + j; });
  });
}

std::vector<double> drawn(const Values& values, const TrustQuestion& options) {
  const std::size_t count = values.parts.size();
  const bool draws_datasets = options.drawn == Drawn::datasets && count > 1;
  const auto datasets = RandomStream(options.seed).derived(dataset_draws);
  return with_fold(values, options, [&](auto accumulator) {
    std::vector<double> made(options.replicates);
    for (std::size_t b = 0; b < made.size(); ++b) {
      const std::size_t turn = b * count;
      made[b] = folded(
          values, options.across, accumulator,
          [&](std::size_t slot) -> const Values::Part& {
            return values.parts[draws_datasets ? datasets.index(turn + slot, count) : slot];
          },
          [&](const Values::Part& part, std::size_t slot, std::size_t j) {
            return part.begin + part.stream.index((turn + slot) * part.size + j, part.size);
          });
    }
    return made;
  });
}

/// Sum of squared differences from the mean.
double squares(std::span<const double> values) {
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [&](double sum, double v) { return sum + (v - mean) * (v - mean); });
}

double deviation(std::span<const double> values) {
  return std::sqrt(squares(values) / static_cast<double>(values.size() - 1));
}

/// What the mean of a group is multiplied with in a mean or sum.
double factor(const Values& values, const Values::Part& part, const TrustQuestion& options) {
  const auto n = static_cast<double>(part.size);
  double weights = 0;
  for (const auto& p : values.parts) weights += p.weight;
  const double share = options.across == Across::mean ? part.weight / weights
                       : options.fold == Fold::sum    ? 1
                                                      : 1 / static_cast<double>(values.size());
  return options.across == Across::mean && options.fold == Fold::mean ? share : share * n;
}

bool of_mean(const TrustQuestion& options) {
  return options.fold == Fold::mean || options.fold == Fold::sum;
}

/// A task's variance, what it is known from, and what it makes of the score's.
void set_variance(Estimate& made, const Values& values, const TrustQuestion& options) {
  const auto n = static_cast<double>(values.size());
  const bool within = options.drawn == Drawn::tasks;
  double sum = within ? 0 : squares(values.value);
  for (const auto& part : values.parts)
    if (within) sum += squares(values.of(part));
  made.freedom = n - (within ? static_cast<double>(values.parts.size()) : 1);
  made.variance = made.freedom > 0 ? sum / made.freedom : 0;
  if (!std::isfinite(made.variance)) made.variance = made.freedom = 0;
  made.scale = of_mean(options) ? 0 : 1 / n;
  for (const auto& part : values.parts) {
    const double c = factor(values, part, options);
    if (of_mean(options)) made.scale += c * c / static_cast<double>(part.size);
  }
}

/// Squared standard error of a mean or sum, and its degrees of freedom.
struct Error {
  double square = 0, freedom = 0;
};

Error error_of_mean(const Estimate& made, const Values& values, const TrustQuestion& options) {
  if (options.drawn == Drawn::datasets || values.parts.size() == 1)
    return {made.variance * made.scale, made.freedom};
  const auto square = [&](const Values::Part& part) {
    const double c = factor(values, part, options);
    const auto m = static_cast<double>(part.size);
    return c * c * squares(values.of(part)) / (m - 1) / m;
  };
  Error sum{0, made.freedom};
  for (const auto& part : values.parts) sum.square += square(part);
  if (sum.square <= 0) return sum;
  double below = 0;  // degrees of freedom of the groups together, by Welch and Satterthwaite
  for (const auto& part : values.parts) {
    const double share = square(part) / sum.square;
    below += share * share / static_cast<double>(part.size - 1);
  }
  sum.freedom = 1 / below;
  return sum;
}

std::string no_interval(const Values& values, Drawn drawn) {
  if (values.size() == 1) return "no interval: one task only";
  const auto infinite = [](double v) { return std::isinf(v); };
  if (std::any_of(values.value.begin(), values.value.end(), infinite))
    return "no interval: a value is infinite";
  const auto alone = [](const Values::Part& part) { return part.size == 1; };
  if (drawn == Drawn::tasks && std::any_of(values.parts.begin(), values.parts.end(), alone))
    return "no interval: one task only on one of the data sets";
  return "";
}

void set_interval(Estimate& made, const Values& values, const TrustQuestion& options) {
  const double tail = (1 - options.confidence) / 2;
  // Where data sets are drawn and weighted, no t distribution describes the mean.
  const bool weighted =
      options.drawn == Drawn::datasets && options.across == Across::mean && values.parts.size() > 1;
  if (of_mean(options) && made.n < few && !weighted) {
    const auto error = error_of_mean(made, values, options);
    made.method = Estimate::Method::student;
    made.error = std::sqrt(error.square);
    const double half = student_quantile(tail, error.freedom) * *made.error;
    made.low = made.score - half;
    made.high = made.score + half;
  } else {
    auto sorted = made.replicates;
    made.method = Estimate::Method::bootstrap;
    made.error = deviation(sorted);
    std::sort(sorted.begin(), sorted.end());
    made.low = quantile(sorted, tail);
    made.high = quantile(sorted, 1 - tail);
    if (made.n < few) made.why = "a rough interval: few tasks";
  }
  if (*made.spread == 0) made.why = "all its tasks have the same value";
}

}  // namespace

double quantile(std::span<const double> sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), sorted.size() - 1);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> replicates(const Samples& samples, const TrustQuestion& options) {
  return drawn(gathered(samples, options.seed), options);
}

Estimate estimate(const Samples& samples, const TrustQuestion& options) {
  Estimate made;
  const auto values = gathered(samples, options.seed);
  made.n = values.size();
  for (const auto& part : values.parts) made.sizes.push_back(part.size);
  if (made.n == 0) {
    made.score = std::numeric_limits<double>::quiet_NaN();
    made.why = "no interval: no task";
    return made;
  }
  made.score = score_of(values, options);
  made.why = no_interval(values, options.drawn);
  if (made.n > 1) {
    const double spread = deviation(values.value);
    if (std::isfinite(spread))
      made.spread = spread;
    else if (made.why.empty())
      made.why = "no interval: the values are too far apart";
  }
  set_variance(made, values, options);
  if (!made.why.empty()) return made;
  made.replicates = drawn(values, options);
  set_interval(made, values, options);
  return made;
}

}  // namespace podium::leaderboard::statistics
