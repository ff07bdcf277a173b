#pragma once
// A thread that serves sockets, and what all of them share. Included by server.cpp alone.
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/answer.hpp"
#include "http/exchange.hpp"
#include "http/host_rules.hpp"
#include "http/pool.hpp"
#include "http/server.hpp"

namespace podium::host {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;
using Token = asio::use_awaitable_t<Executor>;
template <class T>
using Task = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

/// The way from any thread to an io thread. Outlives the thread: what comes too late is dropped.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(asio::io_context& io) : io_(&io) {}

  /// Runs `item` on the io thread, soon. Items that come together wake it once.
  void post(UniqueFunction<void()> item) {
    const std::lock_guard lock(mutex_);
    if (!io_) return;
    items_.push_back(std::move(item));
    if (std::exchange(scheduled_, true)) return;
    asio::post(*io_, [self = shared_from_this()] { self->drain(); });
  }
  void close() {
    std::vector<UniqueFunction<void()>> items;
    const std::lock_guard lock(mutex_);
    io_ = nullptr;
    items.swap(items_);
  }

 private:
  void drain() {
    std::vector<UniqueFunction<void()>> items;
    {
      const std::lock_guard lock(mutex_);
      items.swap(items_);
      scheduled_ = false;
    }
    for (auto& item : items) item();
  }

  std::mutex mutex_;
  asio::io_context* io_;
  std::vector<UniqueFunction<void()>> items_;
  bool scheduled_ = false;
};

class Connection;

struct IoThread {
  IoThread() : mailbox(std::make_shared<Mailbox>(io)), ticker(io) {}

  asio::io_context io{1};
  std::shared_ptr<Mailbox> mailbox;
  std::thread thread;
  // Of the thread itself:
  std::set<Connection*> connections;
  std::shared_ptr<const Router> router;
  asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> ticker;
  bool ticking = false;
  std::string date;
  std::int64_t date_second = -1;

  std::string_view now_date() {
    const auto second = std::chrono::duration_cast<std::chrono::seconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
    if (second != date_second) date = http_date(date_second = second);
    return date;
  }
};

/// The io thread this code runs on, or null.
inline thread_local IoThread* current_io = nullptr;

/// What connections share. Thread-safe.
struct ServerCore {
  explicit ServerCore(ServerOptions o)
      : options(std::move(o)),
        rules(options.allowed_hosts, options.cors_allowed_origins),
        pool(pool_limits(options)),
        bodies(std::make_shared<std::atomic<std::size_t>>(0)) {}

  static Pool::Limits pool_limits(const ServerOptions& options) {
    Pool::Limits limits;
    limits.threads = options.pool_threads;
    if (limits.threads == 0)
      limits.threads = std::clamp<std::size_t>(4 * std::thread::hardware_concurrency(), 8, 32);
    limits.share = std::max<std::size_t>(1, limits.threads / 4);
    limits.waiting = options.limits.waiting_per_owner;
    return limits;
  }

  const ServerOptions options;
  const HostRules rules;
  PluginOwner owner;  ///< the host itself
  Pool pool;
  std::shared_ptr<std::atomic<std::size_t>> bodies;
  std::atomic<std::uint64_t> numbers{0};
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::uint64_t> bytes_in{0}, bytes_out{0}, accepted{0}, refused{0};
  StatusCounts unrouted;

  std::mutex mutex;
  std::condition_variable left;  ///< a connection has ended
  std::size_t open = 0;
  std::map<std::string, std::size_t> by_address;

  /// Counts a new connection; false when there are too many.
  bool enter(const std::string& address, bool loopback) {
    const std::lock_guard lock(mutex);
    const auto& limits = options.limits;
    auto& mine = by_address[address];
    if (open >= limits.connections ||
        mine >= (loopback ? limits.connections_per_loopback : limits.connections_per_address)) {
      if (mine == 0) by_address.erase(address);
      return false;
    }
    ++mine, ++open;
    return true;
  }
  void leave(const std::string& address) {
    {
      const std::lock_guard lock(mutex);
      const auto found = by_address.find(address);
      if (--found->second == 0) by_address.erase(found);
      --open;
      left.notify_all();
    }
  }
};

}  // namespace podium::host
