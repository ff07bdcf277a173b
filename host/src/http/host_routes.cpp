#include "http/host_routes.hpp"

namespace podium::host {

std::vector<Route> HostRoutes::routes() {
  std::vector<Route> routes;
  Route health;
  health.method = "GET";
  health.path = "/healthz";
  health.permission = "public";
  health.body = BodyKind::none;
  health.handler = InlineHandler([](std::unique_ptr<Request>, Reply reply) {
    Response response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = "ok\n";
    reply(std::move(response));
  });
  routes.push_back(std::move(health));
  Route metrics;
  metrics.method = "GET";
  metrics.path = "/metrics";
  metrics.permission = "host.read";
  metrics.body = BodyKind::none;
  metrics.handler = Handler([this](Request& request) {
    request.who().mark_checked();  // the permission is all there is to ask
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics_.render();
    return response;
  });
  routes.push_back(std::move(metrics));
  return routes;
}

}  // namespace podium::host
