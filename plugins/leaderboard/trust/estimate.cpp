// One candidate: fold, replicates, spread and interval.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "random.hpp"
#include "student.hpp"
#include "trust.hpp"

namespace podium::leaderboard::trust {
namespace {

constexpr std::size_t few = 8;  // fewer tasks than these: Student's interval
constexpr std::uint64_t dataset_draws = 0x6461746173657473;

/// Values of a candidate in the order in which they are drawn from, and how data sets part them.
struct Values {
  struct Part {
    std::size_t begin = 0, size = 0;
    Stream stream{0};
  };
  std::vector<double> value;
  std::vector<std::size_t> age;      // place in time
  std::vector<std::size_t> by_size;  // place among the sorted values, for medians
  std::vector<Part> parts;
};

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
    const double mean = sum / static_cast<double>(count) * factor;
    sum = 0;
    count = 0;
    return mean;
  }
};

struct Extreme {
  const Values& values;
  double sign = 1;  // 1: the greatest
  double kept = -std::numeric_limits<double>::infinity();
  void add(std::size_t place) { kept = std::max(kept, sign * values.value[place]); }
  double take() {
    return sign * std::exchange(kept, -std::numeric_limits<double>::infinity());
  }
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

template <typename Do>
auto with_fold(const Values& values, Fold fold, Direction direction, const Do& act) {
  const double better = direction == Direction::max ? 1 : -1;
  switch (fold) {
    case Fold::mean: return act(Mean{values});
    case Fold::sum: return act(Mean{values, static_cast<double>(values.value.size())});
    case Fold::median: return act(Median(values));
    case Fold::best: return act(Extreme{values, better});
    case Fold::worst: return act(Extreme{values, -better});
    case Fold::last: break;
  }
  return act(Last{values});
}

/// Ages and sizes, from the order in time of the places.
void set_orders(Values& values, std::vector<std::size_t> in_time) {
  const auto places = [](const std::vector<std::size_t>& order) {
    std::vector<std::size_t> place(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
    return place;
  };
  values.age = places(in_time);
  std::stable_sort(in_time.begin(), in_time.end(), [&](std::size_t a, std::size_t b) {
    return values.value[a] < values.value[b];
  });
  values.by_size = places(in_time);
}

bool all_paired(std::span<const Observation> part) {
  for (std::size_t i = 0; i < part.size(); ++i)
    if (part[i].pair == 0 || (i > 0 && part[i].pair == part[i - 1].pair)) return false;
  return true;
}

Values ordered(std::span<const Observation> given, std::uint64_t key, const Options& options) {
  std::vector<Observation> sorted(given.begin(), given.end());
  std::sort(sorted.begin(), sorted.end(), [](const Observation& a, const Observation& b) {
    return std::tie(a.dataset, a.pair, a.order, a.value) <
           std::tie(b.dataset, b.pair, b.order, b.value);
  });
  Values values;
  const Stream board(options.seed);
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin;
    while (end < sorted.size() && sorted[end].dataset == sorted[begin].dataset) ++end;
    const auto part = std::span(sorted).subspan(begin, end - begin);
    std::uint64_t id = key;
    if (all_paired(part)) {
      id = part.size();
      for (const auto& o : part) id = Stream::mix(id ^ Stream::mix(o.pair));
    }
    const auto stream = board.derived(id).derived(part.front().dataset);
    values.parts.push_back({begin, part.size(), stream});
    begin = end;
  }
  for (const auto& o : sorted) values.value.push_back(o.value);
  std::vector<std::size_t> in_time(sorted.size());
  std::iota(in_time.begin(), in_time.end(), std::size_t{0});
  std::stable_sort(in_time.begin(), in_time.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(sorted[a].order, sorted[a].value) < std::tie(sorted[b].order, sorted[b].value);
  });
  set_orders(values, std::move(in_time));
  return values;
}

template <typename Accumulator>
double folded(const Values& values, Accumulator accumulator) {
  for (std::size_t i = 0; i < values.value.size(); ++i) accumulator.add(i);
  return accumulator.take();
}

template <typename Accumulator>
std::vector<double> drawn(const Values& values, std::size_t replicates, const Stream* datasets,
                          Accumulator accumulator) {
  const std::size_t count = values.parts.size();
  std::vector<double> made(replicates);
  for (std::size_t b = 0; b < replicates; ++b) {
    for (std::size_t slot = 0; slot < count; ++slot) {
      const std::size_t turn = b * count + slot;
      const auto& part = values.parts[datasets ? datasets->index(turn, count) : slot];
      for (std::size_t j = 0; j < part.size; ++j)
        accumulator.add(part.begin + part.stream.index(turn * part.size + j, part.size));
    }
    made[b] = accumulator.take();
  }
  return made;
}

/// Sum of squared differences from the mean.
double squares(std::span<const double> values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) /
                      static_cast<double>(values.size());
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [&](double sum, double v) { return sum + (v - mean) * (v - mean); });
}

double deviation(std::span<const double> values) {
  return std::sqrt(squares(values) / static_cast<double>(values.size() - 1));
}

