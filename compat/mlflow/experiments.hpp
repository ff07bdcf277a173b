#pragma once
// Endpoints of experiments, which are podium's projects.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_experiment_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
