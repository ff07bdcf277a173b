#pragma once
// Endpoints of what runs read and made: data sets and models.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_input_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
