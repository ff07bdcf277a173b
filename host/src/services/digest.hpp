#pragma once
// A short text that stands for a longer one.
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace podium::host {

/// 16 hex digits of FNV-1a: an answer to "is it still the same", no secret.
inline std::string digest(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return fmt::format("{:016x}", hash);
}

}  // namespace podium::host
