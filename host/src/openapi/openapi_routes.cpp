#include <mutex>

#include "openapi/openapi.hpp"

namespace podium::host {
namespace {

class OpenApiRoutes final : public Routes {
 public:
  OpenApiRoutes(std::function<std::shared_ptr<const Router>()> router, std::string version)
      : Routes("podium.openapi"), router_(std::move(router)), version_(std::move(version)) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/openapi.json"}; }
  std::vector<Route> routes() override {
    Route route;
    route.method = "GET";
    route.path = "/api/v1/openapi.json";
    route.permission = "public";
    route.summary = "This document";
    route.answer_schema = R"({"type":"object","required":["openapi","info","paths"]})";
    route.body = BodyKind::none;
    route.handler = Handler([this](Request&) {
      Response response;
      response.body = document();
      return response;
    });
    std::vector<Route> table;
    table.push_back(std::move(route));
    return table;
  }

 private:
  std::string document() {
    const auto router = router_();
    const std::lock_guard lock(mutex_);
    if (router != made_of_) {  // routes may be added while the server runs
      document_ = openapi_document(*router, version_);
      made_of_ = router;
    }
    return document_;
  }

  const std::function<std::shared_ptr<const Router>()> router_;
  const std::string version_;
  std::mutex mutex_;
  std::shared_ptr<const Router> made_of_;
  std::string document_;
};

}  // namespace

std::unique_ptr<Routes> make_openapi_routes(std::function<std::shared_ptr<const Router>()> router,
                                            std::string version) {
  return std::make_unique<OpenApiRoutes>(std::move(router), std::move(version));
}

}  // namespace podium::host
