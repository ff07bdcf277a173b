#pragma once
// The nesting of a JSON text, checked before a parser that recurses sees it.
#include <cstddef>
#include <string_view>

namespace podium {

/// Whether arrays and objects of `text` nest at most `limit` deep. One pass, no allocation; the
/// text need not be valid JSON (brackets inside of strings do not count).
inline bool json_depth_ok(std::string_view text, std::size_t limit = 64) noexcept {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        for (++i; i < text.size() && text[i] != '"'; ++i)
          if (text[i] == '\\') ++i;
        break;
      case '[':
      case '{':
        if (++depth > limit) return false;
        break;
      case ']':
      case '}':
        if (depth > 0) --depth;
        break;
      default:
        break;
    }
  }
  return true;
}

}  // namespace podium
