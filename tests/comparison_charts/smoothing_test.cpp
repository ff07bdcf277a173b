#include "podium/chart_kit/smoothing.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support.hpp"

using namespace podium::chart_kit;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<double> smoothed(Smoothing how, std::vector<double> y, std::vector<double> x = {}) {
  for (std::size_t i = x.size(); i < y.size(); ++i) x.push_back(static_cast<double>(i));
  smooth(how, x, y);
  return y;
}

void check(const std::vector<double>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO(i);
    if (std::isnan(expected[i]))
      CHECK(std::isnan(found[i]));
    else if (std::isinf(expected[i]))
      CHECK(found[i] == expected[i]);
    else
      CHECK(found[i] == Approx(expected[i]).epsilon(1e-12));
  }
}

Smoothing ema(double weight) {
  Smoothing s;
  s.kind = Smoothing::Kind::ema;
  s.weight = weight;
  return s;
}
Smoothing time_ema(double weight) {
  Smoothing s = ema(weight);
  s.kind = Smoothing::Kind::time_ema;
  return s;
}
Smoothing running(std::int64_t window) {
  Smoothing s;
  s.kind = Smoothing::Kind::running;
  s.window = window;
  return s;
}
Smoothing gaussian(std::int64_t kernel, double sigma) {
  Smoothing s;
  s.kind = Smoothing::Kind::gaussian;
  s.kernel = kernel;
  s.sigma = sigma;
  return s;
}

}  // namespace

TEST_CASE("the average is without the bias of its beginning") {
  // last = 0.5, 1.25, 2.125; divided by 0.5, 0.75, 0.875
  check(smoothed(ema(0.5), {1, 2, 3}), {1, 1.25 / 0.75, 2.125 / 0.875});
  check(smoothed(ema(0), {3, 1, 2}), {3, 1, 2});
  check(smoothed(ema(0.999), {4, 4, 4, 4}), {4, 4, 4, 4});
  check(smoothed(ema(0.6), {}), {});
}

TEST_CASE("what is not finite stays and counts nowhere else") {
  check(smoothed(ema(0.5), {1, not_a_number, 2, inf, 3}),
        {1, not_a_number, 1.25 / 0.75, inf, 2.125 / 0.875});
  check(smoothed(time_ema(0.5), {not_a_number, 1, -inf}), {not_a_number, 1, -inf});
  check(smoothed(time_ema(0.5), {not_a_number, not_a_number}), {not_a_number, not_a_number});
  check(smoothed(running(2), {1, 3, not_a_number, 5, inf, 7}), {1, 2, not_a_number, 5, inf, 7});
  check(smoothed(gaussian(3, 1e9), {not_a_number, 2, 4, inf, 6, 8}),
        {not_a_number, 3, 3, inf, 7, 22.0 / 3});
}

TEST_CASE("an average over uneven x counts distance") {
  // Mean distance 2: what is 1 behind counts 0.25^(1/2), what is 3 behind 0.25^(3/2).
  const double a = 0.5, b = 0.125;
  check(smoothed(time_ema(0.25), {1, 2, 3}, {0, 1, 4}),
        {1, (1 * a + 2) / (a + 1), (1 * a * b + 2 * b + 3) / (a * b + b + 1)});
  check(smoothed(time_ema(0.7), {1, 5, 2, 8}, {10, 20, 30, 40}), smoothed(ema(0.7), {1, 5, 2, 8}));
  check(smoothed(time_ema(0.7), {1, 5, 2}, {3, 3, 3}), smoothed(ema(0.7), {1, 5, 2}));
  check(smoothed(time_ema(0), {1, 5, 2}, {0, 0, 1}), {1, 3, 2});
}

TEST_CASE("a running mean looks back, at curves of more than five points") {
  check(smoothed(running(3), {1, 2, 3, 4, 5, 9}), {1, 1.5, 2, 3, 4, 6});
  check(smoothed(running(100), {1, 2, 3, 4, 5, 9}), {1, 1.5, 2, 2.5, 3, 4});
  check(smoothed(running(1), {1, 2, 3, 4, 5, 9}), {1, 2, 3, 4, 5, 9});
  check(smoothed(running(3), {1, 2, 3, 4, 9}), {1, 2, 3, 4, 9});
}

TEST_CASE("a Gaussian repeats the ends, at curves of more than five points") {
  const double w = std::exp(-0.125), total = 1 + 2 * w;  // one point away, sigma 2
  check(smoothed(gaussian(3, 2), {0, 0, 0, 6, 0, 6}),
        {0, 0, 6 * w / total, 6 / total, 12 * w / total, (6 + 6 * w) / total});
  check(smoothed(gaussian(1, 2), {0, 1, 2, 3, 4, 5}), {0, 1, 2, 3, 4, 5});
  check(smoothed(gaussian(7, 2), {0, 1, 2, 3, 9}), {0, 1, 2, 3, 9});
  check(smoothed(gaussian(101, 2), {4, 4, 4, 4, 4, 4}), {4, 4, 4, 4, 4, 4});
}
