#include "http/server.hpp"

#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <csignal>
#include <cstdio>
#include <limits>

#include "http/connection.hpp"
#include "http/connection_admit.hpp"
#include "http/connection_channel.hpp"
#include "http/connection_read.hpp"
#include "http/connection_write.hpp"
#include "http/host_routes.hpp"
#include "podium/store/store.hpp"

namespace podium::host {

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Guard = asio::executor_work_guard<Executor>;

/// How often deadlines are looked at: often enough that each is met within an eighth of its length.
std::chrono::milliseconds tick_of(const ServerLimits& limits) {
  const auto least = std::min({limits.header_deadline, limits.body_window, limits.idle,
                               limits.write_stall, limits.time_limit});
  return std::clamp(least / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions options) : core(std::move(options)), host_routes(registry) {
    auto count = core.options.io_threads;
    if (count == 0) count = std::thread::hardware_concurrency() >= 4 ? 2 : 1;
    for (std::size_t i = 0; i < count; ++i) threads.push_back(std::make_unique<IoThread>());
    tick = tick_of(core.options.limits);
    router = std::make_shared<const Router>();
    register_metrics();
  }

  void add(Routes&, PluginOwner&, bool first_party, std::vector<std::string> prefixes,
           std::vector<Route>);
  void publish();
  void listen();
  Task<void> accept();
  void welcome(Socket socket, IoThread& io);
  void tick_soon(IoThread&);
  void on_tick(IoThread&);
  /// Runs `fn` on each io thread and waits until all have.
  template <class F>
  void on_each(F fn);
  bool stop(std::chrono::milliseconds deadline);
  bool wait_for_connections(Clock::time_point until);
  void register_metrics();
  void write_route_metrics(std::string& out) const;

  ServerCore core;
  MetricRegistry registry;
  HostRoutes host_routes;
  mutable std::mutex router_mutex;
  std::shared_ptr<const Router> router;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::vector<Guard> guards;
  std::optional<Acceptor> acceptor;
  std::size_t next_thread = 0;
  std::chrono::milliseconds tick{};
  std::uint16_t port = 0;
  bool started = false, stopped = false;
};

template <class F>
void Server::Impl::on_each(F fn) {
  std::mutex mutex;
  std::condition_variable done;
  std::size_t left = threads.size();
  for (auto& thread : threads)
    thread->mailbox->post([&, io = thread.get()] {
      fn(*io);
      const std::lock_guard lock(mutex);
      --left;
      done.notify_one();
    });
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return left == 0; });
}

void Server::Impl::add(Routes& routes, PluginOwner& owner, bool first_party,
                       std::vector<std::string> prefixes, std::vector<Route> list) {
  auto group = std::make_shared<RouteGroup>();
  group->routes = &routes;
  group->owner = &owner;
  group->first_party = first_party;
  group->prefixes = std::move(prefixes);
  {
    const std::lock_guard lock(router_mutex);
    auto grown = router->clone();
    grown->add(std::move(group), std::move(list));
    router = std::move(grown);
  }
  if (started) publish();
}

void Server::Impl::publish() {
  const std::lock_guard lock(router_mutex);
  on_each([this](IoThread& io) { io.router = router; });
}

void Server::Impl::listen() {
  auto& io = threads.front()->io;
  const auto& options = core.options;
  const std::string where = options.host + ":" + std::to_string(options.port);
  error_code error;
  asio::ip::basic_resolver<asio::ip::tcp, Executor> resolver(io);
  const auto found = resolver.resolve(options.host, std::to_string(options.port),
                                      asio::ip::resolver_base::passive, error);
  if (error || found.empty())
    throw Error(ErrorCode::unavailable, "cannot listen on " + where + ": " + error.message());
  const asio::ip::tcp::endpoint endpoint = *found.begin();
  acceptor.emplace(io);
  const auto check = [&] {
    if (error)
      throw Error(ErrorCode::unavailable, "cannot listen on " + where + ": " + error.message());
  };
  acceptor->open(endpoint.protocol(), error), check();
  acceptor->set_option(asio::socket_base::reuse_address(true), error), check();
  acceptor->bind(endpoint, error), check();
  acceptor->listen(asio::socket_base::max_listen_connections, error), check();
  port = acceptor->local_endpoint().port();
}

