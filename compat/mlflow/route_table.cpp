#include "route_table.hpp"

#include <fmt/format.h>

#include "api.hpp"

namespace podium::mlflow {
namespace {

constexpr std::size_t body_limit = std::size_t{64} << 20;
constexpr std::string_view roots[] = {"/api", "/ajax-api"};

Handler guarded(Handler handler) {
  return [handler = std::move(handler)](Request& request) {
    return translating([&] { return handler(request); });
  };
}

InlineHandler guarded(FastHandler handler) {
  return [handler = std::move(handler)](std::unique_ptr<Request> request, Reply reply) {
    try {
      handler(*request, reply);
    } catch (const Error& e) {
      reply.fail(translated(e));
    }
  };
}

}  // namespace

void RouteTable::add(std::string_view method, std::string path, std::string_view permission,
                     std::variant<std::monostate, Handler, InlineHandler> handler, BodyKind body,
                     std::chrono::milliseconds limit) {
  Route route;
  route.method = method;
  route.path = std::move(path);
  route.permission = permission;
  route.handler = std::move(handler);
  route.body = body;
  if (body == BodyKind::text) route.body_limit = body_limit;  // an upload may have any size
  route.time_limit = limit;
  routes_.push_back(std::move(route));
}

void RouteTable::rpc(std::string_view method, int version, std::string_view path,
                     std::string_view permission, Handler handler) {
  const Handler safe = guarded(std::move(handler));
  for (const std::string_view root : roots)
    add(method, fmt::format("{}/{}.0/mlflow{}", root, version, path), permission, safe,
        BodyKind::text, {});
}

void RouteTable::rpc_long(std::string_view method, int version, std::string_view path,
                          std::string_view permission, Handler handler) {
  const Handler safe = guarded(std::move(handler));
  for (const std::string_view root : roots)
    add(method, fmt::format("{}/{}.0/mlflow{}", root, version, path), permission, safe,
        BodyKind::text, std::chrono::minutes(10));
}

void RouteTable::rpc_inline(std::string_view method, int version, std::string_view path,
                            std::string_view permission, FastHandler handler) {
  const InlineHandler safe = guarded(std::move(handler));
  for (const std::string_view root : roots)
    add(method, fmt::format("{}/{}.0/mlflow{}", root, version, path), permission, safe,
        BodyKind::text, {});
}

void RouteTable::at(std::string_view method, std::string path, std::string_view permission,
                    Handler handler, BodyKind body) {
  add(method, std::move(path), permission, guarded(std::move(handler)), body, {});
}

}  // namespace podium::mlflow
