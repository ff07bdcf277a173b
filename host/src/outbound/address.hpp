#pragma once
// Addresses of the internet protocol, and which of them nothing is to be called at.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podium::host {

struct Address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  ///< of IPv4 the first four

  bool operator==(const Address&) const = default;
};

/// "192.0.2.7" with four decimal numbers without leading zeros, or IPv6 without brackets and zone.
/// Nothing for any other spelling.
std::optional<Address> parse_address(std::string_view text);
std::string text_of(const Address&);

/// What an address is that is not one of the public internet ("loopback", "a private network"), or
/// "". IPv6 that carries an IPv4 address is judged by that too.
std::string_view special_range(const Address&);

struct Network {
  Address base;
  unsigned bits = 0;  ///< of the prefix

  bool contains(const Address&) const;
};
/// "10.0.0.0/8", or an address alone. Nothing when it is none, or has bits behind its prefix.
std::optional<Network> parse_network(std::string_view text);

}  // namespace podium::host
