#pragma once
// URLs that may be called, read strictly: what two readers could understand differently is refused.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "outbound/address.hpp"

namespace podium::host {

struct Url {
  bool tls = false;
  std::string host;                ///< in lower case; IPv6 without brackets
  std::optional<Address> address;  ///< when the host is one
  std::uint16_t port = 0;
  std::string target;  ///< path and query as they are given, at least "/"
};

/// Throws `invalid`, never repeating the text.
Url parse_url(std::string_view text);

/// "https://example.com:8443", without a port that is the scheme's own.
std::string origin_of(const Url&);
/// As in a Host header: "[::1]:8080".
std::string authority_of(const Url&);

/// What `outbound_allow` lists: an origin, or all below a name ("https://*.example.com").
struct OriginPattern {
  bool below = false;
  Url origin;

  bool matches(const Url&) const;
};
/// Throws `invalid`.
OriginPattern parse_origin(std::string_view text);

}  // namespace podium::host
