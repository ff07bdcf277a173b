#pragma once
// Text ids and names that podium gives by itself.
#include <cstdint>
#include <functional>
#include <mutex>
#include <random>
#include <string>

namespace podium::host {

/// Makes ids of 32 hex digits laid out as a UUID of version 7, so their order is the order of time,
/// and within one maker each is greater than the one before (also when the clock goes back).
/// Thread-safe.
class IdMaker {
 public:
  explicit IdMaker(std::function<std::int64_t()> now);
  std::string id();
  /// adjective-noun-number, at most 20 characters. Not unique.
  std::string name();

 private:
  std::function<std::int64_t()> now_;
  std::mutex mutex_;
  std::mt19937_64 random_;
  std::uint64_t last_ = 0;  ///< milliseconds << 12 | counter
};

}  // namespace podium::host
