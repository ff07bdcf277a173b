#include "podium/chart_kit/smoothing.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace podium::chart_kit {
namespace {

/// A mean over a window of so few points is the points.
constexpr std::size_t too_few = 5;

void ema(double weight, std::vector<double>& y) {
  double last = 0, power = 1;  // power is weight to the number of values so far
  for (double& value : y) {
    if (!std::isfinite(value)) continue;
    last = last * weight + (1 - weight) * value;
    power *= weight;
    value = last / (1 - power);
  }
}

/// With the mean distance for every distance this is `ema`: sum and weight are its numerator and
/// denominator, both divided by (1 - weight).
void time_ema(double weight, std::span<const double> x, std::vector<double>& y) {
  std::size_t first = y.size(), last = 0, n = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(y[i])) continue;
    first = std::min(first, i);
    last = i;
    ++n;
  }
  if (n < 2) return;
  const double mean = (x[last] - x[first]) / static_cast<double>(n - 1);
  double sum = 0, total = 0, before = x[first];
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(y[i])) continue;
    const double keep = mean > 0 ? std::pow(weight, (x[i] - before) / mean) : weight;
    sum = sum * keep + y[i];
    total = total * keep + 1;
    before = x[i];
    y[i] = sum / total;
  }
}

void running(std::size_t window, std::vector<double>& y) {
  if (y.size() <= too_few) return;
  const std::vector<double> raw = y;
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(raw[i])) continue;
    // Summed anew for each: a sum that is carried along keeps the error of what it has left behind.
    double sum = 0;
    std::size_t n = 0;
    for (std::size_t k = i + 1 >= window ? i + 1 - window : 0; k <= i; ++k)
      if (std::isfinite(raw[k])) sum += raw[k], ++n;
    y[i] = sum / static_cast<double>(n);
  }
}

void gaussian(std::size_t kernel, double sigma, std::vector<double>& y) {
  if (y.size() <= too_few) return;
  const auto half = static_cast<std::ptrdiff_t>(kernel / 2);
  const auto size = static_cast<std::ptrdiff_t>(y.size());
  std::vector<double> weights;
  for (std::ptrdiff_t k = -half; k <= half; ++k) {
    const double d = static_cast<double>(k) / sigma;
    weights.push_back(std::exp(-d * d / 2));
  }
  const std::vector<double> raw = y;
  for (std::ptrdiff_t i = 0; i < size; ++i) {
    if (!std::isfinite(raw[static_cast<std::size_t>(i)])) continue;
    double sum = 0, total = 0;
    for (std::ptrdiff_t k = -half; k <= half; ++k) {
      const auto at = std::clamp<std::ptrdiff_t>(i + k, 0, size - 1);
      const double value = raw[static_cast<std::size_t>(at)];
      if (!std::isfinite(value)) continue;
      const double weight = weights[static_cast<std::size_t>(k + half)];
      sum += weight * value;
      total += weight;
    }
    y[static_cast<std::size_t>(i)] = sum / total;
  }
}

}  // namespace

void smooth(const Smoothing& how, std::span<const double> x, std::vector<double>& y) {
  switch (how.kind) {
    case Smoothing::Kind::none:
      return;
    case Smoothing::Kind::ema:
      return ema(how.weight, y);
    case Smoothing::Kind::time_ema:
      return time_ema(how.weight, x, y);
    case Smoothing::Kind::running:
      return running(static_cast<std::size_t>(how.window), y);
    case Smoothing::Kind::gaussian:
      return gaussian(static_cast<std::size_t>(how.kernel), how.sigma, y);
  }
}

}  // namespace podium::chart_kit
