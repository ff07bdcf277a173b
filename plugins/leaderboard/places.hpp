#pragma once
// Which candidate each task of a board is of: a table in one piece, since a rebuild fills it with
// every task.
#include <cstdint>
#include <utility>
#include <vector>

#include "podium/store/filter.hpp"

namespace podium::leaderboard {

/// From ordinals, which are above 0, to pointers. Open addressing, at most half full.
template <class T>
class Places {
 public:
  std::size_t size() const noexcept { return size_; }

  /// Null when it is not there.
  T* find(Ordinal o) const noexcept {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[at(o)];
    return slot.first == o ? slot.second : nullptr;
  }
  void put(Ordinal o, T* place) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    Slot& slot = slots_[at(o)];
    size_ += slot.first == 0 ? 1 : 0;
    slot = {o, place};
  }
  void erase(Ordinal o) noexcept {
    if (slots_.empty()) return;
    std::size_t hole = at(o);
    if (slots_[hole].first != o) return;
    --size_;
    // What was pushed aside by it moves up.
    for (std::size_t i = next(hole); slots_[i].first != 0; i = next(i)) {
      const std::size_t home = home_of(slots_[i].first);
      if (((i - home) & mask()) < ((i - hole) & mask())) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = {};
  }

 private:
  using Slot = std::pair<Ordinal, T*>;
  std::size_t mask() const noexcept { return slots_.size() - 1; }
  std::size_t next(std::size_t i) const noexcept { return (i + 1) & mask(); }
  /// Neighbours stay together: tasks come in the order of their ordinals.
  std::size_t home_of(Ordinal o) const noexcept {
    constexpr std::uint64_t together = 8;
    const auto n = static_cast<std::uint64_t>(o);
    const std::uint64_t hash = n / together * 0x9E3779B97F4A7C15u >> 20;
    return static_cast<std::size_t>(hash * together + n % together) & mask();
  }
  /// Where it is, or would be.
  std::size_t at(Ordinal o) const noexcept {
    std::size_t i = home_of(o);
    while (slots_[i].first != 0 && slots_[i].first != o) i = next(i);
    return i;
  }
  void grow() {
    std::vector<Slot> before(slots_.empty() ? 64 : 2 * slots_.size());
    before.swap(slots_);
    for (const Slot& slot : before)
      if (slot.first != 0) slots_[at(slot.first)] = slot;
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace podium::leaderboard
