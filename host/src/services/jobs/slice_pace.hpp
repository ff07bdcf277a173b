#pragma once
// How much of a long work is done in one write, so that others' writes wait little.
#include <algorithm>
#include <chrono>
#include <cstddef>

namespace podium::host {

/// Learns how many records make a slice of about 2 ms; of 4 ms while hardly anybody else writes,
/// for each slice costs a commit.
class SlicePace {
 public:
  std::size_t size() const noexcept { return size_; }
  /// `waited`: from when the slice was handed in until it began.
  void took(std::size_t records, std::chrono::nanoseconds time,
            std::chrono::nanoseconds waited) noexcept {
    constexpr std::chrono::nanoseconds beside_others = std::chrono::microseconds(2000),
                                       alone = std::chrono::microseconds(4000),
                                       wake_up = std::chrono::microseconds(200);
    constexpr double greatest = 4096, few = 0.3, memory = 0.875;
    others_ = others_ * memory + (waited > wake_up ? 1 - memory : 0);
    const double factor = static_cast<double>((others_ < few ? alone : beside_others).count()) /
                          static_cast<double>(std::max<std::int64_t>(1, time.count()));
    const double wanted = static_cast<double>(records) * std::clamp(factor, 0.25, 2.0);
    size_ = static_cast<std::size_t>(std::clamp(wanted, 1.0, greatest));
  }
  void limit(std::size_t most) noexcept { size_ = std::max<std::size_t>(1, std::min(size_, most)); }

 private:
  std::size_t size_ = 32;
  double others_ = 1;  ///< the part of the last slices that waited for others' writes
};

}  // namespace podium::host
