#include "sampling.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "support.hpp"

using namespace podium::comparison;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Curve curve_of(std::vector<double> y, std::vector<double> x = {}) {
  for (std::size_t i = x.size(); i < y.size(); ++i) x.push_back(static_cast<double>(i));
  return {std::move(x), std::move(y)};
}

using Rows = std::vector<std::size_t>;

}  // namespace

TEST_CASE("first, least, greatest and last of each bucket stay") {
  CHECK(rows_kept(curve_of({5, 1, 9, 4, 4, 4}), Buckets::even, 1) == Rows{0, 1, 2, 5});
  CHECK(rows_kept(curve_of({5, 1, 9, 4, 4, 4}), Buckets::even, 2) == Rows{0, 1, 2, 3, 5});
  CHECK(rows_kept(curve_of({not_a_number, 1, not_a_number, not_a_number}), Buckets::even, 1) ==
        Rows{0, 1, 3});
  CHECK(rows_kept(curve_of({not_a_number, not_a_number, not_a_number}), Buckets::even, 1) ==
        Rows{0, 2});
  CHECK(rows_kept(curve_of({}), Buckets::even, 3).empty());
  CHECK(rows_kept(curve_of({1, 2, 3}), Buckets::even, 3) == Rows{0, 1, 2});
}

TEST_CASE("buckets by width are of x, by log of log x") {
  const Curve c = curve_of({1, 2, 3, 4, 5, 6}, {1, 10, 20, 30, 90, 100});
  // 1 to 100 in two: up to 50.5; the rest.
  CHECK(rows_kept(c, Buckets::width, 2) == Rows{0, 3, 4, 5});
  // log: up to 10.
  CHECK(rows_kept(c, Buckets::log, 2) == Rows{0, 1, 5});
  CHECK(rows_kept(curve_of({3, 1, 2}, {7, 7, 7}), Buckets::width, 5) == Rows{0, 1, 2});
}

TEST_CASE("even buckets have the rows i with i * buckets / total == b") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = random() % 200 + 1;
    const auto buckets = static_cast<std::uint32_t>(random() % 50 + 1);
    Curve c;
    for (std::size_t i = 0; i < n; ++i) {
      c.x.push_back(static_cast<double>(i));
      c.y.push_back(random() % 10 == 0 ? not_a_number : static_cast<double>(random() % 20));
    }
    std::set<std::size_t> expected;
    for (std::uint32_t b = 0; b < buckets; ++b) {
      Rows rows;
      for (std::size_t i = 0; i < n; ++i)
        if (i * buckets / n == b) rows.push_back(i);
      if (rows.empty()) continue;
      expected.insert({rows.front(), rows.back()});
      std::size_t least = n, greatest = n;
      for (const std::size_t i : rows) {
        if (std::isnan(c.y[i])) continue;
        if (least == n || c.y[i] < c.y[least]) least = i;
        if (greatest == n || c.y[i] > c.y[greatest]) greatest = i;
      }
      if (least != n) expected.insert({least, greatest});
    }
    INFO(n << " " << buckets);
    const Rows kept = rows_kept(c, Buckets::even, buckets);
    CHECK(kept == Rows(expected.begin(), expected.end()));
    Curve sampled = c;
    sample(sampled, Buckets::even, buckets);
    REQUIRE(sampled.x.size() == kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i)
      CHECK(sampled.x[i] == static_cast<double>(kept[i]));
  }
}

TEST_CASE("a fold counts each task once at a place") {
  const std::vector<Curve> curves = {curve_of({1, 3, 5}, {0, 0, 1}),
                                     curve_of({4, not_a_number}, {0, 1}), curve_of({}, {})};
  SECTION("spread") {
    const Fold f = fold(curves, Buckets::even, 10, Band::spread);
    CHECK(f.line.x == std::vector<double>{0, 1});
    CHECK(f.line.y == std::vector<double>{3, 5});  // of 2 and 4; of 5
    CHECK(f.tasks == std::vector<double>{2, 1});
    CHECK(f.low[0] == Approx(3 - std::sqrt(2)));
    CHECK(f.high[0] == Approx(3 + std::sqrt(2)));
    CHECK((f.low[1] == 5 && f.high[1] == 5));
  }
  SECTION("range: of the values, not of the means") {
    const Fold f = fold(curves, Buckets::even, 10, Band::range);
    CHECK(f.low == std::vector<double>{1, 5});
    CHECK(f.high == std::vector<double>{4, 5});
  }
  SECTION("none") { CHECK(fold(curves, Buckets::even, 10, Band::none).low.empty()); }
}

TEST_CASE("as many x as places are places of their own, one more are not") {
  const std::vector<Curve> curves = {curve_of({1, 2, 4}, {0, 1, 10})};
  CHECK(fold(curves, Buckets::even, 3, Band::none).line.x == std::vector<double>{0, 1, 10});
  CHECK(fold(curves, Buckets::even, 2, Band::none).line.x == std::vector<double>{2.5, 7.5});
}

TEST_CASE("a fold over more x than places divides their width") {
  const std::vector<Curve> curves = {curve_of({0, 1, 2, 3}, {1, 10, 50, 100})};
  const Fold even = fold(curves, Buckets::even, 3, Band::none);
  CHECK(even.line.x == std::vector<double>{17.5, 50.5, 83.5});
  CHECK(even.line.y == std::vector<double>{0.5, 2, 3});
  const Fold log = fold(curves, Buckets::log, 2, Band::none);
  REQUIRE(log.line.x.size() == 2);
  CHECK(log.line.x[0] == Approx(std::sqrt(10)));
  CHECK(log.line.x[1] == Approx(std::sqrt(1000)));
  CHECK(fold({}, Buckets::even, 3, Band::range).line.x.empty());
  CHECK(fold(std::vector<Curve>{curve_of({not_a_number})}, Buckets::even, 3, Band::range)
            .line.x.empty());
}
