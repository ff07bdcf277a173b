#pragma once
// Endpoints that read the histories of metrics.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_metric_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
