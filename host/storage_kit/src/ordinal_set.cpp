#include "podium/storage_kit/ordinal_set.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <utility>

namespace podium::kit {
namespace {

// Bits a member may cost before a sorted vector is smaller.
constexpr std::uint64_t bits_per_member = 64;

Ordinal word_floor(Ordinal o) { return o & ~static_cast<Ordinal>(63); }

}  // namespace

OrdinalSet OrdinalSet::of_sorted(std::vector<Ordinal> sorted) {
  OrdinalSet set;
  set.size_ = sorted.size();
  set.sorted_ = std::move(sorted);
  return set;
}

OrdinalSet OrdinalSet::of_words(Ordinal base, std::vector<std::uint64_t> words) {
  OrdinalSet set;
  for (const std::uint64_t word : words) set.size_ += static_cast<std::size_t>(std::popcount(word));
  if (set.size_ * bits_per_member >= words.size() * 64) {
    set.dense_ = true;
    set.base_ = base;
    set.words_ = std::move(words);
    return set;
  }
  // It became sparse: the vector is smaller, and walking it does not pass over empty words.
  set.sorted_.reserve(set.size_);
  for (std::size_t w = 0; w < words.size(); ++w)
    for (std::uint64_t word = words[w]; word != 0; word &= word - 1)
      set.sorted_.push_back(base + static_cast<Ordinal>(w * 64) + std::countr_zero(word));
  return set;
}

OrdinalSet OrdinalSet::of(std::vector<Ordinal> ordinals) {
  if (ordinals.empty()) return {};
  const auto [least, greatest] = std::minmax_element(ordinals.begin(), ordinals.end());
  const Ordinal base = word_floor(*least);
  const std::uint64_t span =
      static_cast<std::uint64_t>(*greatest) - static_cast<std::uint64_t>(base) + 1;
  if (ordinals.size() >= 64 && span / bits_per_member <= ordinals.size()) {
    std::vector<std::uint64_t> words(span / 64 + 1);
    for (const Ordinal o : ordinals) {
      const auto bit = static_cast<std::uint64_t>(o - base);
      words[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    return of_words(base, std::move(words));
  }
  if (!std::is_sorted(ordinals.begin(), ordinals.end()))
    std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  return of_sorted(std::move(ordinals));
}

bool OrdinalSet::contains(Ordinal ordinal) const noexcept {
  if (!dense_) return std::binary_search(sorted_.begin(), sorted_.end(), ordinal);
  if (ordinal < base_) return false;
  const auto bit = static_cast<std::uint64_t>(ordinal - base_);
  return bit / 64 < words_.size() && ((words_[bit / 64] >> (bit % 64)) & 1) != 0;
}

OrdinalSet OrdinalSet::operator&(const OrdinalSet& other) const {
  if (dense_ && other.dense_) {
    const Ordinal base = std::max(base_, other.base_);
    const auto a = static_cast<std::uint64_t>(base - base_) / 64;
    const auto b = static_cast<std::uint64_t>(base - other.base_) / 64;
    if (a >= words_.size() || b >= other.words_.size()) return {};
    std::vector<std::uint64_t> words(std::min(words_.size() - a, other.words_.size() - b));
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = words_[a + i] & other.words_[b + i];
    return of_words(base, std::move(words));
  }
  if (dense_ || (!other.dense_ && other.size_ < size_)) return other & *this;
  // This one is sparse and the smaller of two sparse ones: ask the other for each.
  std::vector<Ordinal> both;
  if (other.dense_ || size_ * 16 < other.size_) {
    for (const Ordinal o : sorted_)
      if (other.contains(o)) both.push_back(o);
  } else {
    std::set_intersection(sorted_.begin(), sorted_.end(), other.sorted_.begin(),
                          other.sorted_.end(), std::back_inserter(both));
  }
  return of_sorted(std::move(both));
}

OrdinalSet OrdinalSet::operator|(const OrdinalSet& other) const {
  if (empty()) return other;
  if (other.empty()) return *this;
  std::vector<Ordinal> all = to_vector();
  const std::vector<Ordinal> more = other.to_vector();
  all.insert(all.end(), more.begin(), more.end());
  return of(std::move(all));
}

OrdinalSet OrdinalSet::operator-(const OrdinalSet& other) const {
  if (other.empty()) return *this;
  if (!dense_) {
    std::vector<Ordinal> left;
    for (const Ordinal o : sorted_)
      if (!other.contains(o)) left.push_back(o);
    return of_sorted(std::move(left));
  }
  std::vector<std::uint64_t> words = words_;
  other.for_each([&](Ordinal o) {
    if (o < base_) return true;
    const auto bit = static_cast<std::uint64_t>(o - base_);
    if (bit / 64 >= words.size()) return false;
    words[bit / 64] &= ~(std::uint64_t{1} << (bit % 64));
    return true;
  });
  return of_words(base_, std::move(words));
}

std::vector<Ordinal> OrdinalSet::to_vector() const {
  if (!dense_) return sorted_;
  std::vector<Ordinal> all;
  all.reserve(size_);
  for_each([&](Ordinal o) {
    all.push_back(o);
    return true;
  });
  return all;
}

}  // namespace podium::kit
