// How a number and the target go together.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "forest.hpp"

namespace podium::comparison {
namespace {

std::optional<double> correlation(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < 3) return std::nullopt;
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double a = x[i] - mean_x, b = y[i] - mean_y;
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  const double size = std::sqrt(xx) * std::sqrt(yy);
  if (!(size > 0) || !std::isfinite(size)) return std::nullopt;
  return std::clamp(xy / size, -1.0, 1.0);
}

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    const double rank = static_cast<double>(begin + end - 1) / 2;
    for (std::size_t k = begin; k < end; ++k) ranks[order[k]] = rank;
    begin = end;
  }
  return ranks;
}

struct Pairs {
  std::vector<double> x, y;
};

Pairs pairs_of(const std::vector<std::optional<double>>& values,
               const std::vector<double>& target) {
  Pairs pairs;
  for (std::size_t i = 0; i < std::min(values.size(), target.size()); ++i)
    if (values[i] && std::isfinite(*values[i]) && std::isfinite(target[i])) {
      pairs.x.push_back(*values[i]);
      pairs.y.push_back(target[i]);
    }
  return pairs;
}

}  // namespace

std::optional<double> pearson(const std::vector<std::optional<double>>& values,
                              const std::vector<double>& target) {
  const Pairs pairs = pairs_of(values, target);
  return correlation(pairs.x, pairs.y);
}

std::optional<double> spearman(const std::vector<std::optional<double>>& values,
                               const std::vector<double>& target) {
  const Pairs pairs = pairs_of(values, target);
  return correlation(ranks_of(pairs.x), ranks_of(pairs.y));
}

}  // namespace podium::comparison
