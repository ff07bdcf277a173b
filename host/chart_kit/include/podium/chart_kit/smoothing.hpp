#pragma once
// Smoothing of a curve. docs/comparison.md tells what each kind does.
#include <cstdint>
#include <span>
#include <vector>

namespace podium::chart_kit {

/// How a curve is smoothed, before it is down-sampled.
struct Smoothing {
  enum class Kind : std::uint8_t { none = 1, ema, time_ema, running, gaussian };
  Kind kind = Kind::none;
  double weight = 0.6;       ///< of both EMA: 0 to 0.999
  std::int64_t window = 10;  ///< points of the running mean: 1 to 100
  std::int64_t kernel = 7;   ///< points of the Gaussian, odd: 1 to 101
  double sigma = 2;          ///< of the Gaussian, in points
};

/// Smooths the values of a curve whose x ascend. Values that are not finite stay where they are and
/// count nowhere else.
void smooth(const Smoothing&, std::span<const double> x, std::vector<double>& y);

}  // namespace podium::chart_kit
