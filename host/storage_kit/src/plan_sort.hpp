#pragma once
// Sorting the few: the first rows of an order out of candidates that come in any order.
#include <cstdint>
#include <vector>

#include "podium/storage_kit/planner.hpp"

namespace podium::kit {

class FirstRows {
 public:
  /// Keeps the first `most` rows of those behind the cursor, if there is one.
  FirstRows(IndexEngine& engine, const Order& order, const Cursor* behind, std::uint64_t most)
      : engine_(engine), order_(order), behind_(behind), most_(most) {}

  void add(Ordinal);
  /// What was kept, in order; empties it.
  std::vector<Ordinal> take();

 private:
  bool fill();
  bool before(std::size_t a, std::size_t b) const;
  void sort(std::size_t wanted);
  void prune();

  IndexEngine& engine_;
  const Order& order_;
  const Cursor* behind_;
  std::uint64_t most_;
  std::vector<SortKey> row_;
  std::vector<SortKey> worst_;  // of a row that already has enough before it; empty while not known
  std::vector<SortKey> keys_;   // order_.size() of each kept row
  std::vector<Ordinal> ordinals_;
  std::vector<std::size_t> at_;
};

}  // namespace podium::kit
