#pragma once
// The one client that calls other servers on behalf of plugins.
#include <memory>
#include <string>
#include <vector>

#include "podium/http/client.hpp"

namespace podium::host {

struct OutboundOptions {
  std::vector<std::string> allow = {};     ///< origins, see podium/http/client.hpp
  std::vector<std::string> networks = {};  ///< CIDR: private networks that may be called
};

/// Throws `invalid` for an origin or a network that is none.
std::unique_ptr<HttpClient> make_http_client(OutboundOptions);

}  // namespace podium::host
