#pragma once
// The search for runs.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_search_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
