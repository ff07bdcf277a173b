#pragma once
// Random numbers by position: the k-th number of a stream is computed without the ones before it,
// so that what is drawn does not depend on who draws it, in which order or on how many threads.
#include <cstddef>
#include <cstdint>

namespace podium {

/// SplitMix64. RandomStream(42) begins with 0xbdd732262feb6e95.
class RandomStream {
 public:
  explicit constexpr RandomStream(std::uint64_t seed) : seed_(seed) {}

  constexpr std::uint64_t at(std::uint64_t k) const { return mix(seed_ + (k + 1) * step); }

  /// One of 0..n-1.
  constexpr std::size_t index(std::uint64_t k, std::size_t n) const {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((Wide{at(k)} * n) >> 64);
  }

  /// Within (0, 1).
  constexpr double fraction(std::uint64_t k) const {
    return (static_cast<double>(at(k) >> 11) + 0.5) * 0x1p-53;
  }

  /// Another stream for each `id`.
  constexpr RandomStream derived(std::uint64_t id) const {
    return RandomStream(mix(seed_ ^ mix(id + step)));
  }

  constexpr std::uint64_t seed() const { return seed_; }

  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

 private:
  static constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
  std::uint64_t seed_;
};

}  // namespace podium
