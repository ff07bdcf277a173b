// Who is beaten by nobody in all of two or three columns at once.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine.hpp"
#include "podium/error.hpp"

namespace podium::leaderboard {
namespace {

using Point = std::array<double, 3>;  // less is better; a third column that is not there is 0

bool dominates(const Point& a, const Point& b) {
  return a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2] && a != b;
}

bool missing(const Point& p) {
  return std::any_of(p.begin(), p.end(), [](double v) { return std::isnan(v); });
}

/// In lexicographic order nothing is dominated by what comes later, and a front of which nobody
/// dominates a point has no follower of which somebody does: a point's front is found by bisection.
std::vector<std::size_t> peeled(const std::vector<Point>& points) {
  std::vector<std::size_t> order;
  for (std::size_t p = 0; p < points.size(); ++p)
    if (!missing(points[p])) order.push_back(p);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return points[a] != points[b] ? points[a] < points[b] : a < b;
  });
  std::vector<std::size_t> front(points.size(), 0);
  std::vector<std::vector<std::size_t>> members;
  for (const std::size_t p : order) {
    const auto beats = [&](const std::vector<std::size_t>& some) {
      return std::any_of(some.rbegin(), some.rend(),
                         [&](std::size_t m) { return dominates(points[m], points[p]); });
    };
    const auto at = std::partition_point(members.begin(), members.end(), beats);
    front[p] = static_cast<std::size_t>(at - members.begin()) + 1;
    if (at == members.end()) {
      members.push_back({p});
    } else {
      at->push_back(p);
    }
  }
  return front;
}

/// The point of the front that gives most for what it gives up: farthest, on the good side, from
/// the chord between the ends of the front. None with fewer than three different points, or when
/// none is on the good side.
///
/// Columns are scaled over the front to 0 (best) ... 1 (worst). In two columns its ends are then
/// (0, 1) and (1, 0). With three, the chord is the plane through (0, 1, 1), (1, 0, 1) and (1, 1,
/// 0): best in one column, worst in the others. Points with infinite columns are no knee and do not
/// scale.
std::size_t knee(const std::vector<Point>& points, const std::vector<std::size_t>& front,
                 std::size_t columns) {
  constexpr auto none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> first;
  for (std::size_t p = 0; p < points.size(); ++p) {
    const bool finite =
        std::all_of(points[p].begin(), points[p].end(), [](double v) { return std::isfinite(v); });
    if (front[p] == 1 && finite) first.push_back(p);
  }
  std::vector<Point> different;
  for (const std::size_t p : first) different.push_back(points[p]);
  std::sort(different.begin(), different.end());
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (different.size() < 3) return none;
  Point low = different.front();
  Point high = low;
  for (const auto& p : different) {
    for (std::size_t k = 0; k < columns; ++k) {
      low[k] = std::min(low[k], p[k]);
      high[k] = std::max(high[k], p[k]);
    }
  }
  std::size_t made = none;
  double farthest = 1e-12;  // on the chord, but for rounding
  for (const std::size_t p : first) {
    double sum = 0;
    for (std::size_t k = 0; k < columns; ++k) {
      // Halved, so that the range of the greatest numbers is one.
      const double range = high[k] / 2 - low[k] / 2;
      if (range > 0) sum += (points[p][k] / 2 - low[k] / 2) / range;
    }
    const double distance = static_cast<double>(columns - 1) - sum;
    if (distance > farthest * (1 + 1e-12)) {
      farthest = distance;
      made = p;
    }
  }
  return made;
}

}  // namespace

ParetoAnswer pareto(const ParetoQuestion& question) {
  const std::size_t columns = question.directions.size();
  if (columns < 2 || columns > 3)
    throw Error(ErrorCode::invalid, "a Pareto front is over two or three columns");
  std::vector<Point> points;
  points.reserve(question.points.size());
  for (const auto& given : question.points) {
    if (given.size() != columns)
      throw Error(ErrorCode::misuse, "a point of a Pareto front has a number for each direction");
    Point& point = points.emplace_back();
    for (std::size_t k = 0; k < columns; ++k)
      point[k] = question.directions[k] == Direction::max ? -given[k] : given[k];
  }
  ParetoAnswer made;
  made.front = peeled(points);
  made.knee = knee(points, made.front, columns);
  return made;
}

}  // namespace podium::leaderboard
