#pragma once
// Calling other servers: the one way for plugins, with the rules that keep them from being used to
// reach what only this machine can reach.
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/message.hpp"

namespace podium {

struct OutgoingRequest {
  std::string method = "POST";  ///< GET, HEAD, POST, PUT, PATCH, DELETE
  std::string url;              ///< absolute, without user or fragment
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::chrono::milliseconds time_limit{5'000};  ///< from the look-up of the name to the last byte
  std::size_t most = 1 << 20;                   ///< bytes of the answer's body
};

struct IncomingAnswer {
  int status = 0;  ///< redirects too: none is followed
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds took{0};
};

/// Nothing may be called that the setting `outbound_allow` does not name (it is empty by default):
/// origins such as "https://hooks.example.com", "https://*.example.com" or
/// "http://127.0.0.1:8080"; without a port the scheme's own. The name is looked up once, every
/// address of it is checked (loopback, private, link-local, carrier-grade, unique-local,
/// IPv4-mapped, multicast and the like are refused unless the origin is that literal address, or
/// `outbound_networks` has it), and the connection goes to a checked address. Redirects are not
/// followed. Thread-safe; blocks.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  /// Throws `invalid` (the request is none), `denied` (the address is not allowed; names the
  /// setting), `timeout`, `too_large`, `cancelled`, `unavailable` (no connection, TLS). Any status
  /// is an answer. No error repeats the path, query or headers, which may hold secrets.
  virtual IncomingAnswer send(const OutgoingRequest&, const Cancel&) = 0;
  /// Throws `invalid` or `denied` if the url could never be called.
  virtual void check(std::string_view url) const = 0;
};

}  // namespace podium
