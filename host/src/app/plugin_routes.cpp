#include "app/plugin_routes.hpp"

#include "plugin/plugins_command.hpp"
#include "services/api/route_table.hpp"

namespace podium::host {
namespace {

constexpr const char* plugins_schema = R"({
  "type": "object", "required": ["plugins", "problems"], "properties": {
    "plugins": {"type": "array", "items": {"type": "object",
      "required": ["id", "state", "reason", "file"], "properties": {
        "id": {"type": "string"}, "version": {"type": "string"}, "summary": {"type": "string"},
        "state": {"enum": ["disabled", "incompatible", "failed", "active"]},
        "reason": {"type": "string"}, "file": {"type": "string"}}}},
    "problems": {"type": "array", "items": {"type": "string"}}}})";

class PluginRoutes final : public Routes {
 public:
  explicit PluginRoutes(const PluginManager& plugins)
      : Routes("podium.plugins"), plugins_(plugins) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/plugins"}; }
  std::vector<Route> routes() override {
    RouteTable table;
    table.add(
        "GET", "/api/v1/plugins", "public",
        "The plugins that were found, each with its state and the reason for it",
        [this](Request&) {
          Response response;
          response.body = plugins_json(plugins_);
          return response;
        },
        "", plugins_schema);
    return table.take();
  }

 private:
  const PluginManager& plugins_;
};

}  // namespace

std::unique_ptr<Routes> make_plugin_routes(const PluginManager& plugins) {
  return std::make_unique<PluginRoutes>(plugins);
}

}  // namespace podium::host
