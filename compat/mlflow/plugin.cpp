// The plugin "mlflow": what an MLflow tracking client speaks to.
#include "podium/plugin.hpp"

#include <memory>

#include "routes.hpp"

namespace {

class MlflowPlugin final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override {
    context.add(std::make_unique<podium::mlflow::MlflowRoutes>(context));
  }
  std::string config_schema() const override {
    return R"json({
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "local_artifact_roots": {"type": "array", "items": {"type": "string", "pattern": "^(/|file:/)"}}
      }
    })json";
  }
};

}  // namespace

PODIUM_PLUGIN(MlflowPlugin, .id = "mlflow", .version = "0.1.0",
              .summary = "MLflow tracking API: runs, metrics, artifacts, logged models")
