#pragma once
// Smoothing of a curve. docs/comparison.md tells what each kind does.
#include <span>
#include <vector>

#include "series.hpp"

namespace podium::comparison {

/// Smooths the values of a curve whose x ascend. Values that are not finite stay where they are and
/// count nowhere else.
void smooth(const Smoothing&, std::span<const double> x, std::vector<double>& y);

}  // namespace podium::comparison
