#pragma once
// The plugin's one extension: all endpoints of MLflow's tracking server, with MLflow's error
// format.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api.hpp"
#include "podium/http/routes.hpp"

namespace podium::mlflow {

class MlflowRoutes final : public Routes {
 public:
  /// `context` outlives the extension.
  explicit MlflowRoutes(PluginContext& context) : Routes("mlflow"), context_(context) {}
  std::vector<std::string> prefixes() const override;
  std::vector<Route> routes() override;
  std::optional<Response> error(const Error&, int status, const Request* request) const override;

 private:
  PluginContext& context_;
  std::unique_ptr<Api> api_;
};

}  // namespace podium::mlflow
