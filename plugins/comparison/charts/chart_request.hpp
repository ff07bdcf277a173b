#pragma once
// What bodies ask of charts and of importance.
#include <cstdint>
#include <string>

#include "charts/charts.hpp"
#include "importance/explain.hpp"

namespace podium {
class Members;
}

namespace podium::comparison {

struct ChartRequest {
  Selection selection;
  ChartQuestion chart;
  bool by_url = false;
  bool table = true;
};
ChartRequest read_chart(Members& body);
/// Members of a JSON Schema's "properties".
std::string chart_schema();

struct ImportanceRequest {
  Selection selection;
  ImportanceQuestion importance;
  chart_kit::Frame frame;
  bool table = true;
};
ImportanceRequest read_importance(Members& body);
std::string importance_schema();

}  // namespace podium::comparison
