#pragma once
// What a chart shows, ready to be drawn: read from an answer, smoothed and gathered into bands.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podium::front {

struct ChartCurve {
  std::string id, label;  ///< of the task, or of the group, which has no id; other people's text
  std::string metric;     ///< with its scope
  std::string colour;     ///< "#1f6fb4", of a task the same everywhere
  bool dashed = false;    ///< a curve before has nearly the same colour
  std::vector<std::pair<double, double>> raw;    ///< in the order of x; y is NaN where is a gap
  std::vector<std::pair<double, double>> shown;  ///< smoothed, or the mean of a band, or as raw
  struct Span {
    double x, low, high;
  };
  std::vector<Span> band;  ///< least and greatest of those that were gathered

  std::string name() const { return label.empty() ? metric : label + " " + metric; }
};

struct ChartBar {
  std::string name, colour;
  std::vector<double> values;  ///< one a measure; NaN is missing
};

/// Curves, or bars; a table that is neither has none.
struct ChartData {
  bool by_time = false, log = false;
  double smooth = 0;
  std::string x_name, y_name;
  std::vector<ChartCurve> curves;
  std::vector<std::string> measures;
  std::vector<ChartBar> bars;
};

/// Of an answer of the kind `chart`, or of a table that is to be drawn as bars.
ChartData chart_data(const nlohmann::ordered_json& answer);

/// A cell as a number: a parameter is a text, and may spell one. `type` is that of the column.
std::optional<double> drawn_number(const nlohmann::ordered_json& value, std::string_view type);

}  // namespace podium::front
