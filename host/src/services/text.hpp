#pragma once
// Small facts about texts.
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace podium::host {

/// Code points of valid UTF-8.
inline std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace podium::host
