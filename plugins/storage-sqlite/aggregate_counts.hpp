#pragma once
// Counts of groups that the indexes tell, without a look at each record.
#include <optional>
#include <vector>

#include "aggregate_groups.hpp"
#include "podium/storage_kit/planner.hpp"
#include "reader_engine.hpp"

namespace podium::sqlite {

/// Counts into `groups` where it is cheaper than looking at each record that matches: one use, for
/// a question that only counts, on a snapshot without tombstones.
class IndexCounts {
 public:
  IndexCounts(const ReadContext& context, const CollectionInfo& info, const Aggregate& question,
              Groups& groups, kit::Meter& meter)
      : context_(context), info_(info), question_(question), groups_(groups), meter_(meter) {}
  /// False when it cannot, and nothing was counted.
  bool run();

 private:
  /// An arm that binds a plain field to values.
  struct Bound {
    const FieldInfo* field;
    std::vector<Value> values;
  };
  static bool bound_arms(const Filter&, const CollectionInfo&, std::vector<Bound>&);
  bool count_by_key(const std::vector<Bound>&);
  bool count_by_table(const std::vector<Bound>&);
  void count_where(const std::vector<Bound>&, const std::string& index);
  bool count_by_entries();
  std::int64_t records_in(const std::vector<Ordinal>* parts);
  std::optional<std::vector<Ordinal>> outside(const Filter& place, const std::vector<Filter>& rest,
                                              std::int64_t all);
  /// The entries of a key in one partition, by their texts. How many there are.
  std::int64_t count_values(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_numbers(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_texts(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_along_part(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_spelled(Statement& rows);
  void add(std::string_view text, std::int64_t n);
  void count_keys(class KeyCounter&, const MapInfo*, const SeriesInfo*, Ordinal part);

  const ReadContext& context_;
  const CollectionInfo& info_;
  const Aggregate& question_;
  Groups& groups_;
  kit::Meter& meter_;
};

/// Whether a question groups by the keys of a map or of a series.
bool groups_by_keys(const Aggregate&);

/// Adds `n` to the groups of each key that a record has.
class KeyCounter {
 public:
  KeyCounter(const ReadContext&, const CollectionInfo&, const Path&, Groups&);
  void add(Ordinal, std::int64_t n);
  /// The group of a key.
  Group& group(std::int64_t key, std::int64_t scope);

 private:
  const ReadContext& context_;
  Groups& groups_;
  const bool series_;
  Statement keys_;
  std::unordered_map<std::uint64_t, std::size_t> known_;
};

}  // namespace podium::sqlite
