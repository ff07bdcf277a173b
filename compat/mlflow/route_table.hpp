#pragma once
// The list of endpoints, from which the routes are registered and the README's table is made.
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/routes.hpp"

namespace podium::mlflow {

/// Runs on the io thread. Reads the request before it returns; moves `reply` away to answer later.
/// What it throws before that is answered.
using FastHandler = std::function<void(Request&, Reply& reply)>;

/// Collects routes. Handlers are wrapped so that whatever they throw carries MLflow's code.
class RouteTable {
 public:
  /// An RPC of MLflow's service: `path` stands under /api/{version}.0/mlflow and
  /// /ajax-api/{version}.0/mlflow.
  void rpc(std::string_view method, int version, std::string_view path, std::string_view permission,
           Handler handler);
  void rpc_inline(std::string_view method, int version, std::string_view path,
                  std::string_view permission, FastHandler handler);
  /// An RPC whose handler runs longer than the server's default allows.
  void rpc_long(std::string_view method, int version, std::string_view path,
                std::string_view permission, Handler handler);
  /// A route at exactly this path.
  void at(std::string_view method, std::string path, std::string_view permission, Handler handler,
          BodyKind body = BodyKind::text);

  const std::vector<Route>& routes() const { return routes_; }
  std::vector<Route> take() { return std::move(routes_); }

 private:
  void add(std::string_view method, std::string path, std::string_view permission,
           std::variant<std::monostate, Handler, InlineHandler> handler, BodyKind body,
           std::chrono::milliseconds limit);

  std::vector<Route> routes_;
};

}  // namespace podium::mlflow
