// The plugin "dashboard": podium's pages, and the element <podium-grid> for the pages and notebooks
// of others.
#include "podium/plugin.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "pages.hpp"

namespace {

class DashboardPlugin final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override {
    context.add(
        std::make_unique<podium_dashboard::Pages>(context.config().value("folder", std::string())));
  }
  std::string config_schema() const override {
    return R"json({
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "folder": {"type": "string", "description": "serve these files instead of those built in"}
      }
    })json";
  }
};

}  // namespace

PODIUM_PLUGIN(DashboardPlugin, .id = "dashboard", .version = "0.1.0",
              .summary = "podium's pages and the task table for notebooks")
