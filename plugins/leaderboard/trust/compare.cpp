// All candidates together: ranks in every replicate, and who cannot be told apart from whom.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "bootstrap.hpp"
#include "parallel.hpp"
#include "podium/random.hpp"
#include "student.hpp"

namespace podium::leaderboard::statistics {
namespace {

constexpr std::size_t readable = 10;  // fewer replicates in a tail do not tell how small it is
constexpr std::uint64_t noise = 0x6e6f697365;

struct Spread {
  double variance = 0, freedom = 0;
};

/// Of a task of any candidate, from those that have several.
Spread pooled(std::span<const Estimate* const> candidates) {
  Spread all;
  for (const auto* c : candidates) {
    all.variance += c->variance * c->freedom;
    all.freedom += c->freedom;
  }
  if (all.freedom > 0) all.variance /= all.freedom;
  return all;
}

/// A candidate as the comparisons see it: more is better, and the spread is neither understated nor
/// missing.
struct Contender {
  const Estimate* of = nullptr;
  double score = 0;
  double freedom = 0;
  bool borrowed = false;
  const double* at = nullptr;     // its replicates
  double mean = 0, variance = 0;  // of them
  std::vector<double> own;        // what `at` points to, unless it is the estimate's
};

Contender contender(const Estimate& e, const Spread& others, const TrustQuestion& options) {
  const double sign = options.direction == Direction::max ? 1 : -1;
  Contender made;
  made.of = &e;
  made.score = std::isnan(e.score) ? -std::numeric_limits<double>::infinity() : sign * e.score;
  made.freedom = e.freedom;
  if (e.method == Estimate::Method::none) {
    made.borrowed = true;
    made.freedom = others.freedom;
    const double error = std::sqrt(others.variance * e.scale);
    const auto stream =
        RandomStream(options.seed).derived(noise).derived(std::bit_cast<std::uint64_t>(made.score));
    made.own.resize(options.replicates);
    for (std::size_t b = 0; b < made.own.size(); ++b) {  // Box and Muller
      const double radius = std::sqrt(-2 * std::log(stream.fraction(2 * b)));
      const double angle = 2 * std::numbers::pi * stream.fraction(2 * b + 1);
      made.own[b] = made.score + error * radius * std::cos(angle);
    }
  } else {
    made.own = e.replicates;
    for (double& r : made.own) r *= sign;
  }
  made.at = made.own.data();
  const auto count = static_cast<double>(made.own.size());
  for (const double r : made.own) made.mean += r / count;
  for (const double r : made.own) made.variance += (r - made.mean) * (r - made.mean) / (count - 1);
  if (e.method == Estimate::Method::student && made.variance > 0) {
    // A bootstrap of few tasks varies too little: as much as the interval's standard error says.
    const double widened = *e.error / std::sqrt(made.variance);
    for (double& r : made.own) r = made.score + (r - made.mean) * widened;
    made.mean = made.score;
    made.variance = *e.error * *e.error;
  }
  return made;
}

/// The variance of their difference is at most that of two that always move against each other.
double most_variance(const Contender& a, const Contender& b) {
  return a.variance + b.variance + 2 * std::sqrt(a.variance * b.variance);
}

/// How many replicates say that `a` is no better, or that `b` is not: the fewer of both. 0 where it
/// is known that these are fewer than `readable`.
std::size_t smaller_tail(const Contender& a, const Contender& b, std::size_t replicates) {
  if (std::min(a.of->n, b.of->n) < few) return 0;
  // Cantelli: of numbers with mean m and variance v, v / (v + m m) at most lie beyond 0.
  const double apart = a.mean - b.mean;
  const double most = most_variance(a, b);
  if (static_cast<double>(replicates) * most < readable * (most + apart * apart)) return 0;
  std::size_t below = 0;
  std::size_t above = 0;
  for (std::size_t i = 0; i < replicates; ++i) {
    below += a.at[i] <= b.at[i] ? 1 : 0;
    above += a.at[i] >= b.at[i] ? 1 : 0;
  }
  return std::min(below, above);
}

/// The sum of products of differences from the mean, in four parts that do not wait for each other.
double products(const Contender& a, const Contender& b, std::size_t replicates) {
  const auto product = [&](std::size_t i) { return (a.at[i] - a.mean) * (b.at[i] - b.mean); };
  double first = 0;
  double second = 0;
  double third = 0;
  double fourth = 0;
  std::size_t i = 0;
  for (; i + 4 <= replicates; i += 4) {
    first += product(i);
    second += product(i + 1);
    third += product(i + 2);
    fourth += product(i + 3);
  }
  for (; i < replicates; ++i) first += product(i);
  return first + second + (third + fourth);
}

/// The two-sided p of `a` and `b` being equally good, from paired replicates. Where too few of
/// these lie in the tail, and with few tasks, Student's tail with the standard error of the
/// replicates.
/// A p that is surely below `enough` may be told as a greater one that is.
double p_of_equal(const Contender& a, const Contender& b, std::size_t replicates, double enough) {
  const std::size_t tail = smaller_tail(a, b, replicates);
  if (tail >= readable)
    return std::min(1.0, 2 * static_cast<double>(1 + tail) / static_cast<double>(replicates + 1));
  if (a.score == b.score) return 1;
  const double apart = std::abs(a.score - b.score);
  if (std::isinf(apart)) return 0;
  const double least = std::min(a.freedom, b.freedom);
  if (const double p = 2 * student_tail(apart / std::sqrt(most_variance(a, b)), least); p < enough)
    return p;
  const double together = 2 * products(a, b, replicates) /
                          static_cast<double>(std::max<std::size_t>(replicates, 2) - 1);
  const double square = a.variance + b.variance - together;
  const double sum = a.variance + b.variance;
  // Rounding leaves a trace of what is nothing.
  if (square <= 1e-20 * sum || !std::isfinite(square)) return 0;
  const auto share = [&](const Contender& c) {
    return c.variance / sum * (c.variance / sum) / c.freedom;
  };
  const bool pairs = a.of->sizes == b.of->sizes && !a.borrowed && !b.borrowed;
  const double freedom = pairs ? least : 1 / (share(a) + share(b));
  return 2 * student_tail(apart / std::sqrt(square), freedom);
}

/// Holm's adjustment, in place.
void adjust(std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] < p[b] : a < b; });
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, std::min(1.0, static_cast<double>(p.size() - i) * p[order[i]]));
    p[order[i]] = least;
  }
}

