#pragma once
// The HTTP server. No type of the library behind it is seen here.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/metrics.hpp"
#include "http/router.hpp"
#include "plugin/contained.hpp"
#include "podium/blob_store.hpp"
#include "podium/http/routes.hpp"

namespace podium::host {

struct ServerLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t header_fields = 100;
  std::size_t body_bytes = std::size_t{8} << 20;          ///< of a route that names no limit
  std::size_t bodies_in_flight = std::size_t{256} << 20;  ///< bodies held in memory, all together
  std::chrono::milliseconds header_deadline{10'000};  ///< from the first byte to the last of a head
  std::chrono::milliseconds body_window{
      10'000};                             ///< each such span of a body must bring enough bytes
  std::size_t body_rate = 1024;            ///< bytes a second that are enough
  std::chrono::milliseconds idle{75'000};  ///< between requests
  std::chrono::milliseconds write_stall{
      75'000};  ///< a client that takes nothing for so long is cut off
  std::chrono::milliseconds time_limit{60'000};  ///< of a pooled route that names none
  /// A WebSocket is asked for a sign of life after half of it, and closed after the whole.
  std::chrono::milliseconds websocket_idle{60'000};
  std::size_t connections = 1024;
  std::size_t connections_per_address = 64;
  std::size_t connections_per_loopback = 1024;  ///< an address of this machine may be a proxy
  std::size_t waiting_per_owner =
      64;  ///< calls of one plugin that may wait for its share of the pool
};

#ifdef NDEBUG
inline constexpr bool object_check_by_default = false;
#else
inline constexpr bool object_check_by_default = true;
#endif

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;        ///< 0 takes a free one; see Server::port
  std::size_t io_threads = 0;    ///< 0: 1, or 2 on machines with 4 processors and more
  std::size_t pool_threads = 0;  ///< 0: 4 a processor, from 8 to 32; started when they are needed
  ServerLimits limits;
  /// See HostRules. Empty: this machine and literal addresses of private networks.
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> cors_allowed_origins;
  std::string x_frame_options = "SAMEORIGIN";  ///< "NONE" or "" sends none
  bool check_host_and_origin = true;
  bool gzip = true;
  std::size_t gzip_from = 1024;  ///< bytes of an answer that are worth compressing
  /// Answer 500 when a handler of a route that is not public answered without an object check.
  bool require_object_check = object_check_by_default;
  BlobStore* blobs = nullptr;  ///< where uploads are spooled; borrowed
  /// Who calls. Must not block (it runs on an io thread); may throw `unauthenticated`. Default:
  /// local.
  std::function<Principal(const Request&)> authenticate;
  /// Whether a principal has a route's permission. Default: Principal::may.
  std::function<bool(const Principal&, std::string_view permission)> permits;
};

/// Listens, parses, checks, routes, and answers. Groups may be added while it runs.
class Server {
 public:
  explicit Server(ServerOptions);
  /// Calls stop() with no patience.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Asks the group for its routes and prefixes and answers for them from now on. Both outlive the
  /// server. `first_party` lifts the bound of a quarter of the pool. Throws what Router::add
  /// throws; then nothing of the group is registered. One thread at a time, never from a handler of
  /// this server.
  void add(Routes&, PluginOwner&, bool first_party = false);
  /// The same with the prefixes and the routes that the group has already given.
  void add(Routes&, PluginOwner&, bool first_party, std::vector<std::string> prefixes,
           std::vector<Route>);

  /// Binds and begins to answer. Throws `unavailable` when the address cannot be had. Ignores
  /// SIGPIPE in this process. Once.
  void start();
  std::uint16_t port() const noexcept;  ///< the real one, after start

  /// Closes the listener, lets requests be answered until the deadline, cuts off the others, and
  /// joins all threads; a handler that ignores `cancelled()` holds it up. True when nothing was cut
  /// off.
  bool stop(std::chrono::milliseconds deadline);

  /// The table of routes as it is now.
  std::shared_ptr<const Router> router() const;
  MetricRegistry& metrics() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::host
