#pragma once
// The one client that calls other servers on behalf of plugins.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "outbound/address.hpp"
#include "podium/http/client.hpp"

namespace podium::host {

struct OutboundOptions {
  std::vector<std::string> allow = {};     ///< origins, see podium/http/client.hpp
  std::vector<std::string> networks = {};  ///< CIDR: private networks that may be called
  /// How a name becomes addresses, for tests; none asks the system. May block, may throw.
  std::function<std::vector<Address>(const std::string& name)> look_up = {};
};

/// Throws `invalid` for an origin or a network that is none. Over TLS it writes to sockets in ways
/// that raise SIGPIPE: the process ignores it.
std::unique_ptr<HttpClient> make_http_client(OutboundOptions);

}  // namespace podium::host