std::string letter(std::size_t group) {
  std::string text;
  for (std::size_t left = group; left > 0; left = (left - 1) / 26)
    text.insert(text.begin(), static_cast<char>('a' + (left - 1) % 26));
  return text;
}

void set_groups(std::vector<CandidateTrust>& made, const std::vector<Contender>& contenders,
                const TrustQuestion& options) {
  std::vector<std::size_t> rest(contenders.size());
  std::iota(rest.begin(), rest.end(), std::size_t{0});
  for (std::size_t group = 1; !rest.empty(); ++group) {
    const auto& leader = contenders[rest.front()];
    std::vector<double> p(rest.size() - 1);
    // What Holm's adjustment separates as the least of all changes nothing for the others; only
    // what is told of the first group is to be exact.
    const double enough =
        group == 1 ? 0 : (1 - options.confidence) / static_cast<double>(rest.size());
    parallel(p.size(), p.size() < 64 ? 1 : options.threads,
             [&](std::size_t begin, std::size_t end) {
               for (std::size_t i = begin; i < end; ++i)
                 p[i] = p_of_equal(leader, contenders[rest[i + 1]], options.replicates, enough);
             });
    adjust(p);
    std::vector<std::size_t> next;
    for (std::size_t i = 0; i < rest.size(); ++i) {
      auto& candidate = made[rest[i]];
      if (group == 1 && i > 0) candidate.p = p[i - 1];
      if (i > 0 && p[i - 1] < 1 - options.confidence) {
        next.push_back(rest[i]);
      } else {
        candidate.group = group;
        candidate.letter = letter(group);
      }
    }
    rest = std::move(next);
  }
}

