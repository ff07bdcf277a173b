#pragma once
// A request and its answer, without any type of the server's library.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/blob_store.hpp"
#include "podium/error.hpp"
#include "podium/function.hpp"
#include "podium/http/channel.hpp"
#include "podium/principal.hpp"

namespace podium {

/// Whether the caller has gone, or the time limit has passed. Cheap; ask between pieces of work.
class Cancel {
 public:
  virtual ~Cancel() = default;
  virtual bool cancelled() const noexcept = 0;
};

/// A request, read to its end (an upload is spooled). Valid until its handler has answered; a
/// moved-in Request of an inline handler is the handler's own. Header names are matched without
/// case.
class Request {
 public:
  virtual ~Request() = default;
  virtual std::string_view method() const = 0;
  virtual std::string_view target() const = 0;  ///< as sent, path and query
  virtual std::string_view path() const = 0;    ///< percent-decoded once, without the query
  virtual std::string_view header(std::string_view name) const = 0;  ///< "" when absent
  virtual bool has_header(std::string_view name) const = 0;
  /// The decoded value of a `{name}` or `{name*}` segment of the route's path; "" when there is
  /// none.
  virtual std::string_view segment(std::string_view name) const = 0;
  /// Decoded query parameters in order of appearance.
  virtual const std::vector<std::pair<std::string, std::string>>& query() const = 0;
  /// The body of a route with BodyKind::text. At least 64 bytes behind it are readable (simdjson
  /// parses in place).
  virtual std::string_view body() const = 0;
  /// The upload of a route with BodyKind::spooled, uncommitted: name it with BlobStore::commit.
  /// Once.
  virtual std::unique_ptr<BlobWriter> upload() = 0;
  virtual const Principal& who() const = 0;
  virtual const Cancel& cancel() const = 0;
  virtual std::string_view remote_address() const = 0;
  virtual std::uint64_t number()
      const = 0;  ///< of the request in this host's life; in the log line

  /// The first value of a query parameter.
  std::optional<std::string_view> query(std::string_view name) const {
    for (const auto& [key, value] : query())
      if (key == name) return value;
    return std::nullopt;
  }
};

/// A large answer, made piece by piece on a pool thread: `next` is called when the piece before has
/// left. One thread at a time; destroyed when the answer ended or the client went away.
class Generator {
 public:
  virtual ~Generator() = default;
  /// Appends the next piece (64 kB or so) to `block`; false when nothing follows (the block still
  /// goes).
  virtual bool next(std::string& block) = 0;
};

/// Whether the client wants to go on as a WebSocket; the server checks the rest of its handshake.
inline bool asks_for_websocket(const Request& request) {
  return request.method() == "GET" && request.has_header("Sec-WebSocket-Key") &&
         request.has_header("Upgrade");
}

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::unique_ptr<Generator> stream;  ///< instead of body: chunked
  std::shared_ptr<BlobReader>
      blob;  ///< instead of body: Content-Length, Range and sendfile by the server
  /// Instead of body: the connection stays open. With status 101 it becomes a WebSocket, which only
  /// a request that `asks_for_websocket` can be answered with; else it is a chunked answer.
  std::shared_ptr<ChannelUser> channel;
};

/// Completes one request, once, from any thread. Dropped uncompleted, it answers 500. Move-only.
class Reply {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void send(Response) noexcept = 0;
    virtual void fail(const Error&) noexcept = 0;  ///< in the route group's error format
    virtual void dropped() noexcept = 0;
  };
  Reply() = default;
  explicit Reply(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept = default;
  ~Reply() {
    if (sink_) sink_->dropped();
  }

  void operator()(Response response) {
    auto s = std::move(sink_);
    if (s) s->send(std::move(response));
  }
  void fail(const Error& error) {
    auto s = std::move(sink_);
    if (s) s->fail(error);
  }
  explicit operator bool() const noexcept { return sink_ != nullptr; }

 private:
  std::unique_ptr<Sink> sink_;
};

}  // namespace podium
