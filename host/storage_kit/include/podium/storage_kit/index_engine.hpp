#pragma once
// What the planner asks of an engine: to read ranges of the indexes that every engine keeps, and to
// show a record. One object answers for one collection on one snapshot.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/storage_kit/evaluate.hpp"
#include "podium/storage_kit/values.hpp"
#include "podium/store/filter.hpp"
#include "podium/store/schema.hpp"

namespace podium::kit {

/// One contiguous range of one index.
struct IndexRange {
  enum class Index : std::uint8_t {
    ordinal = 1,  ///< the records; the column is the ordinal
    id,           ///< the text ids (never of a sequence); the column is the id
    key,          ///< declared key `name`; the column is the field behind those in `equal`
    reference,    ///< reference field `name`; the column is the field, unless `equal` binds it
    map,          ///< value index of map `name` at `partition`, `key`; the column is the value
    series,  ///< index of `last` of series `name` at `partition`, `key`, `scope`; the column is the
             ///< value
  };
  struct Bound {
    Value value;  ///< never NaN, never missing
    bool inclusive = true;
  };
  static constexpr int any_rank = -1;

  Index index = Index::ordinal;
  std::string name;
  std::string key, scope;
  Ordinal partition = 0;     ///< 0: the records without one, and collections that declare none
  std::vector<Value> equal;  ///< of key and reference: the leading fields; monostate is missing
  /// Which part of the column: kit::rank_number, rank_nan or rank_text, rank_missing. Map and
  /// series indexes have no missing part. `any_rank`: all of it, in no particular order, without
  /// bounds.
  int rank = any_rank;
  std::optional<Bound> from,
      to;  ///< of the column; of texts in a map index: of their first 64 code points
  bool descending = false;
};

/// Entries of an index: ordinals, and if asked for the column's values beside them. The text of a
/// number in a map index is not known (the key holds the number alone), of a text the first 64 code
/// points are.
struct IndexEntries {
  std::vector<Ordinal> ordinals;
  std::vector<SortKey> keys;
  void clear() {
    ordinals.clear();
    keys.clear();
  }
};

/// Code points of a text that a map's value index keeps.
constexpr std::size_t indexed_code_points = 64;

/// A range being read. Ends with its engine.
class IndexScan {
 public:
  virtual ~IndexScan() = default;
  /// Appends up to `max` entries; false when the range has ended.
  virtual bool next(std::size_t max, IndexEntries& out) = 0;
};

class IndexEngine {
 public:
  virtual ~IndexEngine() = default;
  virtual const Collection& declaration() const = 0;
  /// Opens a range. With a rank its entries come by (value, ordinal), both in the direction of
  /// `descending`; parts without values (NaN, missing, a column that `equal` binds) by the ordinal,
  /// in that direction too. `behind` starts after that entry.
  struct Position {
    SortKey key;
    Ordinal ordinal = 0;
  };
  virtual std::unique_ptr<IndexScan> scan(const IndexRange&, bool keys, const Position* behind) = 0;
  /// The ordinals of the partitions that records are in, 0 among them if some are in none.
  virtual std::vector<Ordinal> partitions() = 0;
  /// Makes `record()` show this record; false when it does not exist or is hidden.
  virtual bool seek(Ordinal) = 0;
  virtual RecordAccess& record() = 0;
  /// Whether some records are hidden: erased, with index entries that still stand.
  virtual bool hides() = 0;
  /// The same for another collection, for `any`. Lives as long as this one.
  virtual IndexEngine& child(const std::string& collection) = 0;
};

/// The ordinal that the id of a sequence stands for, whether or not there is such a record; nothing
/// when the text is no canonical decimal from the sequence's first id on. And the other way round.
std::optional<Ordinal> sequence_ordinal(const Collection&, std::string_view id);
std::string sequence_id(const Collection&, Ordinal);

}  // namespace podium::kit
