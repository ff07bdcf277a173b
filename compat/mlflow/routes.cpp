#include "routes.hpp"

#include "artifacts.hpp"
#include "experiments.hpp"
#include "inputs.hpp"
#include "logged_models.hpp"
#include "metrics.hpp"
#include "route_table.hpp"
#include "runs.hpp"
#include "search_runs.hpp"
#include "server_info.hpp"

namespace podium::mlflow {

std::vector<std::string> MlflowRoutes::prefixes() const {
  return {"/api/2.0/",     "/api/3.0/mlflow", "/ajax-api/2.0/", "/ajax-api/3.0/mlflow",
          "/get-artifact", "/health",         "/version"};
}

std::vector<Route> MlflowRoutes::routes() {
  if (!api_) api_ = std::make_unique<Api>(context_);
  RouteTable table;
  add_experiment_routes(*api_, table);
  add_run_routes(*api_, table);
  add_logging_routes(*api_, table);
  add_search_routes(*api_, table);
  add_metric_routes(*api_, table);
  add_input_routes(*api_, table);
  add_artifact_routes(*api_, table);
  add_artifact_proxy_routes(*api_, table);
  add_logged_model_routes(*api_, table);
  add_logged_model_search_routes(*api_, table);
  add_server_info_routes(*api_, table);
  return table.take();
}

std::optional<Response> MlflowRoutes::error(const Error& e, int status, const Request*) const {
  return answer(e, status);
}

}  // namespace podium::mlflow
