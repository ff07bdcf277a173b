#pragma once
// How much of a long work is done in one write, so that others' writes wait little.
#include <algorithm>
#include <chrono>
#include <cstddef>

namespace podium::host {

/// Learns how many records make a slice of about 2 ms.
class SlicePace {
 public:
  std::size_t size() const noexcept { return size_; }
  void took(std::size_t records, std::chrono::nanoseconds time) noexcept {
    constexpr std::chrono::nanoseconds slice_time = std::chrono::microseconds(2000);
    constexpr double greatest = 4096;
    const double factor = static_cast<double>(slice_time.count()) /
                          static_cast<double>(std::max<std::int64_t>(1, time.count()));
    const double wanted = static_cast<double>(records) * std::clamp(factor, 0.25, 2.0);
    size_ = static_cast<std::size_t>(std::clamp(wanted, 1.0, greatest));
  }
  void limit(std::size_t most) noexcept { size_ = std::max<std::size_t>(1, std::min(size_, most)); }

 private:
  std::size_t size_ = 32;
};

}  // namespace podium::host
