#pragma once
// Endpoints of artifacts: of runs, of logged models, and the proxy to the BlobStore.
#include "api.hpp"
#include "route_table.hpp"

namespace podium::mlflow {

void add_artifact_routes(const Api&, RouteTable&);
void add_artifact_proxy_routes(const Api&, RouteTable&);

}  // namespace podium::mlflow
