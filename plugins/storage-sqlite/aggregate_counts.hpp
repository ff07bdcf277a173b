#pragma once
// Counts of groups that the indexes tell, without a look at each record.
#include <optional>
#include <vector>

#include "aggregate_groups.hpp"
#include "podium/storage_kit/planner.hpp"
#include "reader_engine.hpp"

namespace podium::sqlite {

/// What a conjunction says of the partition, and the rest of it: arms that index entries, which lie
/// by partitions, do not answer.
struct PlaceAndRest {
  std::optional<Filter> place;
  std::vector<Filter> rest;

  PlaceAndRest(const Filter&, const CollectionInfo&);
  /// Takes off an arm that is answered otherwise, if it is there.
  bool take(const Filter& arm);
  /// The partitions that are spoken of.
  std::vector<Ordinal> parts(const ReadContext&, const CollectionInfo&) const;
  /// How many records these have. Throws when they are more than the meter's budget.
  std::int64_t records(const ReadContext&, const CollectionInfo&, const kit::Meter&) const;

 private:
  void split(const Filter&, const CollectionInfo&);
};

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
  bool count_those_with();
  std::optional<std::vector<Ordinal>> outside(const Filter& place, const std::vector<Filter>& rest,
                                              std::int64_t all);
  /// The entries of a key in one partition, by their texts. How many there are.
  std::int64_t count_values(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_numbers(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_texts(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_along_part(const MapInfo&, Ordinal part, std::int64_t key);
  std::int64_t count_spelled(Statement& rows);
  /// Whether a partition has fewer records than this.
  bool has_fewer(Ordinal part, std::int64_t records);
  void add(std::string_view text, std::int64_t n);
  void count_keys(class KeyCounter&, const MapInfo*, const SeriesInfo*, Ordinal part);

  const ReadContext& context_;
  const CollectionInfo& info_;
  const Aggregate& question_;
  Groups& groups_;
  kit::Meter& meter_;
};

/// How many entries a part of an index has. One statement cannot be stopped: with a budget it
/// counts no further than that reaches, and throws when there are more.
template <class... Bound>
std::int64_t entries(const ReadContext& context, const kit::Meter& meter, const std::string& from,
                     const Bound&... bound) {
  if (!meter.bounded()) {
    Statement all = context.connection.prepare("SELECT count(*) FROM " + from);
    all.bind(bound...);
    return all.step() ? all.integer(0) : 0;
  }
  Statement some =
      context.connection.prepare("SELECT count(*) FROM (SELECT 1 FROM " + from + " LIMIT ?)");
  some.bind(bound..., meter.left() + 1);
  const std::int64_t n = some.step() ? some.integer(0) : 0;
  meter.afford(static_cast<std::uint64_t>(n));
  return n;
}

/// Whether what a statement would look at is counted before it runs: with a budget that is meant to
/// be kept within milliseconds. With others that would cost more than it saves.
inline bool checked_first(const kit::Meter& meter) {
  return meter.bounded() && meter.left() <= 100'000;
}

/// Whether a text of the value index may be only the beginning of an entry's.
bool may_be_cut(std::string_view start);

/// Whether a question groups by the keys of a map or of a series.
bool groups_by_keys(const Aggregate&);

/// Adds `n` to the groups of each key that a record has.
class KeyCounter {
 public:
  KeyCounter(const ReadContext&, const CollectionInfo&, const Path&, Groups&, kit::Meter&);
  void add(Ordinal, std::int64_t n);
  /// The group of a key.
  Group& group(std::int64_t key, std::int64_t scope);

 private:
  const ReadContext& context_;
  Groups& groups_;
  kit::Meter& meter_;
  const bool series_;
  Statement keys_;
  std::unordered_map<std::uint64_t, std::size_t> known_;
};

}  // namespace podium::sqlite
