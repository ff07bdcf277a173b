#pragma once
// JSON Schemas of the routes of charts, importance and plots.
#include <string>

namespace podium::comparison::schemas {

std::string chart_request();
std::string chart();
std::string chart_rows();
std::string importance_request();
std::string importance();
std::string plots_request();
std::string plots();

}  // namespace podium::comparison::schemas
