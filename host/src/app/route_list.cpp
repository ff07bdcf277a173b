#include "app/route_list.hpp"

#include "http/router.hpp"
#include "podium/http/json_writer.hpp"
#include "services/api/route_table.hpp"

namespace podium::host {
namespace {

constexpr const char* routes_schema = R"({
  "type": "object", "required": ["routes"], "properties": {
    "routes": {"type": "array", "items": {"type": "object",
      "required": ["method", "path", "permission", "plugin"], "properties": {
        "method": {"type": "string"}, "path": {"type": "string"},
        "permission": {"type": "string"}, "plugin": {"type": "string"},
        "summary": {"type": "string"}}}}}})";

class RouteList final : public Routes {
 public:
  explicit RouteList(std::function<std::shared_ptr<const Router>()> table)
      : Routes("podium.routes"), table_(std::move(table)) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/routes"}; }
  std::vector<Route> routes() override {
    RouteTable table;
    table.add(
        "GET", "/api/v1/routes", "public",
        "Every route that is answered, with the plugin that does (\"\" is the host)",
        [this](Request&) {
          Response response;
          JsonWriter w(response.body);
          w.object().key("routes").array();
          for (const auto& entry : table_()->entries())
            w.object()
                .key("method")
                .value(entry->route.method)
                .key("path")
                .value(entry->route.path)
                .key("permission")
                .value(entry->route.permission)
                .key("plugin")
                .value(entry->group->owner->id)
                .key("summary")
                .value(entry->route.summary)
                .end_object();
          w.end_array().end_object();
          return response;
        },
        "", routes_schema);
    return table.take();
  }

 private:
  std::function<std::shared_ptr<const Router>()> table_;
};

}  // namespace

std::unique_ptr<Routes> make_route_list(std::function<std::shared_ptr<const Router>()> table) {
  return std::make_unique<RouteList>(std::move(table));
}

}  // namespace podium::host
