#pragma once
// The seam between the comparison's own routes and verb and the charts: what `charts/` gives.
#include <string>
#include <vector>

#include "podium/command/answer.hpp"
#include "podium/http/routes.hpp"
#include "selection.hpp"

namespace podium::comparison {

/// Routes below /api/v1/comparisons/charts and the like; the plugin's one group registers them.
std::vector<Route> chart_routes(PluginContext&);

/// What `compare ... chart KIND` asks.
struct ChartQuestion {
  std::string kind;                ///< one of `chart_kinds()`
  std::vector<std::string> names;  ///< of the query language; none: the chart chooses
  std::string group;               ///< a name, or ""
  bool log = false;
};
/// "parallel", "scatter", ...
const std::vector<std::string>& chart_kinds();
/// Throws `invalid` with the member (`kind`, `names`, `group`) that is wrong.
AnswerFigure draw_chart(PluginContext&, const Reader&, const Principal&, const Selected&,
                        const ChartQuestion&);

}  // namespace podium::comparison
