#pragma once
// What a chart shows, ready to be drawn: read from an answer, smoothed and gathered into bands.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podium::front {

struct ChartCurve {
  std::string name;                              ///< for the legend; other people's text
  std::string colour;                            ///< "#1f6fb4", of a task the same everywhere
  bool dashed = false;                           ///< a curve before has the same colour
  std::vector<std::pair<double, double>> raw;    ///< finite points in the order of x
  std::vector<std::pair<double, double>> shown;  ///< smoothed, or the mean of a band, or as raw
  struct Span {
    double x, low, high;
  };
  std::vector<Span> band;  ///< least and greatest of those that were gathered
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

/// The colour of a task or a group, by its id.
std::string colour_of(std::string_view id);

/// Exponential smoothing that begins without a bias; 0 keeps, nearly 1 flattens.
std::vector<std::pair<double, double>> smoothed(const std::vector<std::pair<double, double>>&,
                                                double by);

}  // namespace podium::front
