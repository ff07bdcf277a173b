#pragma once
// Sets of ordinals: what index ranges become, combined by AND, OR and AND-NOT.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "podium/store/filter.hpp"

namespace podium::kit {

/// An immutable set of ordinals. Dense sets are kept as a bitmap, sparse ones as a sorted vector;
/// the form is chosen by size and never shows. Safe to read from several threads.
class OrdinalSet {
 public:
  OrdinalSet() = default;
  /// From ordinals in any order, with repeats.
  static OrdinalSet of(std::vector<Ordinal> ordinals);

  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  bool contains(Ordinal ordinal) const noexcept;

  OrdinalSet operator&(const OrdinalSet& other) const;
  OrdinalSet operator|(const OrdinalSet& other) const;
  OrdinalSet operator-(const OrdinalSet& other) const;

  /// The ordinals, ascending.
  std::vector<Ordinal> to_vector() const;
  /// Calls `f(ordinal)` ascending until it returns false.
  template <class F>
  void for_each(F&& f) const {
    if (!dense_) {
      for (const Ordinal o : sorted_)
        if (!f(o)) return;
      return;
    }
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t word = words_[w]; word != 0; word &= word - 1)
        if (!f(base_ + static_cast<Ordinal>(w * 64) + __builtin_ctzll(word))) return;
  }

 private:
  static OrdinalSet of_sorted(std::vector<Ordinal> sorted);
  static OrdinalSet of_words(Ordinal base, std::vector<std::uint64_t> words);

  bool dense_ = false;
  std::size_t size_ = 0;
  std::vector<Ordinal> sorted_;       // when not dense
  Ordinal base_ = 0;                  // when dense: of the first bit, a multiple of 64
  std::vector<std::uint64_t> words_;  // when dense
};

}  // namespace podium::kit
