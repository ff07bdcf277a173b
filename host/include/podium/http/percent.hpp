#pragma once
// Percent-encoding of texts for URLs.
#include <string>
#include <string_view>

namespace podium {

/// Escapes every byte but ASCII letters, digits and those of `safe`. The default is what RFC 3986
/// calls unreserved: the text stays one segment of a path, one name or value of a query.
inline std::string percent_encoded(std::string_view text, std::string_view safe = "-._~") {
  constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
        safe.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return out;
}

}  // namespace podium
