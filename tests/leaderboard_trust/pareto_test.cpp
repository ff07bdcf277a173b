// Fronts against peeling them one by one.
#include <cmath>

#include "engine.hpp"
#include "podium/random.hpp"
#include "support.hpp"

using namespace podium::leaderboard;
using podium::RandomStream;

namespace {

constexpr auto none = static_cast<std::size_t>(-1);
const double absent = std::numeric_limits<double>::quiet_NaN();
const double endless = std::numeric_limits<double>::infinity();

std::vector<std::size_t> peeled_slowly(const ParetoQuestion& q) {
  const auto better = [&](std::size_t k, double a, double b) {
    return q.directions[k] == Direction::max ? a > b : a < b;
  };
  const auto dominates = [&](const std::vector<double>& a, const std::vector<double>& b) {
    bool some = false;
    for (std::size_t k = 0; k < a.size(); ++k) {
      if (better(k, b[k], a[k])) return false;
      some = some || better(k, a[k], b[k]);
    }
    return some;
  };
  std::vector<std::size_t> front(q.points.size(), 0);
  std::vector<std::size_t> left;
  for (std::size_t p = 0; p < q.points.size(); ++p) {
    bool whole = true;
    for (const double v : q.points[p]) whole = whole && !std::isnan(v);
    if (whole) left.push_back(p);
  }
  for (std::size_t number = 1; !left.empty(); ++number) {
    std::vector<std::size_t> rest;
    std::vector<std::size_t> chosen;
    for (const auto p : left) {
      bool beaten = false;
      for (const auto other : left) beaten = beaten || dominates(q.points[other], q.points[p]);
      (beaten ? rest : chosen).push_back(p);
    }
    for (const auto p : chosen) front[p] = number;
    left = rest;
  }
  return front;
}

}  // namespace

TEST_CASE("Fronts are what peeling gives") {
  for (std::uint64_t trial = 0; trial < 300; ++trial) {
    const RandomStream s(trial);
    ParetoQuestion q;
    const std::size_t columns = 2 + s.index(0, 2);
    for (std::size_t k = 0; k < columns; ++k)
      q.directions.push_back(s.index(k + 1, 2) ? Direction::max : Direction::min);
    const auto count = s.index(9, 40);
    const auto levels = 2 + s.index(10, 12);
    for (std::size_t p = 0; p < count; ++p) {
      std::vector<double> point;
      for (std::size_t k = 0; k < columns; ++k) {
        const auto v = s.index(20 + p * 3 + k, levels);
        point.push_back(v == 0 && trial % 3 == 0   ? absent
                        : v == 1 && trial % 5 == 0 ? endless
                                                   : static_cast<double>(v));
      }
      q.points.push_back(point);
    }
    REQUIRE(pareto(q).front == peeled_slowly(q));
  }
}

TEST_CASE("Equal points share a front; a missing number is on none") {
  const auto made =
      pareto({{{1, 5}, {1, 5}, {2, 6}, {absent, 9}, {0, 7}}, {Direction::max, Direction::max}});
  CHECK(made.front == std::vector<std::size_t>{2, 2, 1, 0, 1});
}

TEST_CASE("The knee is farthest from the chord, on the good side") {
  // Score (max) against cost (min): most of the score for little cost.
  const ParetoQuestion bulge{{{.5, 1}, {.9, 2}, {.95, 6}, {1, 11}},
                             {Direction::max, Direction::min}};
  CHECK(pareto(bulge).knee == 1);
  // A front that caves in has none, nor has a straight one, nor one of two points.
  CHECK(pareto({{{.5, 1}, {.55, 9}, {1, 11}}, {Direction::max, Direction::min}}).knee == none);
  CHECK(pareto({{{0, 0}, {1, 1}, {2, 2}}, {Direction::max, Direction::min}}).knee == none);
  CHECK(pareto({{{0, 0}, {2, 1}, {2, 1}}, {Direction::max, Direction::min}}).knee == none);
  // What is not on the front, missing or infinite does not move it.
  auto more = bulge;
  for (const auto& p : std::vector<std::vector<double>>{{.1, 5}, {absent, 0}, {endless, 100}})
    more.points.push_back(p);
  CHECK(pareto(more).front[6] == 1);
  CHECK(pareto(more).knee == 1);
}

TEST_CASE("The scale of a column does not move the knee") {
  ParetoQuestion q{{{.5, 1}, {.9, 2}, {.95, 6}, {1, 11}}, {Direction::max, Direction::min}};
  for (auto& p : q.points) p = {p[0] * 1e300, p[1] * 1e-300};
  CHECK(pareto(q).knee == 1);
}

TEST_CASE("Three columns have a knee, too") {
  const ParetoQuestion q{{{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {.3, .4, .35}, {.6, .6, .6}},
                         {Direction::min, Direction::min, Direction::min}};
  const auto made = pareto(q);
  CHECK(made.front == std::vector<std::size_t>{1, 1, 1, 1, 2});
  CHECK(made.knee == 3);
}

TEST_CASE("Other numbers of columns are refused") {
  CHECK_THROWS_AS(pareto({{{1}}, {Direction::max}}), podium::Error);
  CHECK_THROWS_AS(pareto({{}, {Direction::max, Direction::max, Direction::max, Direction::max}}),
                  podium::Error);
}
