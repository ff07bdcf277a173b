#pragma once
// A server with the routes of one test.
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "client.hpp"
#include "http/server.hpp"

namespace podium::test {

/// Something that happens once, awaited by others.
class Event {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::minutes(1), [&] { return set_; }))
      throw std::runtime_error("an awaited event did not happen within a minute");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// A group whose routes are given one by one. Its errors are texts: "status code sentence".
class TestRoutes final : public Routes {
 public:
  explicit TestRoutes(std::string id, std::string prefix = "/t", bool own_errors = false)
      : Routes(std::move(id)), prefix_(std::move(prefix)), own_errors_(own_errors) {}
  std::vector<std::string> prefixes() const override { return {prefix_}; }
  std::vector<Route> routes() override { return std::move(routes_); }
  std::optional<Response> error(const Error& error, int status,
                                const Request* request) const override {
    if (!own_errors_) return std::nullopt;
    Response response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = "own " + std::to_string(status) + " " + std::string(name(error.code())) + " " +
                    (request ? std::string(request->path()) : "-") + " " + error.what();
    return response;
  }

  Route& add(std::string method, std::string path, decltype(Route::handler) handler,
             std::string permission = "public") {
    Route route;
    route.method = std::move(method);
    route.path = prefix_ + std::move(path);
    route.permission = std::move(permission);
    route.handler = std::move(handler);
    return routes_.emplace_back(std::move(route));
  }
  Route& inline_text(std::string path, std::string text) {
    return add("GET", std::move(path),
               InlineHandler([text](std::unique_ptr<Request>, Reply reply) { reply(make(text)); }));
  }
  static Response make(std::string body, int status = 200) {
    Response response;
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }

 private:
  std::string prefix_;
  bool own_errors_;
  std::vector<Route> routes_;
};

struct TestServer {
  explicit TestServer(std::string id = "acme.test", host::ServerOptions given = {},
                      bool own_errors = false)
      : options(std::move(given)), routes("t", "/t", own_errors) {
    owner.id = std::move(id);
    if (options.pool_threads == 0) options.pool_threads = 8;
    if (options.io_threads == 0) options.io_threads = 2;
  }
  ~TestServer() {
    if (server) server->stop(std::chrono::seconds(30));
  }
  host::Server& start() {
    server = std::make_unique<host::Server>(options);
    server->add(routes, owner);
    server->start();
    return *server;
  }
  std::uint16_t port() const { return server->port(); }
  Client client() const { return Client(server->port()); }

  host::ServerOptions options;
  host::PluginOwner owner;
  TestRoutes routes;
  std::unique_ptr<host::Server> server;
};

/// Waits until `condition` holds, which another thread brings about; for what has no event to
/// await.
template <class F>
void eventually(F&& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("it did not come about");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace podium::test
