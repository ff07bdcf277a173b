#pragma once
// A number for a text: ETags are made of it.
#include <cstdint>
#include <string_view>

namespace podium::comparison {

/// FNV-1a of 64 bits.
inline std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t h = 14695981039346656037ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return h;
}

}  // namespace podium::comparison
