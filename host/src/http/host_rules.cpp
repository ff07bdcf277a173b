#include "http/host_rules.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace podium::host {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

/// "name", "name:port", "[v6]:port" without the port; empty when the port is no number.
std::string_view without_port(std::string_view host) noexcept {
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
    return host;
  if (bracket == std::string_view::npos && host.find(':') != colon) return host;  // bare IPv6
  for (const char c : host.substr(colon + 1))
    if (c < '0' || c > '9') return {};
  return host.substr(0, colon);
}

bool private_v4(std::uint32_t address) noexcept {
  const auto a = address >> 24, b = (address >> 16) & 255;
  return a == 10 || a == 127 || (a == 192 && b == 168) || (a == 172 && b >= 16 && b < 32);
}

/// A literal address of a private network. A name such as "10.evil.example" is none.
bool private_address(std::string_view host) noexcept {
  char text[64];
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.size() >= sizeof text) return false;
  std::copy(host.begin(), host.end(), text);
  text[host.size()] = '\0';
  in_addr v4{};
  if (inet_pton(AF_INET, text, &v4) == 1) return private_v4(ntohl(v4.s_addr));
  in6_addr v6{};
  if (inet_pton(AF_INET6, text, &v6) == 1) return (v6.s6_addr[0] & 0xfe) == 0xfc;
  return false;
}

bool local_name(std::string_view host) noexcept {
  return equal(host, "localhost") || host == "127.0.0.1" || host == "[::1]" || host == "0.0.0.0";
}

}  // namespace

bool wildcard_match(std::string_view pattern, std::string_view text) noexcept {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(text[t]))) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

HostRules::HostRules(std::vector<std::string> hosts, std::vector<std::string> origins)
    : hosts_(std::move(hosts)), origins_(std::move(origins)) {
  any_origin_ = std::find(origins_.begin(), origins_.end(), "*") != origins_.end();
}

bool HostRules::host_allowed(std::string_view host) const noexcept {
  const auto bare = without_port(host);
  if (bare.empty()) return false;
  if (hosts_.empty()) return local_name(bare) || private_address(bare);
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const std::string& pattern) {
    return wildcard_match(pattern, host) || wildcard_match(pattern, bare);
  });
}

bool HostRules::origin_allowed(std::string_view origin) const noexcept {
  if (any_origin_) return true;
  const auto scheme = origin.find("://");
  if (scheme != std::string_view::npos) {
    const auto host = without_port(origin.substr(scheme + 3));
    if (equal(host, "localhost") || host == "127.0.0.1" || host == "[::1]") return true;
  }
  return std::any_of(origins_.begin(), origins_.end(),
                     [&](const std::string& pattern) { return wildcard_match(pattern, origin); });
}

bool changes_state(std::string_view method) noexcept {
  return method == "POST" || method == "PUT" || method == "DELETE" || method == "PATCH";
}

}  // namespace podium::host
