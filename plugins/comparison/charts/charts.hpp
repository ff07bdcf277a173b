#pragma once
// The seam between the comparison's own routes and verb and the charts: what `charts/` gives.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "podium/chart_kit/charts.hpp"
#include "podium/command/answer.hpp"
#include "podium/http/routes.hpp"
#include "selection.hpp"
#include "series.hpp"

namespace podium {
class Cancel;
}

namespace podium::comparison {

/// Routes below /api/v1/comparisons/charts, /importance and /plots; the plugin's one group
/// registers them.
std::vector<Route> chart_routes(PluginContext&);

/// What `compare ... chart KIND` asks, and POST /api/v1/comparisons/charts.
struct ChartQuestion {
  std::string kind;  ///< one of `chart_kinds()`
  /// Of the query language. curves and summary: metrics, none: all; scatter: right and up; box:
  /// one; parallel: the axes, none: parameters that differ, and metrics; importance: the target,
  /// then the parameters, none: all that differ.
  std::vector<std::string> names = {};
  std::string group = {};  ///< a name, or "": of box one box a value, of curves one curve
  bool log = false;        ///< every axis of numbers
  std::string color = {};  ///< of scatter and parallel: a name, or "": the tasks' own
  std::vector<std::string> log_axes = {};  ///< "x", "y"; of parallel names
  std::string statistic = "last";          ///< of summary: one of `value_statistics`
  /// Of parallel: where axes are brushed at first, by name.
  std::vector<std::pair<std::string, std::pair<double, double>>> brushes = {};
  chart_kit::Frame frame = {};
  std::optional<SeriesQuestion> series = {};  ///< of curves, instead of `names` and `group`
};
/// "parallel", "scatter", ...
const std::vector<std::string>& chart_kinds();
/// At most so many tasks: those with a curve each are fewer.
std::size_t most_in_chart(const std::string& kind);
/// Throws `invalid` with the member (`kind`, `names`, `group`) that is wrong.
AnswerFigure draw_chart(PluginContext&, const Reader&, const Principal&, const Selected&,
                        const ChartQuestion&);
/// The same with its rows apart, when `frame.data_url` is given.
chart_kit::Chart draw_chart(PluginContext&, const Reader&, const Principal&, const Selected&,
                            const ChartQuestion&, const Cancel&);

}  // namespace podium::comparison
