#pragma once
// Endpoints of runs: their life, what they log, and single runs read.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_run_routes(const Api&, RouteTable&);
void add_logging_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