/// Ranks of all in every replicate: from the best place of those that tie, to the worst.
struct Ranks {
  std::size_t replicates;
  std::vector<std::uint32_t> low, high;  // by candidate, then replicate
};

Ranks ranked(const std::vector<Contender>& contenders, const TrustQuestion& options) {
  const std::size_t count = contenders.size();
  Ranks ranks{options.replicates, {}, {}};
  ranks.low.resize(count * options.replicates);
  ranks.high.resize(count * options.replicates);
  parallel(options.replicates, options.threads, [&](std::size_t begin, std::size_t end) {
    constexpr std::size_t width = 8;  // replicates at once: one cache line of each candidate
    using Entry = std::pair<double, std::uint32_t>;
    std::vector<std::vector<Entry>> columns(width, std::vector<Entry>(count));
    for (std::size_t first = begin; first < end; first += width) {
      const std::size_t some = std::min(width, end - first);
      for (std::size_t c = 0; c < count; ++c)
        for (std::size_t k = 0; k < some; ++k)
          columns[k][c] = {contenders[c].at[first + k], static_cast<std::uint32_t>(c)};
      for (std::size_t k = 0; k < some; ++k) {
        auto& column = columns[k];
        std::sort(column.begin(), column.end(),
                  [](const Entry& a, const Entry& b) { return a.first > b.first; });
        for (std::size_t i = 0, j = 0; i < count; i = j) {
          while (j < count && column[j].first == column[i].first) ++j;
          for (std::size_t t = i; t < j; ++t) {
            const std::size_t at = column[t].second * options.replicates + first + k;
            ranks.low[at] = static_cast<std::uint32_t>(i + 1);
            ranks.high[at] = static_cast<std::uint32_t>(j);
          }
        }
      }
    }
  });
  return ranks;
}

void set_ranks(std::vector<CandidateTrust>& made, const Ranks& ranks,
               const TrustQuestion& options) {
  const std::size_t all = ranks.replicates;
  const double tail = (1 - options.confidence) / 2 * static_cast<double>(all - 1);
  // Rounded outwards; the tolerance is for products like 0.025 * 1000 that are no whole number.
  const auto left = static_cast<std::ptrdiff_t>(std::floor(tail + 1e-9));
  const auto right = static_cast<std::ptrdiff_t>(all) - 1 - left;
  parallel(made.size(), options.threads, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> some;
    const auto nth = [&](const std::uint32_t* from, std::ptrdiff_t place) {
      some.assign(from, from + all);
      std::nth_element(some.begin(), some.begin() + place, some.end());
      return some[static_cast<std::size_t>(place)];
    };
    for (std::size_t c = begin; c < end; ++c) {
      const auto* low = ranks.low.data() + c * all;
      const auto* high = ranks.high.data() + c * all;
      double first = 0;
      double sum = 0;
      for (std::size_t b = 0; b < all; ++b) {
        if (low[b] == 1) first += 1.0 / high[b];
        sum += (low[b] + high[b]) / 2.0;
      }
      made[c].first = first / static_cast<double>(all);
      made[c].expected_rank = sum / static_cast<double>(all);
      made[c].rank_low = nth(low, left);
      made[c].rank_high = nth(high, right);
    }
  });
}

}  // namespace

void compare(std::span<const Estimate* const> candidates, const TrustQuestion& options,
             std::vector<CandidateTrust>& made) {
  const auto others = pooled(candidates);
  if (others.freedom <= 0) {
    for (auto& candidate : made) {
      candidate.group = 0;
      if (candidate.why.empty()) continue;
      candidate.why += "; nothing tells how much a score varies, so there are no ranks and groups";
    }
    return;
  }
  std::vector<Contender> contenders(candidates.size());
  parallel(candidates.size(), options.threads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c)
      contenders[c] = contender(*candidates[c], others, options);
  });
  for (std::size_t c = 0; c < contenders.size(); ++c) made[c].borrowed = contenders[c].borrowed;
  set_ranks(made, ranked(contenders, options), options);
  set_groups(made, contenders, options);
}

}  // namespace podium::leaderboard::statistics
