#pragma once
// Filling a group's table of routes.
#include <string>
#include <utility>
#include <vector>

#include "podium/http/routes.hpp"

namespace podium::host {

/// Collects routes; `request` "" means no body.
class RouteTable {
 public:
  RouteTable& add(const char* method, const char* path, const char* permission, const char* summary,
                  Handler handler, std::string request, std::string answer) {
    Route route;
    route.method = method;
    route.path = path;
    route.permission = permission;
    route.handler = std::move(handler);
    route.body = request.empty() ? BodyKind::none : BodyKind::text;
    route.summary = summary;
    route.request_schema = std::move(request);
    route.answer_schema = std::move(answer);
    routes_.push_back(std::move(route));
    return *this;
  }
  RouteTable& add(const char* method, const char* path, const char* permission, const char* summary,
                  InlineHandler handler, std::string request, std::string answer) {
    add(method, path, permission, summary, Handler(), std::move(request), std::move(answer));
    routes_.back().handler = std::move(handler);
    return *this;
  }
  std::vector<Route> take() { return std::move(routes_); }

 private:
  std::vector<Route> routes_;
};

}  // namespace podium::host
