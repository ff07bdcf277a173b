#include "pareto.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "podium/error.hpp"

namespace podium::leaderboard::trust {
namespace {

using Point = std::array<double, 3>;  // less is better; a third column that is not there is 0

bool dominates(const Point& a, const Point& b) {
  return a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2] && a != b;
}

/// In lexicographic order nothing is dominated by what comes later, and a front that does not dominate a
/// point has no follower that does: the front of a point is found by bisection.
std::vector<std::size_t> peeled(const std::vector<Point>& points, std::vector<std::size_t> order) {
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

void set_knee(Fronts& made, const std::vector<Point>& points, std::size_t columns) {
  std::vector<std::size_t> first;
  for (std::size_t p = 0; p < points.size(); ++p) {
    const bool finite = std::all_of(points[p].begin(), points[p].end(),
                                    [](double v) { return std::isfinite(v); });
    if (made.front[p] == 1 && finite) first.push_back(p);
  }
  std::vector<Point> different;
  for (const std::size_t p : first) different.push_back(points[p]);
  std::sort(different.begin(), different.end());
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (different.size() < 3) return;
  Point low = different.front();
  Point high = low;
  for (const auto& p : different) {
    for (std::size_t k = 0; k < columns; ++k) {
      low[k] = std::min(low[k], p[k]);
      high[k] = std::max(high[k], p[k]);
    }
  }
  for (const std::size_t p : first) {
    double sum = 0;
    for (std::size_t k = 0; k < columns; ++k) {
      // Halved, so that the range of the greatest numbers is one.
      const double range = high[k] / 2 - low[k] / 2;
      if (range > 0) sum += (points[p][k] / 2 - low[k] / 2) / range;
    }
    const auto d = static_cast<double>(columns);
    const double distance = (d - 1 - sum) / std::sqrt(d);
    if (distance > made.distance + 1e-12) {
      made.distance = distance;
      made.knee = p;
    }
  }
}

}  // namespace

Fronts fronts(std::span<const std::span<const double>> columns,
              std::span<const Direction> directions) {
  if (columns.size() < 2 || columns.size() > 3 || directions.size() != columns.size())
    throw Error(Error::invalid, "a Pareto front is over two or three columns with a direction each");
  const std::size_t count = columns[0].size();
  for (const auto& column : columns)
    if (column.size() != count)
      throw Error(Error::invalid, "the columns of a Pareto front are equally long");
  std::vector<Point> points(count, Point{});
  std::vector<std::size_t> whole;
  for (std::size_t p = 0; p < count; ++p) {
    bool missing = false;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const double v = columns[k][p];
      missing = missing || std::isnan(v);
      points[p][k] = directions[k] == Direction::max ? -v : v;
    }
    if (!missing) whole.push_back(p);
  }
  Fronts made;
  made.front = peeled(points, std::move(whole));
  set_knee(made, points, columns.size());
  return made;
}

}  // namespace podium::leaderboard::trust
