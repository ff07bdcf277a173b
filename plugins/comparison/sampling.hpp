#pragma once
// Fewer points that draw the same: first, least, greatest and last of each bucket; and the mean of
// several curves at common places.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "series.hpp"

namespace podium::comparison {

/// Keeps first, least, greatest and last of each bucket. `even` is the store's rule (bucket b has
/// the rows i with i * buckets / total == b); by width and log the buckets divide what lies between
/// the curve's ends. A NaN is never least or greatest.
void sample(Curve&, Buckets, std::uint32_t buckets);
/// The rows that `sample` keeps, ascending.
std::vector<std::size_t> rows_kept(const Curve&, Buckets, std::uint32_t buckets);

/// Curves of several tasks as one: at each place the mean over the tasks of a task's mean there.
struct Fold {
  Curve line;
  std::vector<double> low, high, tasks;
};
/// The places are the different x of all curves, if there are no more than `places`, else so many
/// of equal width. Values that are not finite do not count. Curves are in the order of x.
Fold fold(std::span<const Curve> curves, Buckets, std::uint32_t places, Band);

}  // namespace podium::comparison
