// One candidate: constants are of numpy and scipy.
#include <cmath>
#include <numeric>

#include "bootstrap.hpp"
#include "podium/random.hpp"
#include "support.hpp"

using namespace podium::leaderboard;
using podium::RandomStream;
using namespace podium::leaderboard::statistics;
using Groups = std::vector<std::vector<double>>;
using Method = CandidateTrust::Method;

namespace {

const std::vector<double> first{.5, 0, .5, 1, .5, .5, .5, 1.5};
const std::vector<double> second{.5, 1, .5, .5, 1, .5, .5, 1};

Samples samples(Groups groups) {
  Samples made;
  made.weights.assign(groups.size(), 1.0);
  made.groups = std::move(groups);
  return made;
}

TrustQuestion options(Fold fold = Fold::mean) {
  TrustQuestion made;
  made.seed = 42;
  made.fold = fold;
  return made;
}

double mean(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

double part(const std::vector<double>& v, double p) {
  auto sorted = v;
  std::sort(sorted.begin(), sorted.end());
  return quantile(sorted, p);
}

}  // namespace

TEST_CASE("The golden values: two candidates of eight, drawn in pairs") {
  const auto one = estimate(samples({first}), options());
  CHECK(one.score == .625);
  CHECK(one.method == Method::bootstrap);
  CHECK(*one.low == .375);
  CHECK(*one.high == .9375);
  CHECK(*one.error == Approx(0.14536845554980102));
  const auto two = estimate(samples({second}), options());
  CHECK(two.score == .6875);
  CHECK(*two.low == Approx(.5609375).epsilon(1e-13));
  CHECK(*two.high == .875);
  std::vector<double> difference;
  int less = 0;
  int equal = 0;
  for (std::size_t b = 0; b < 2000; ++b) {
    difference.push_back(one.replicates[b] - two.replicates[b]);
    less += one.replicates[b] < two.replicates[b];
    equal += one.replicates[b] == two.replicates[b];
  }
  CHECK(part(difference, .025) == -.375);
  CHECK(part(difference, .975) == .25);
  CHECK(less == 1136);
  CHECK(equal == 283);
  TrustQuestion question = options();
  question.direction = Direction::min;
  question.candidates = {samples({first}), samples({second})};
  const auto both = trust(question);
  CHECK(both[0].group == 1);
  CHECK(both[1].group == 1);
  CHECK(both[1].p == Approx(2.0 * (581 + 283 + 1) / 2001));  // those where the second is no worse
}

TEST_CASE("Every fold is resampled") {
  struct Case {
    Fold fold;
    Direction direction;
    double score, mean, low, high;
  };
  const auto c = GENERATE(Case{Fold::median, Direction::max, .5, 0.535875, .5, 1},
                          Case{Fold::best, Direction::max, 1.5, 1.27225, .5, 1.5},
                          Case{Fold::worst, Direction::min, 1.5, 1.27225, .5, 1.5},
                          Case{Fold::max, Direction::min, 1.5, 1.27225, .5, 1.5},
                          Case{Fold::best, Direction::min, 0, 0.161, 0, .5},
                          Case{Fold::worst, Direction::max, 0, 0.161, 0, .5},
                          Case{Fold::min, Direction::max, 0, 0.161, 0, .5},
                          Case{Fold::last, Direction::max, 1.5, 1.14325, .5, 1.5},
                          Case{Fold::sum, Direction::max, 5, 8 * 0.621625, 3, 7.5});
  auto asked = options(c.fold);
  asked.direction = c.direction;
  const auto made = estimate(samples({first}), asked);
  CHECK(made.score == c.score);
  CHECK(mean(made.replicates) == Approx(c.mean));
  CHECK(*made.low == c.low);
  CHECK(*made.high == c.high);
}

TEST_CASE("With few tasks the interval of a mean is Student's") {
  const auto made = estimate(samples({{.9, .91, .905, .93, .88}}), options());
  CHECK(made.method == Method::student);
  CHECK(*made.low == Approx(0.8826155839378935).epsilon(1e-12));
  CHECK(*made.high == Approx(0.9273844160621065).epsilon(1e-12));
  CHECK(*made.error == Approx(0.008062257748298557));
  CHECK(*made.spread == Approx(0.018027756377319962));
  const auto sum = estimate(samples({{.9, .91, .905, .93, .88}}), options(Fold::sum));
  CHECK(*sum.low == Approx(5 * 0.8826155839378935).epsilon(1e-12));
  CHECK(*sum.error == Approx(5 * 0.008062257748298557));
}

TEST_CASE("Student's interval over several data sets is stratified") {
  auto asked = options();
  const auto made = estimate(samples({{.9, .92, .91}, {.5, .55}}), asked);
  CHECK(*made.error == Approx(0.010583005244258372));
  CHECK(*made.low == Approx(0.6704843730626142).epsilon(1e-12));
  CHECK(*made.high == Approx(0.8415156269373858).epsilon(1e-12));
  // Drawn data sets are part of the spread.
  asked.drawn = Drawn::datasets;
  const auto wide = estimate(samples({{.9, .92, .91}, {.5, .55}}), asked);
  CHECK(*wide.error == Approx(*wide.spread / std::sqrt(5)));
  CHECK(*wide.low < *made.low);
}

TEST_CASE("A mean of data sets is weighted") {
  auto given = samples({{1, 3}, {10, 20, 30}});
  given.weights = {3, 1};
  auto asked = options();
  asked.across = Across::mean;
  const auto made = estimate(given, asked);
  CHECK(made.score == Approx((3 * 2 + 20) / 4.0));
  const double variance = std::pow(.75, 2) * 2 / 2 + std::pow(.25, 2) * 100 / 3;
  CHECK(*made.error == Approx(std::sqrt(variance)));
  asked.drawn = Drawn::datasets;
  const auto drawn = estimate(given, asked);
  CHECK(drawn.method == Method::bootstrap);
  CHECK(drawn.why == "a rough interval: few tasks");
  // Both draws the first, both the second, or one of each.
  CHECK(part(drawn.replicates, 0) == 1);
  CHECK(part(drawn.replicates, 1) == 30);
}

TEST_CASE("Tasks are drawn within their data sets, and data sets before them when asked") {
  const auto given = samples({{0, 0, 0, 1}, {10, 10, 10, 11}});
  auto asked = options();
  const auto fixed = estimate(given, asked);
  for (const double r : fixed.replicates) REQUIRE((r >= 5 && r <= 6));
  asked.drawn = Drawn::datasets;
  const auto drawn = estimate(given, asked);
  int one_only = 0;
  for (const double r : drawn.replicates) one_only += r <= 1 || r >= 10;
  CHECK(one_only > 900);  // of 2,000: the same data set twice, every other time
  CHECK(one_only < 1100);
  CHECK(*drawn.error > 3);
  CHECK(*fixed.error < 0.5);
}

TEST_CASE("The last is the last in time, in whichever data set") {
  auto given = samples({{1, 2}, {3, 4}});
  CHECK(estimate(given, options(Fold::last)).score == 4);
  given.ages = {{0, 3}, {1, 2}};
  CHECK(estimate(given, options(Fold::last)).score == 2);
}

TEST_CASE("Where there is no interval, it is said why") {
  const auto inf = std::numeric_limits<double>::infinity();
  struct Case {
    Groups groups;
    std::string why;
  };
  const auto c =
      GENERATE_COPY(Case{{}, "no interval: no task"}, Case{{{.5}}, "no interval: one task only"},
                    Case{{{.5, inf, 1}}, "no interval: a value is infinite"},
                    Case{{{.5, -1e308, 1e308, 1e308}}, "no interval: the values are too far apart"},
                    Case{{{.5, 1}, {2}}, "no interval: one task only on one of the data sets"});
  const auto made = estimate(samples(c.groups), options());
  CHECK(made.why == c.why);
  CHECK(!made.low);
  CHECK(!made.high);
  CHECK(!made.error);
  CHECK(made.method == Method::none);
}

TEST_CASE("Equal values have an interval of one point, and it is said") {
  const auto n = GENERATE(2, 12);
  const auto made =
      estimate(samples({std::vector<double>(static_cast<std::size_t>(n), 3.0)}), options());
  CHECK(*made.low == 3);
  CHECK(*made.high == 3);
  CHECK(made.why == "all its tasks have the same value");
}

TEST_CASE("Percentile intervals cover as often as they say") {
  // 30 values of a skewed distribution with mean 1/2 or so: the share of intervals that hold it.
  int held = 0;
  const double truth = 0.25;  // of the square root's fourth power: the mean of u^3
  for (std::uint64_t trial = 0; trial < 400; ++trial) {
    std::vector<double> values;
    for (std::uint64_t k = 0; k < 30; ++k)
      values.push_back(std::pow(RandomStream(trial).fraction(k), 3));
    auto asked = options();
    asked.seed = trial + 1000;
    asked.replicates = 400;
    const auto made = estimate(samples({values}), asked);
    held += *made.low <= truth && truth <= *made.high;
  }
  CHECK(held > 350);  // 95 % nominal; a percentile interval of a skewed mean has a little less
  CHECK(held < 396);
}

TEST_CASE("An interval does not depend on the unit of its values") {
  const double unit = GENERATE(1e-150, 1e-90, 1e90, 1e150);
  const auto interval = [](double u) {
    auto asked = options();
    asked.drawn = Drawn::tasks;
    asked.across = Across::pooled;
    return estimate(samples({{1 * u, 2 * u, 4 * u}, {2 * u, 3 * u}}), asked);
  };
  const auto made = interval(unit);
  REQUIRE(made.method == Method::student);
  CHECK(*made.low / unit == Approx(*interval(1).low));
  CHECK(*made.high / unit == Approx(*interval(1).high));
}