Task<void> Server::Impl::accept() {
  for (;;) {
    auto& io = *threads[next_thread++ % threads.size()];
    Socket socket(io.io);
    error_code error;
    co_await acceptor->async_accept(socket, asio::redirect_error(Token{}, error));
    if (!acceptor->is_open()) co_return;
    if (error) {  // no descriptors, most likely: those who wait will be served when some are free
      log(LogLevel::warning, "http", "cannot accept a connection: " + error.message());
      asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> pause(
          threads.front()->io, std::chrono::milliseconds(50));
      co_await pause.async_wait(asio::redirect_error(Token{}, error));
      continue;
    }
    try {
      welcome(std::move(socket), io);
    } catch (
        const std::exception& failure) {  // no memory: this client goes, the next may fare better
      log(LogLevel::warning, "http", std::string("cannot take a connection: ") + failure.what());
    }
  }
}

void Server::Impl::welcome(Socket socket, IoThread& io) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;
  auto ip = endpoint.address();
  if (ip.is_v6() && ip.to_v6().is_v4_mapped())
    ip = asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6());
  const auto address = ip.to_string();
  const bool loopback = ip.is_loopback();
  socket.non_blocking(true, error);
  core.accepted.fetch_add(1, std::memory_order_relaxed);
  if (!core.enter(address, loopback)) {
    core.refused.fetch_add(1, std::memory_order_relaxed);
    static constexpr std::string_view full =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 21\r\n"
        "Retry-After: 1\r\nConnection: close\r\n\r\ntoo many connections\n";
    socket.write_some(asio::buffer(full), error);
    return;
  }
  socket.set_option(asio::ip::tcp::no_delay(true), error);
  auto connection = std::make_shared<Connection>(core, io, std::move(socket), address, loopback);
  io.mailbox->post([this, &io, connection = std::move(connection)]() mutable {
    asio::co_spawn(io.io, Connection::run(std::move(connection)), [](std::exception_ptr) {});
    tick_soon(io);
  });
}

void Server::Impl::tick_soon(IoThread& io) {
  if (std::exchange(io.ticking, true)) return;
  io.ticker.expires_after(tick);
  io.ticker.async_wait([this, &io](const error_code& error) {
    io.ticking = false;
    if (!error) on_tick(io);
  });
}

void Server::Impl::on_tick(IoThread& io) {
  const auto now = Clock::now();
  std::vector<std::shared_ptr<Connection>> expired;
  for (auto* connection : io.connections)
    if (connection->expired(now)) expired.push_back(connection->shared_from_this());
  for (const auto& connection : expired) connection->on_deadline(now);
  if (!io.connections.empty()) tick_soon(io);
}

bool Server::Impl::wait_for_connections(Clock::time_point until) {
  std::unique_lock lock(core.mutex);
  return core.left.wait_until(lock, until, [&] { return core.open == 0; });
}

bool Server::Impl::stop(std::chrono::milliseconds deadline) {
  if (!started) return true;
  const auto until = Clock::now() + deadline;
  const auto each_connection = [](IoThread& io, void (Connection::*call)()) {
    std::vector<std::shared_ptr<Connection>> all;
    for (auto* connection : io.connections) all.push_back(connection->shared_from_this());
    for (const auto& connection : all) (connection.get()->*call)();
  };
  core.draining = true;
  on_each([&](IoThread& io) {
    if (&io != threads.front().get()) return;
    error_code ignored;
    acceptor->close(ignored);
  });
  on_each([&](IoThread& io) { each_connection(io, &Connection::on_drain); });
  const bool clean = wait_for_connections(until);
  if (!clean) on_each([&](IoThread& io) { each_connection(io, &Connection::close_now); });
  core.pool.stop();
  // Nothing is left that a connection could wait for but its turn.
  while (!wait_for_connections(Clock::now() + std::chrono::milliseconds(100)))
    on_each([&](IoThread& io) { each_connection(io, &Connection::close_now); });
  on_each([&](IoThread& io) { io.ticker.cancel(); });
  guards.clear();
  for (auto& thread : threads) {
    thread->thread.join();
    thread->mailbox->close();
  }
  started = false;
  stopped = true;
  return clean;
}