/// Squared standard error of the mean, and its degrees of freedom.
struct Error {
  double square = 0, freedom = 0;
};

Error error_of_mean(const Values& values, Datasets datasets) {
  const auto n = static_cast<double>(values.value.size());
  if (datasets == Datasets::sampled || values.parts.size() == 1)
    return {squares(values.value) / (n - 1) / n, n - 1};
  Error sum;  // of the strata, with the degrees of freedom by Welch and Satterthwaite
  double below = 0;
  for (const auto& part : values.parts) {
    const auto m = static_cast<double>(part.size);
    const auto own = std::span(values.value).subspan(part.begin, part.size);
    const double square = m / n * (m / n) * squares(own) / (m - 1) / m;
    sum.square += square;
    below += square * square / (m - 1);
  }
  sum.freedom = below > 0 ? sum.square * sum.square / below
                          : n - static_cast<double>(values.parts.size());
  return sum;
}

/// Variance of a task and what it is known from.
void set_variance(Estimate& made, const Values& values, Datasets datasets) {
  const auto n = static_cast<double>(values.value.size());
  double sum = 0;
  if (datasets == Datasets::sampled) {
    sum = squares(values.value);
    made.freedom = n - 1;
  } else {
    for (const auto& part : values.parts)
      sum += squares(std::span(values.value).subspan(part.begin, part.size));
    made.freedom = n - static_cast<double>(values.parts.size());
  }
  made.variance = made.freedom > 0 ? sum / made.freedom : 0;
}

std::string no_interval(const Values& values, Datasets datasets) {
  if (values.value.size() == 1) return "no interval: one task only";
  const auto infinite = [](double v) { return std::isinf(v); };
  if (std::any_of(values.value.begin(), values.value.end(), infinite))
    return "no interval: a value is infinite";
  const auto alone = [](const Values::Part& part) { return part.size == 1; };
  if (datasets == Datasets::fixed &&
      std::any_of(values.parts.begin(), values.parts.end(), alone))
    return "no interval: one task only on a data set, and the data sets are fixed";
  return "";
}

void set_interval(Estimate& made, const Values& values, const Options& options) {
  const double tail = (1 - options.level) / 2;
  const bool of_mean = options.fold == Fold::mean || options.fold == Fold::sum;
  if (of_mean && made.n < few) {
    const double factor = options.fold == Fold::sum ? static_cast<double>(made.n) : 1;
    const auto error = error_of_mean(values, options.datasets);
    made.method = Method::student;
    made.se = std::sqrt(error.square) * factor;
    const double half = student_quantile(tail, error.freedom) * *made.se;
    made.low = made.score - half;
    made.high = made.score + half;
  } else {
    auto sorted = made.replicates;
    made.method = Method::bootstrap;
    made.se = deviation(sorted);
    std::sort(sorted.begin(), sorted.end());
    made.low = quantile(sorted, tail);
    made.high = quantile(sorted, 1 - tail);
    if (made.n < few) made.why = "a rough interval: few tasks";
  }
  if (*made.sd == 0) made.why = "all its tasks have the same value";
}

}  // namespace

double quantile(std::span<const double> sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), sorted.size() - 1);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<double> resampled(std::span<const double> given, std::uint64_t stream_seed,
                              std::size_t replicates, Fold fold, Direction direction) {
  Values values;
  values.value.assign(given.begin(), given.end());
  values.parts.push_back({0, given.size(), Stream(stream_seed)});
  std::vector<std::size_t> in_time(given.size());
  std::iota(in_time.begin(), in_time.end(), std::size_t{0});
  set_orders(values, std::move(in_time));
  return with_fold(values, fold, direction, [&](auto accumulator) {
    return drawn(values, replicates, nullptr, std::move(accumulator));
  });
}

Estimate estimate(std::span<const Observation> observations, std::uint64_t key,
                  const Options& options) {
  Estimate made;
  made.key = key;
  made.n = observations.size();
  if (made.n == 0) {
    made.score = std::numeric_limits<double>::quiet_NaN();
    made.why = "no interval: no task";
    return made;
  }
  const auto values = ordered(observations, key, options);
  made.datasets = values.parts.size();
  made.score = with_fold(values, options.fold, options.direction, [&](auto accumulator) {
    return folded(values, std::move(accumulator));
  });
  if (made.n > 1) {
    if (const double sd = deviation(values.value); std::isfinite(sd)) {
      made.sd = sd;
      set_variance(made, values, options.datasets);
    }
  }
  made.why = no_interval(values, options.datasets);
  if (made.why.empty() && !made.sd) made.why = "no interval: the values are too far apart";
  if (!made.why.empty()) return made;
  const auto datasets = Stream(options.seed).derived(dataset_draws);
  const bool both = options.datasets == Datasets::sampled && values.parts.size() > 1;
  made.replicates = with_fold(values, options.fold, options.direction, [&](auto accumulator) {
    return drawn(values, options.replicates, both ? &datasets : nullptr, std::move(accumulator));
  });
  set_interval(made, values, options);
  return made;
}

}  // namespace podium::leaderboard::trust
