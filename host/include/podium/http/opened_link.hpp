#pragma once
// Which addresses a page is sent to because an action or another server said so.
#include <algorithm>
#include <string_view>

namespace podium {

/// A path on this host, or https:// to a server without a user name before it; in both printable
/// ASCII without blanks, backslashes, quotes and angle brackets, up to 4,096 bytes.
inline bool may_be_opened(std::string_view address) {
  const auto odd = [](char c) {
    return c <= 0x20 || c >= 0x7f || c == '\\' || c == '<' || c == '>' || c == '"';
  };
  if (address.size() > 4096 || std::any_of(address.begin(), address.end(), odd)) return false;
  if (address.starts_with('/')) return !address.starts_with("//");
  constexpr std::string_view scheme = "https://";
  if (!address.starts_with(scheme)) return false;
  const auto server =
      address.substr(scheme.size(), address.find_first_of("/?#", scheme.size()) - scheme.size());
  return !server.empty() && server.find('@') == server.npos;
}

}  // namespace podium
