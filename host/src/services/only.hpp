#pragma once
// One row, for the calls that take several.
#include <span>

#include "podium/store/filter.hpp"

namespace podium::host {

inline std::span<const Ordinal> only(const Ordinal& o) { return {&o, 1}; }

}  // namespace podium::host
