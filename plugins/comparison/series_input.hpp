#pragma once
// What a body asks of curves.
#include <string>

#include "series.hpp"

namespace podium {
class Members;
}
#include "podium/json.hpp"

namespace podium::comparison {

/// "loss" is the key in every scope, {"key", "scope"} exactly that.
MetricName read_metric(const Json&, const std::string& path);
/// The member `metrics`.
std::vector<MetricName> read_metrics(Members& body);
/// All members but those of the selection. Throws `invalid` that names the member.
SeriesQuestion read_series_question(Members& body);

/// Members of a JSON Schema's "properties".
std::string metrics_schema();
std::string series_schema();

}  // namespace podium::comparison
