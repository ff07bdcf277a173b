#pragma once
// What scatter plots and parallel axes do with a dimension.
#include <string>
#include <vector>

#include "names.hpp"
#include "podium/chart_kit/charts.hpp"
#include "rows.hpp"

namespace podium::chart_kit {

/// The different values as they are drawn, in the order of an axis.
std::vector<std::string> texts_of(const Dimension&);

/// Which group a subject is in, by a dimension: "none" without a value.
inline std::string group_of(const Dimension& dimension, std::size_t i) {
  return shortened(shown(i < dimension.values.size() ? dimension.values[i] : Value()));
}
/// The groups that there are, "none" last.
std::vector<std::string> groups_of(const Dimension&, std::size_t subjects);

inline CellType type_of(const Dimension& dimension) {
  return dimension.numeric() ? CellType::real : CellType::any;
}
inline Value cell_of(const Dimension& dimension, std::size_t i) {
  if (i >= dimension.values.size()) return {};
  if (dimension.numeric() && dimension.numbers[i]) return *dimension.numbers[i];
  return dimension.values[i];
}

}  // namespace podium::chart_kit
