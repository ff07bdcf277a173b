#pragma once
// How a query is answered, on every engine. What indexes serve becomes sets of ordinals, combined
// by AND, OR and AND-NOT; few survivors are fetched and sorted, many are tested while the order's
// index is walked. Which way is cheaper is found by trying: both advance in turns with growing
// allowances, so no statistics are kept and the cost stays within a small factor of the better
// way's.
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "podium/function.hpp"
#include "podium/storage_kit/index_engine.hpp"
#include "podium/storage_kit/values.hpp"
#include "podium/store/reader.hpp"

namespace podium::kit {

/// Counts what a read examines and throws `too_expensive` past its budget. One for a whole call.
class Meter {
 public:
  explicit Meter(const Budget& budget)
      : budget_(budget), start_(std::chrono::steady_clock::now()) {}
  void add(std::uint64_t entries) {
    examined_ += entries;
    if ((budget_.records != 0 || budget_.time.count() != 0) && examined_ >= next_check_) check();
  }
  std::uint64_t examined() const { return examined_; }
  /// Whether there is a bound on how many are examined, and how many more may be.
  bool bounded() const { return budget_.records != 0; }
  std::uint64_t left() const {
    return budget_.records > examined_ ? budget_.records - examined_ : 0;
  }
  /// Throws when so many more are too many; counts none. For what cannot be stopped once it runs.
  void afford(std::uint64_t entries) const {
    if (bounded() && entries > left()) refuse();
  }

 private:
  void check();
  [[noreturn]] void refuse() const;
  Budget budget_;
  std::chrono::steady_clock::time_point start_;
  std::uint64_t examined_ = 0, next_check_ = 0;
};

/// Answers one filter and order over one collection. Keeps references to both; they, the engine and
/// the meter must outlive it. The filter and the order have been checked against the declaration.
/// One use.
class Planner {
 public:
  Planner(IndexEngine& engine, const Filter& filter, const Order& order, Meter& meter);
  ~Planner();

  /// Gives the matching ordinals in order, in blocks, from behind the cursor, at most `limit`. The
  /// sink returns false to stop. The engine's record may have moved when the sink is called, and
  /// the sink may move it.
  using Sink = FunctionRef<bool(std::span<const Ordinal>)>;
  void run(const Cursor* behind, std::uint64_t limit, Sink sink);

  /// The order's keys of a record, e.g. for a cursor; the engine must be able to seek it.
  static std::vector<SortKey> keys_of(IndexEngine& engine, const Order& order, Ordinal ordinal);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::kit
