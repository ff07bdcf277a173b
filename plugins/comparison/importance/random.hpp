#pragma once
// Random numbers that are the same everywhere: the standard's distributions are not.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace podium::comparison {

/// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// From 0 to n - 1; n is at least 1, and far less than 2^32.
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(((next() >> 32) * n) >> 32); }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_;
};

/// A seed of its own for each piece of work, whoever does it.
inline std::uint64_t seed_of(std::uint64_t seed, std::uint64_t kind, std::uint64_t piece) {
  Random mix(seed ^ (kind * 0xd6e8feb86659fd93ULL) ^ (piece + 1) * 0xa0761d6478bd642fULL);
  mix.next();
  return mix.next();
}

}  // namespace podium::comparison
