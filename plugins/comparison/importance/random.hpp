#pragma once
// Random numbers one after the other, the same everywhere: the standard's distributions are not.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "podium/random.hpp"

namespace podium::comparison {

class Random {
 public:
  explicit Random(RandomStream stream) : stream_(stream) {}
  /// From 0 to n - 1; n is at least 1.
  std::size_t below(std::size_t n) { return stream_.index(drawn_++, n); }
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  RandomStream stream_;
  std::uint64_t drawn_ = 0;
};

/// Numbers of its own for each piece of work, whoever does it.
inline RandomStream stream_of(std::uint64_t seed, std::uint64_t kind, std::uint64_t piece) {
  return RandomStream(seed).derived(kind).derived(piece);
}

}  // namespace podium::comparison
