#pragma once
// The six reading calls of a Store, and the views in which rows arrive.
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "podium/error.hpp"
#include "podium/function.hpp"
#include "podium/store/filter.hpp"
#include "podium/store/schema.hpp"

namespace podium {

/// A declared collection, as the store numbers it while it is open. Never stored.
enum class CollectionId : std::uint16_t {};

/// Commits are numbered from 1, ascending, durable.
using Revision = std::int64_t;

/// A value of a row, valid during the sink's call only. Types as in `Value`, texts as views.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

/// What a cell holds, when it may be missing or something else.
namespace cell {
inline bool missing(const Cell& c) { return std::holds_alternative<std::monostate>(c); }
/// "" unless it is a text; valid as long as the cell's text is.
inline std::string_view view(const Cell& c) {
  const auto* text = std::get_if<std::string_view>(&c);
  return text != nullptr ? *text : std::string_view();
}
inline std::string text(const Cell& c) { return std::string(view(c)); }
/// An integer, time or reference.
inline std::int64_t integer(const Cell& c, std::int64_t otherwise = 0) {
  const auto* number = std::get_if<std::int64_t>(&c);
  return number != nullptr ? *number : otherwise;
}
inline std::optional<std::int64_t> integer_if(const Cell& c) {
  const auto* number = std::get_if<std::int64_t>(&c);
  return number != nullptr ? std::optional(*number) : std::nullopt;
}
inline bool flag(const Cell& c) {
  const auto* flag = std::get_if<bool>(&c);
  return flag != nullptr && *flag;
}
}  // namespace cell

/// A copy that outlives the row.
inline Value owned(const Cell& c) {
  return std::visit(
      [](const auto& v) -> Value {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string_view>)
          return std::string(v);
        else
          return v;
      },
      c);
}

/// One entry of a map. `number` is set when the text spells a finite decimal.
struct MapEntry {
  std::string_view key, text;
  std::optional<double> number = std::nullopt;  ///< filled by the store; ignored when written
};

struct Point {
  std::int64_t step = 0;
  std::int64_t time = 0;  ///< milliseconds UTC
  double value = 0;
  bool operator==(const Point&) const = default;
};

/// What is known of a series without reading its points. min and max ignore NaN and are the
/// earliest point (in the series' order) that has the value; `count` counts points as stored (exact
/// duplicates dropped); `sum` leaves out NaN. With only NaN points, min and max have the value NaN.
struct Summary {
  Point last, first, min, max;
  std::int64_t count = 0;
  double sum = 0;
};

struct SeriesEntry {
  std::string_view key, scope;
  Summary summary;
};

/// One column of what a read returns.
struct Column {
  enum class Kind : std::uint8_t {
    value = 1,     ///< `path`: one cell
    whole_map,     ///< all entries of the map `path.name`, ordered by key (bytes): Row::map
    whole_series,  ///< all series of `path.name` with summaries, by (key, scope): Row::series. With
                   ///< `path.key` not empty only those of that key, in every scope
  };
  Kind kind = Kind::value;
  Path path;
};
inline Column value_of(Path p) { return {Column::Kind::value, std::move(p)}; }
inline Column whole_map(std::string name) {
  return {Column::Kind::whole_map, field(std::move(name))};
}
inline Column whole_series(std::string name) {
  return {Column::Kind::whole_series, field(std::move(name))};
}

/// A row, valid during the sink's call. `i` is the position in the projection; asking a column for
/// another kind than it has is `misuse`.
class Row {
 public:
  virtual Ordinal ordinal() const = 0;
  virtual std::string_view id() const = 0;  ///< a sequence id in decimal
  virtual std::int64_t version() const = 0;
  virtual Cell cell(std::size_t i) const = 0;
  virtual std::span<const MapEntry> map(std::size_t i) const = 0;
  virtual std::span<const SeriesEntry> series(std::size_t i) const = 0;

 protected:
  ~Row() = default;
};

/// Gets the rows one by one; returns false to stop.
using RowSink = FunctionRef<bool(const Row&)>;

/// How much a read may cost before it throws `too_expensive`. 0 is no limit.
struct Budget {
  std::uint64_t records = 0;  ///< records (or index entries) examined
  std::chrono::milliseconds time{0};
};

struct Query {
  CollectionId collection{};
  Filter filter = {};
  Order order = {};
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  std::string cursor =
      {};  ///< of a Page before, with the same collection, filter and order; "" starts
  std::vector<Column> columns = {};
  Budget budget = {};
};

/// How a query ended. `cursor` continues behind the last row given, and is empty when nothing
/// follows (the store looks one row ahead). It is opaque, printable ASCII, and stays good while the
/// collection exists: rows that moved in the order meanwhile may be seen twice or not at all.
struct Page {
  std::uint64_t rows = 0;
  std::string cursor;
};

