#pragma once
// Who is beaten by nobody in all of two or three columns at once.
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "trust.hpp"

namespace podium::leaderboard::trust {

struct Fronts {
  /// By point: 1 is the Pareto front, 2 the front of what is left without it, and so on; 0: a column
  /// is missing (NaN).
  std::vector<std::size_t> front;
  /// The point of the front that gives most for what it gives up: farthest, on the good side, from the
  /// chord between the ends of the front; none with fewer than three different points on the front or
  /// when none is on the good side.
  ///
  /// Columns are scaled over the front to 0 (best) ... 1 (worst). In two columns its ends are then (0, 1)
  /// and (1, 0). With three columns the chord is the plane through (0, 1, 1), (1, 0, 1) and (1, 1, 0),
  /// the points that are best in one column and worst in the others. Points with infinite columns are no
  /// knee and do not scale.
  std::optional<std::size_t> knee;
  /// How far the knee is from the chord, in scaled columns.
  double distance = 0;
};

/// `columns` are two or three, equally long, with a direction each. A point dominates another that is
/// nowhere better and somewhere worse: equal points are on the same front. Throws `invalid` on other
/// shapes.
Fronts fronts(std::span<const std::span<const double>> columns,
              std::span<const Direction> directions);

}  // namespace podium::leaderboard::trust
