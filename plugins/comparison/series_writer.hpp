#pragma once
// A SeriesAnswer on the wire: JSON, or the compact binary form (docs/comparison.md).
#include <string>

#include "series.hpp"

namespace podium::comparison {

inline constexpr const char* binary_type = "application/x-podium-series";

std::string series_json(const SeriesAnswer&, const SeriesQuestion&);
std::string series_binary(const SeriesAnswer&, const SeriesQuestion&);

}  // namespace podium::comparison
