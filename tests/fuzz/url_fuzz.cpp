// Any bytes as a URL that a plugin wants to call, and as an origin of `outbound_allow`.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "outbound/url.hpp"
#include "refusals.hpp"

using namespace podium;
using namespace podium::host;
using podium::test::taken;

namespace {

void require(bool truth) {
  if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_network(text);
  taken([&] { (void)parse_origin(text); });
  Url url;
  if (!taken([&] { url = parse_url(text); })) return 0;
  // What goes into the request line and the Host header cannot break out of it.
  require(!url.host.empty() && url.port != 0 && url.target.front() == '/');
  for (const char c : url.target + url.host) require(c > 0x20 && c < 0x7f && c != '#');
  require(url.host.find_first_of("@/?%\\") == std::string::npos);
  require(url.address || url.host.find(':') == std::string::npos);
  if (url.address) require(parse_address(url.host) == url.address);
  // It reads back the same, and is of its own origin.
  const Url again = parse_url(origin_of(url) + url.target);
  require(again.host == url.host && again.port == url.port && again.target == url.target &&
          again.tls == url.tls);
  require(parse_origin(origin_of(url)).matches(url));
  return 0;
}
