#include "outbound/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace podium::host {
namespace {

struct Range {
  std::string_view network;
  std::string_view what;
};

// IANA's registries of special-purpose addresses.
constexpr Range special_v4[] = {
    {"0.0.0.0/8", "this network"},
    {"10.0.0.0/8", "a private network"},
    {"100.64.0.0/10", "a carrier's network"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local"},
    {"172.16.0.0/12", "a private network"},
    {"192.0.0.0/24", "reserved"},
    {"192.0.2.0/24", "reserved for documentation"},
    {"192.88.99.0/24", "reserved"},
    {"192.168.0.0/16", "a private network"},
    {"198.18.0.0/15", "reserved for benchmarks"},
    {"198.51.100.0/24", "reserved for documentation"},
    {"203.0.113.0/24", "reserved for documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
};

constexpr Range special_v6[] = {
    {"::/128", "unspecified"},
    {"::1/128", "loopback"},
    {"::/96", "IPv4-compatible"},
    {"::ffff:0:0/96", "IPv4-mapped"},
    {"fc00::/7", "a private network"},
    {"fe80::/10", "link-local"},
    {"fec0::/10", "a private network"},
    {"ff00::/8", "multicast"},
    {"2001::/23", "reserved"},
    {"2001:db8::/32", "reserved for documentation"},
    {"3fff::/20", "reserved for documentation"},
};

using Ranges = std::vector<std::pair<Network, std::string_view>>;

template <std::size_t N>
Ranges parsed(const Range (&table)[N]) {
  Ranges out;
  for (const Range& range : table) out.emplace_back(*parse_network(range.network), range.what);
  return out;
}

std::string_view first_of(const Ranges& ranges, const Address& address) {
  for (const auto& [network, what] : ranges)
    if (network.contains(address)) return what;
  return {};
}

Address carried(const Address& v6, std::size_t at) {
  Address v4;
  std::copy_n(v6.bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, v4.bytes.begin());
  return v4;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  const std::string whole(text);
  if (whole.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, whole.c_str(), address.bytes.data()) == 1) return address;
  address.v6 = true;
  if (inet_pton(AF_INET6, whole.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string text_of(const Address& address) {
  char buffer[INET6_ADDRSTRLEN] = "";
  inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), buffer, sizeof buffer);
  return buffer;
}

std::string_view special_range(const Address& address) {
  static const Ranges v4 = parsed(special_v4), v6 = parsed(special_v6);
  static const Network global = *parse_network("2000::/3"),
                       six_to_four = *parse_network("2002::/16"),
                       nat64 = *parse_network("64:ff9b::/96");
  if (!address.v6) return first_of(v4, address);
  if (nat64.contains(address)) return first_of(v4, carried(address, 12));
  if (six_to_four.contains(address)) return first_of(v4, carried(address, 2));
  if (const auto what = first_of(v6, address); !what.empty()) return what;
  return global.contains(address) ? std::string_view{} : "reserved";
}

bool Network::contains(const Address& address) const {
  if (address.v6 != base.v6) return false;
  for (unsigned bit = 0; bit < bits; bit += 8) {
    const unsigned left = std::min(8U, bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xff00U >> left);
    if ((address.bytes[bit / 8] ^ base.bytes[bit / 8]) & mask) return false;
  }
  return true;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return std::nullopt;
  Network network{*base, base->v6 ? 128U : 32U};
  if (slash == text.npos) return network;
  const auto digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (failure != std::errc() || end != digits.data() + digits.size() || bits > network.bits)
    return std::nullopt;
  network.bits = bits;
  for (unsigned bit = bits; bit < (base->v6 ? 128U : 32U); ++bit)
    if (base->bytes[bit / 8] & (0x80U >> (bit % 8))) return std::nullopt;
  return network;
}

}  // namespace podium::host