struct Aggregate {
  struct Fold {
    enum class Kind : std::uint8_t { count = 1, min, max, sum };
    Kind kind = Kind::count;
    Path path =
        {};  ///< what is folded; count counts records and needs none. Missing and NaN are left out
  };
  CollectionId collection{};
  Filter filter = {};
  /// Fields, map entries, summaries; missing is a group of its own. A map or a series without a key
  /// is grouped by its keys, of a series with their scopes as a second value: a record counts in
  /// each that it has. Such a path stands alone, with counts only.
  std::vector<Path> groups = {};
  std::vector<Fold> folds = {};
  int order_by_fold =
      -1;  ///< index into folds, or -1: by the group's values, ascending, missing last
  bool descending = false;
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  Budget budget = {};
};

/// Gets one group: its values (of a map entry the text) and its folds (count as int64, others
/// double or missing when nothing was folded). Valid during the call; returns false to stop.
using GroupSink = FunctionRef<bool(std::span<const Cell> values, std::span<const Cell> folds)>;

struct PointsQuery {
  CollectionId collection{};
  Ordinal record = 0;
  std::string series;  ///< the declared name, e.g. "metrics"
  std::string key, scope;
  enum class By : std::uint8_t {
    step = 1,
    time
  } by = By::step;  ///< (step, time, value) or (time, step, value)
  std::int64_t from =
      std::numeric_limits<std::int64_t>::min();  ///< of step or time, both ends included
  std::int64_t to = std::numeric_limits<std::int64_t>::max();
  std::optional<Point> after = {};  ///< only points behind this one in the order
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  /// 0: every point. n > 0: down-sampled to n buckets of equal numbers of points, keeping first,
  /// min, max and last of each (so up to 4n points), in order.
  std::uint32_t buckets = 0;
  /// 0: every point. n > 0: at most n points: of n runs of equal length the first each (the longer
  /// runs in front), but of the last run the last; so first and last are kept, and 1 is the last.
  /// Decoded from the chunks hit only. Not together with `buckets`, `after` or `limit`.
  std::uint32_t evenly = 0;
};

/// Gets points in blocks, in order. Valid during the call; returns false to stop.
using PointSink = FunctionRef<bool(std::span<const Point>)>;

/// One record that changed. Kinds merge: inserted+updated is inserted, anything+erased is erased,
/// erased+inserted (same id, new ordinal) are two entries.
struct Change {
  enum class Kind : std::uint8_t { inserted = 1, updated, erased };
  Revision revision = 0;  ///< of its last change
  CollectionId collection{};
  Ordinal ordinal = 0;
  Kind kind = Kind::updated;
  std::string_view id;        ///< of erased records; else empty
  Ordinal partition = 0;      ///< of erased records: where it was
  Ordinal old_partition = 0;  ///< if it moved since the last compaction: where it was before
};

/// How far a reader of the feed has now seen. A reader that has seen up to r never misses an entry
/// <= r.
struct Changes {
  Revision through = 0;
  bool more = false;  ///< there is more behind `through`
};

/// Reads. Thread-safe. Every call sees one committed state; `Store::read` runs several on one.
/// Throws `invalid` for a question that does not fit the declaration (naming the path),
/// `too_expensive` over budget, `unavailable` when the engine cannot be reached, `corrupt` when
/// data is damaged.
class Reader {
 public:
  /// Rows of the given ordinals, in that order; ordinals that do not exist are passed over.
  virtual void get(CollectionId, std::span<const Ordinal>, std::span<const Column>,
                   RowSink) const = 0;
  /// The ordinals of text ids, 0 where there is none.
  virtual std::vector<Ordinal> find(CollectionId, std::span<const std::string> ids) const = 0;
  virtual Page query(const Query&, RowSink) const = 0;
  /// All ordinals that match, in order. What a listing is made of.
  virtual std::vector<Ordinal> ids(CollectionId, const Filter&, const Order&,
                                   Budget = {}) const = 0;
  virtual void aggregate(const Aggregate&, GroupSink) const = 0;
  virtual void points(const PointsQuery&, PointSink) const = 0;
  /// What changed after `since` in the named collections (none named: all), in the order of
  /// revisions, each record once. `limit` is soft: the answer ends at a whole revision. Throws
  /// `too_old` when the feed no longer reaches back that far.
  virtual Changes changes(Revision since, std::span<const CollectionId>, std::uint64_t limit,
                          FunctionRef<void(const Change&)>) const = 0;
  /// The newest committed revision.
  virtual Revision revision() const = 0;

  /// The ordinal of one text id, or 0.
  Ordinal find(CollectionId c, std::string_view id) const {
    const std::string text(id);
    return find(c, std::span<const std::string>(&text, 1)).front();
  }
  /// One row, if it is there.
  bool get(CollectionId c, Ordinal o, std::span<const Column> columns,
           FunctionRef<void(const Row&)> sink) const {
    bool found = false;
    get(c, std::span<const Ordinal>(&o, 1), columns, [&](const Row& row) {
      found = true;
      sink(row);
      return true;
    });
    return found;
  }

 protected:
  ~Reader() = default;
};

}  // namespace podium
