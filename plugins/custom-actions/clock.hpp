#pragma once
// The time of what is kept and signed.
#include <chrono>
#include <cstdint>

namespace podium::custom {

/// Milliseconds UTC.
inline std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace podium::custom