void Server::Impl::register_metrics() {
  using Kind = MetricRegistry::Kind;
  const auto number = [](const auto& atomic) {
    return [&atomic] { return static_cast<double>(atomic.load(std::memory_order_relaxed)); };
  };
  registry.value(Kind::gauge, "podium_http_requests_in_flight", "Requests being served.",
                 number(core.in_flight));
  registry.value(Kind::counter, "podium_http_received_bytes_total", "Bytes of requests.",
                 number(core.bytes_in));
  registry.value(Kind::counter, "podium_http_sent_bytes_total", "Bytes of answers.",
                 number(core.bytes_out));
  registry.value(Kind::counter, "podium_http_connections_total", "Connections accepted.",
                 number(core.accepted));
  registry.value(Kind::counter, "podium_http_connections_refused_total",
                 "Connections refused because there were too many.", number(core.refused));
  registry.value(Kind::gauge, "podium_http_connections", "Open connections.", [this] {
    const std::lock_guard lock(core.mutex);
    return static_cast<double>(core.open);
  });
  registry.value(Kind::gauge, "podium_http_bodies_bytes", "Bytes of request bodies held in memory.",
                 number(*core.bodies));
  registry.value(Kind::gauge, "podium_pool_threads", "Threads of the pool.",
                 [this] { return static_cast<double>(core.pool.threads()); });
  registry.value(Kind::gauge, "podium_pool_busy", "Threads of the pool at work.",
                 [this] { return static_cast<double>(core.pool.busy()); });
  registry.value(Kind::gauge, "podium_pool_queued", "Calls that wait for a thread.",
                 [this] { return static_cast<double>(core.pool.queued()); });
  registry.text([this](std::string& out) { write_route_metrics(out); });
}

void Server::Impl::write_route_metrics(std::string& out) const {
  std::shared_ptr<const Router> table;
  {
    const std::lock_guard lock(router_mutex);
    table = router;
  }
  const auto labels = [](const RouteEntry& entry) {
    return "method=\"" + entry.route.method + "\",route=\"" + label_value(entry.route.path) + '"';
  };
  out +=
      "# HELP podium_http_requests_total Requests by route and status.\n"
      "# TYPE podium_http_requests_total counter\n";
  for (const auto& entry : table->entries())
    entry->statuses.write(out, "podium_http_requests_total", labels(*entry));
  core.unrouted.write(out, "podium_http_requests_total", "method=\"\",route=\"\"");
  out +=
      "# HELP podium_http_request_seconds Time from the first byte of a request to the last of "
      "its answer.\n# TYPE podium_http_request_seconds histogram\n";
  for (const auto& entry : table->entries())
    if (entry->seconds.count() > 0)
      entry->seconds.write(out, "podium_http_request_seconds", labels(*entry));
  out +=
      "# HELP podium_plugin_faults_total Exceptions and misuses of plugins.\n"
      "# TYPE podium_plugin_faults_total counter\n";
  std::map<const PluginOwner*, bool> seen;
  for (const auto& group : table->groups()) {
    if (std::exchange(seen[group->owner], true)) continue;
    out += "podium_plugin_faults_total{plugin=\"" +
           label_value(group->owner->id.empty() ? "host" : group->owner->id) + "\"} " +
           std::to_string(group->owner->faults.load(std::memory_order_relaxed)) + '\n';
  }
}

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {
  add(impl_->host_routes, impl_->core.owner, true);
}

Server::~Server() { impl_->stop(std::chrono::milliseconds(0)); }

void Server::add(Routes& routes, PluginOwner& owner, bool first_party) {
  auto prefixes = contained(owner, "prefixes", [&] { return routes.prefixes(); });
  auto list = contained(owner, "routes", [&] { return routes.routes(); });
  impl_->add(routes, owner, first_party, std::move(prefixes), std::move(list));
}

void Server::add(Routes& routes, PluginOwner& owner, bool first_party,
                 std::vector<std::string> prefixes, std::vector<Route> list) {
  impl_->add(routes, owner, first_party, std::move(prefixes), std::move(list));
}

void Server::start() {
  auto& s = *impl_;
  if (s.started || s.stopped) throw Error(ErrorCode::misuse, "a server is started once");
  s.listen();
  std::signal(SIGPIPE, SIG_IGN);  // sendfile has no flag against it
  for (auto& thread : s.threads) {
    s.guards.emplace_back(thread->io.get_executor());
    thread->router = s.router;
    thread->thread = std::thread([io = thread.get()] {
      current_io = io;
      Store::forbid_blocking();
      io->io.run();
      current_io = nullptr;
    });
  }
  s.started = true;
  asio::co_spawn(s.threads.front()->io, s.accept(), [](std::exception_ptr) {});
}

std::uint16_t Server::port() const noexcept { return impl_->port; }

bool Server::stop(std::chrono::milliseconds deadline) { return impl_->stop(deadline); }

std::shared_ptr<const Router> Server::router() const {
  const std::lock_guard lock(impl_->router_mutex);
  return impl_->router;
}

MetricRegistry& Server::metrics() noexcept { return impl_->registry; }

}  // namespace podium::host
