#pragma once
// A parameter grid: every combination of the values of some parameters.
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace podium {

/// Axes in the order given; the last one changes fastest. No axis is one point without parameters;
/// an axis without values makes the grid empty.
struct ParameterGrid {
  struct Axis {
    std::string key;
    std::vector<std::string> values;
  };
  std::vector<Axis> axes;

  /// How many points it has; the greatest uint64 when there are more.
  std::uint64_t size() const noexcept {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t n = 1;
    bool over = false;
    for (const Axis& axis : axes) {
      if (axis.values.empty()) return 0;
      over = over || n > most / axis.values.size();
      if (!over) n *= axis.values.size();
    }
    return over ? most : n;
  }
  /// The i-th point, i < size(): a value for each axis.
  std::vector<std::pair<std::string, std::string>> point(std::uint64_t i) const {
    std::vector<std::pair<std::string, std::string>> out(axes.size());
    for (std::size_t a = axes.size(); a-- > 0;) {
      const auto& values = axes[a].values;
      out[a] = {axes[a].key, values[i % values.size()]};
      i /= values.size();
    }
    return out;
  }
};

}  // namespace podium
