#pragma once
// The extension point that answers HTTP.
//
// A schema that has a "title" is told once in the OpenAPI document, under that name.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "podium/extension.hpp"
#include "podium/http/message.hpp"

namespace podium {

enum class BodyKind : std::uint8_t {
  none = 1,  ///< a body is read and ignored
  text,      ///< in memory, up to `body_limit`
  spooled,   ///< an upload of any size, written to the BlobStore before the handler runs
};

/// Runs on a bounded pool of threads; may block on the store, never on a socket. What it throws is
/// answered in the group's error format. A plugin holds at most a quarter of the pool (then 503).
using Handler = std::function<Response(Request&)>;
/// Runs on the io thread; must not block and may answer later, from any thread. What it throws
/// before it moved `reply` away is answered.
using InlineHandler = std::function<void(std::unique_ptr<Request>, Reply)>;

/// A query parameter or a header that a route takes.
struct Parameter {
  enum class In : std::uint8_t { query = 1, header };
  std::string name;
  std::string description;
  std::string schema = R"({"type":"string"})";  ///< JSON Schema of its value, as text
  bool required = false;
  In in = In::query;
};

struct Route {
  std::string method;  ///< GET also answers HEAD
  /// "/api/v1/tasks/{id}"; `{rest*}` as the last segment matches one or more segments.
  std::string path;
  /// "task.read", "task.write", ..., "public". Empty does not register.
  std::string permission;
  std::variant<std::monostate, Handler, InlineHandler> handler;
  BodyKind body = BodyKind::text;
  std::size_t body_limit = 0;               ///< 0: the server's default (8 MiB; 64 MiB for compat)
  std::chrono::milliseconds time_limit{0};  ///< pooled only; 0: the server's default (60 s)
  // Required under /api/v1, for the OpenAPI document:
  std::string summary;
  /// Under /api/v1 the server refuses a query parameter that is not declared here, and a request
  /// without a required one, before the handler runs; values are the handler's to check.
  std::vector<Parameter> parameters;
  std::string request_schema;  ///< JSON Schema as text; "" when there is no body
  std::string answer_schema;   ///< JSON Schema of the good answer; "" for none
  int answer_status = 200;     ///< of the good answer
  /// Media types of the good answer; `answer_schema` is of the JSON among them.
  std::vector<std::string> answer_types = {"application/json"};
  /// The answer has an ETag; a route that changes something honours If-Match.
  bool versioned = false;
  bool websocket = false;  ///< it may be asked to become a WebSocket
};

/// A group of routes with one error format. `prefixes` are the parts of the address space it speaks
/// for: an unknown path, a wrong method or a refused body below one of them is answered in its
/// format. A plugin's prefixes are under "/api/v1/x/<plugin id>/", or granted to it by the
/// configuration.
class Routes : public Extension {
 public:
  using Extension::Extension;
  virtual std::vector<std::string> prefixes() const = 0;
  /// Asked once, after `start`.
  virtual std::vector<Route> routes() = 0;
  /// How an error is answered. The default, problem details (RFC 9457), is the host's: return
  /// nullopt. `status` is the host's mapping of the code (404 and 405 too, with `request` possibly
  /// null when the head could not be read).
  virtual std::optional<Response> error(const Error&, int status, const Request* request) const {
    (void)status, (void)request;
    return std::nullopt;
  }
};

}  // namespace podium
