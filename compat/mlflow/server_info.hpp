#pragma once
// Endpoints about the server itself.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

/// The version of MLflow whose wire format this plugin speaks.
inline constexpr std::string_view mlflow_version = "3.17.2";

void add_server_info_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
