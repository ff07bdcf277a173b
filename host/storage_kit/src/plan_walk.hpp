#pragma once
// The part of the planner that reads records in order along an index.
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "plan_sets.hpp"

namespace podium::kit {

/// Walks the index of an order's first key: numbers (values), then texts or NaN, then records
/// without a value. Runs that are equal as far as the index knows, where the order says more, are
/// given whole, for the caller to sort.
class Walk {
 public:
  /// The best walk for this order, or null when no index has it. With a cursor it starts behind it,
  /// or with the run that the cursor is in.
  static std::unique_ptr<Walk> make(IndexEngine&, SetBuilder&, const Conjunction&, const Order&,
                                    const Cursor* cursor, Meter&);

  /// Arms that everything it gives satisfies.
  std::uint64_t covers() const { return covers_; }

  struct Batch {
    std::vector<Ordinal> ordinals;
    std::vector<std::pair<std::size_t, std::size_t>> runs;  ///< [begin, end) to be sorted
    bool holds_cursor = false;  ///< the first run may have members up to the cursor
    void clear() {
      ordinals.clear();
      runs.clear();
      holds_cursor = false;
    }
  };
  /// Appends about `want` entries, or none where it passed over that many; false at the end.
  bool next(std::size_t want, Batch& out);

 private:
  struct Phase {
    std::vector<IndexRange> ranges;
    int rank = rank_number;
    bool absent = false;   ///< the ranges hold all records; those with a value are passed over
    bool grouped = false;  ///< the order has more keys: equal ones are to be sorted
    bool cut_texts =
        false;  ///< the index holds the starts of texts: equal long ones are to be sorted
  };
  struct Source {
    std::unique_ptr<IndexScan> scan;
    IndexEntries entries;
    std::size_t at = 0;
    std::size_t block = 16;
    bool more = true;
    Ordinal ordinal() const { return entries.ordinals[at]; }
    const SortKey& key() const { return entries.keys[at]; }
  };

  Walk(IndexEngine& engine, const Order& order, Meter& meter)
      : engine_(engine), order_(order), meter_(meter) {}
  bool plan(SetBuilder&, const Conjunction&);
  bool plan_field(SetBuilder&, const Conjunction&);
  bool plan_values(SetBuilder&, const Conjunction&);
  bool plan_ordinal(const Conjunction&);
  bool plan_id(const Conjunction&);
  void add_phase(std::vector<IndexRange> ranges, int rank, const Bounds& bounds);
  void add_absent(SetBuilder&, const Conjunction&);
  void start_at(const Cursor&);

  void open(Phase&);
  bool fill(Source&);
  bool before(const Source& a, const Source& b) const;
  Source* least() { return heap_.empty() ? nullptr : heap_.front(); }
  void advance();
  bool next_plain(Phase&, std::size_t want, Batch& out);
  bool next_keyed(Phase&, std::size_t want, Batch& out);
  bool missing(Ordinal);
  void note(Ordinal);

  IndexEngine& engine_;
  const Order& order_;
  Meter& meter_;
  Path path_;
  bool unique_ = false;  ///< the first key alone is an order: ordinals, ids
  bool by_ordinal_ = false;
  bool descending_ = false;
  std::uint64_t covers_ = 0;
  std::vector<Phase> phases_;
  std::optional<IndexEngine::Position> behind_;  ///< where the first phase starts
  bool cursor_run_ = false;                      ///< its first run may hold the cursor

  std::size_t phase_ = 0;
  bool opened_ = false;
  bool keys_ = false;  ///< the open phase reads values, to merge or to find runs
  std::vector<Source> sources_;
  std::vector<Source*> heap_;
  std::vector<bool> seen_;  ///< records with a value, while the walk met all of them
  bool complete_ = true;
};

}  // namespace podium::kit
