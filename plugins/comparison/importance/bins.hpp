#pragma once
// Columns as small whole numbers, which is all that a tree looks at.
#include <cstdint>
#include <vector>

#include "forest.hpp"

namespace podium::comparison {

/// Rows of bins, one a feature. Bins of a number are in its order; of texts they are categories in
/// no order. With more than 255 different values, numbers share bins of like counts, and the
/// rarest texts one.
struct Bins {
  static constexpr std::uint16_t most = 255;
  static constexpr std::uint16_t missing = most;  ///< the bin behind all others
  std::size_t rows = 0, features = 0;
  std::vector<std::uint16_t> of;  ///< row after row
  std::vector<bool> categorical;  ///< by feature

  std::uint16_t at(std::size_t row, std::size_t feature) const {
    return of[row * features + feature];
  }
};

Bins bins_of(const std::vector<Feature>&, std::size_t rows);

}  // namespace podium::comparison
