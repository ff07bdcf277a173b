// The store's examination of itself: what is kept twice must agree.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "podium/storage_kit/points.hpp"
#include "podium/storage_kit/text.hpp"
#include "series_table.hpp"
#include "series_writer.hpp"
#include "sqlite.hpp"
#include "sqlite_store.hpp"
#include "summary_columns.hpp"
#include "tombstones.hpp"

namespace podium::sqlite {
namespace {

struct Stopped {};

class Check {
 public:
  Check(Connection& db, const Catalog& catalog, FunctionRef<bool(double)> go_on)
      : db_(db), catalog_(catalog), go_on_(go_on) {
    tombstones_.load(db);
  }

  std::vector<Store::Finding> findings;

  void all() {
    if (!tombstones_.empty())
      note(fmt::format("{} erased records are still being purged", tombstones_.roots().size()));
    parts_ = 3;
    for (const auto& info : catalog_.all()) parts_ += 1 + info->maps.size() + info->series.size();
    structure();
    for (const auto& info : catalog_.all()) {
      references(*info);
      for (const MapInfo& map : info->maps) entries(*info, map);
      for (const SeriesInfo& series : info->series) points(*info, series);
    }
    feed();
    advance();
  }

 private:
  void fault(std::string what) {
    constexpr std::size_t most = 100;  // a damaged file may have millions
    if (findings.size() < most) findings.push_back({std::move(what), true});
  }
  void note(std::string what) { findings.push_back({std::move(what), false}); }
  void advance() {
    if (!go_on_(std::min(1.0, static_cast<double>(++part_) / static_cast<double>(parts_))))
      throw Stopped();
  }
  /// Asked within a part, now and then.
  void keep_going() {
    if (++ticks_ % 4096 != 0) return;
    if (!go_on_(std::min(1.0, static_cast<double>(part_) / static_cast<double>(parts_))))
      throw Stopped();
  }

  void structure() {
    Statement rows = db_.prepare("PRAGMA integrity_check(20)");
    while (rows.step())
      if (rows.text(0) != "ok") fault(fmt::format("the file is damaged: {}", rows.text(0)));
    advance();
  }

  /// Whether the record's partition is purged, so that its index entries may be missing.
  bool hidden(const CollectionInfo& info, Ordinal owner) {
    return !tombstones_.empty() &&
           (tombstones_.has(info.id, owner) || tombstones_.hide(db_, catalog_, info, owner));
  }
  static std::string part_of(const CollectionInfo& info) {
    return info.partition == nullptr ? "0" : fmt::format("ifnull(t.{}, 0)", info.partition->column);
  }

  void references(const CollectionInfo& info) {
    for (const FieldInfo& field : info.fields) {
      if (field.type != Type::reference) continue;
      const CollectionInfo& target = catalog_.at(field.target);
      Statement rows = db_.prepare(fmt::format(
          "SELECT rid, {0} FROM {1} WHERE {0} IS NOT NULL AND {0} NOT IN (SELECT rid FROM {2})",
          field.column, info.table, target.table));
      while (rows.step())
        if (tombstones_.empty())
          fault(fmt::format("record {} of '{}' refers by '{}' to {}, which does not exist",
                            rows.integer(0), info.declaration.name, field.name, rows.integer(1)));
    }
    advance();
  }

  void entries(const CollectionInfo& info, const MapInfo& map) {
    const auto where = [&](Ordinal owner, std::int64_t key) {
      return fmt::format("entry {} of record {} in {} of '{}'", key, owner, map.name,
                         info.declaration.name);
    };
    Statement rows =
        db_.prepare(fmt::format("SELECT m.owner, m.key, m.txt, m.num, {}, t.rid, d.id FROM {} m "
                                "LEFT JOIN {} t ON t.rid = m.owner "
                                "LEFT JOIN dict d ON d.id = m.key",
                                part_of(info), map.table, info.table));
    std::int64_t indexed = 0;
    while (rows.step()) {
      keep_going();
      const Ordinal owner = rows.integer(0);
      const std::int64_t key = rows.integer(1);
      const std::string text(rows.text(2));
      const bool spells = !rows.is_null(3);
      const double number = spells ? rows.real(3) : 0.0;
      const std::optional<double> spelled = kit::number_of(text);
      if (rows.is_null(6)) fault(where(owner, key) + " has no text for its key");
      if (spelled.has_value() != spells || (spells && *spelled != number))
        fault(where(owner, key) + " has a number that its text does not spell");
      if (rows.is_null(5)) {
        if (!tombstones_.has(info.id, owner)) fault(where(owner, key) + " belongs to no record");
        continue;
      }
      if (!map.indexed) continue;
      Statement entry = db_.prepare(fmt::format(
          "SELECT 1 FROM {} WHERE part = ? AND key = ? AND owner = ? AND rank = ? AND num = ? "
          "AND txt64 = ?",
          map.values));
      const std::string_view start =
          spells ? std::string_view() : kit::first_code_points(text, indexed_code_points);
      entry.bind(rows.integer(4), key, owner, spells ? 0 : 1, number, start);
      if (entry.step())
        ++indexed;
      else if (!hidden(info, owner))
        fault(where(owner, key) + " is missing in the value index");
    }
    if (map.indexed && tombstones_.empty()) {
      const std::int64_t there = db_.number(fmt::format("SELECT count(*) FROM {}", map.values));
      if (there != indexed)
        fault(fmt::format("the value index of {} of '{}' has {} entries for {}", map.name,
                          info.declaration.name, there, indexed));
    }
    advance();
  }

  static bool same_value(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }
  static bool same(const Point& a, const Point& b, LastRule rule, bool extreme) {
    if (a.step != b.step || a.time != b.time) return false;
    // By (time, step) equal ones are told apart by arrival, which is not kept.
    return (rule == LastRule::time_step && !extreme) || same_value(a.value, b.value);
  }

  void points(const CollectionInfo& info, const SeriesInfo& series) {
    SeriesTable table(db_, series);
    Statement rows =
        db_.prepare(fmt::format("SELECT s.sid, s.owner, s.key, s.scope, {}, t.rid FROM {} s LEFT "
                                "JOIN {} t ON t.rid = s.owner",
                                part_of(info), series.summaries, info.table));
    std::int64_t indexed = 0;
    while (rows.step()) {
      keep_going();
      SeriesRow row;
      table.find(rows.integer(0), row);
      const Ordinal owner = rows.integer(1);
      const auto bad = [&](const std::string& what) {
        fault(fmt::format("series {} of record {} in {} of '{}': {}", row.sid, owner, series.name,
                          info.declaration.name, what));
      };
      if (rows.is_null(5) && !tombstones_.has(info.id, owner)) bad("belongs to no record");
      if (rows.is_null(5) || hidden(info, owner)) continue;
      one_series(table, series, row, bad);
      Statement entry = db_.prepare(
          fmt::format("SELECT 1 FROM {} WHERE part = ? AND key = ? AND scope = ? AND rank = ? AND "
                      "value = ? AND owner = ?",
                      series.last_values));
      entry.bind(rows.integer(4), rows.integer(2), rows.integer(3), rank_of(row.summary.last.value),
                 stored_value(row.summary.last.value), owner);
      if (entry.step())
        ++indexed;
      else
        bad("its last value is missing in the index");
    }
    if (tombstones_.empty()) {
      const std::int64_t there =
          db_.number(fmt::format("SELECT count(*) FROM {}", series.last_values));
      if (there != indexed)
        fault(fmt::format("the index of last values of {} of '{}' has {} entries for {} series",
                          series.name, info.declaration.name, there, indexed));
      for (const std::string& content : {series.tail, series.chunks})
        if (db_.number(fmt::format("SELECT count(*) FROM {} WHERE sid NOT IN (SELECT sid FROM {})",
                                   content, series.summaries)) != 0)
          fault(fmt::format("{} has points that belong to no series", content));
    }
    advance();
  }

  template <class Bad>
  void one_series(SeriesTable& table, const SeriesInfo& series, const SeriesRow& row,
                  const Bad& bad) {
    std::vector<Point> all;
    table.tail(row.sid, std::numeric_limits<std::int64_t>::min(),
               std::numeric_limits<std::int64_t>::max(),
               [&](const Point& point) { all.push_back(point); });
    if (static_cast<std::int64_t>(all.size()) != row.loose)
      bad(fmt::format("its tail has {} points and says {}", all.size(), row.loose));
    std::int64_t small = 0, greatest = -1;
    Statement chunks = db_.prepare(
        fmt::format("SELECT n, s0, s1, t0, t1, data, seq FROM {} WHERE sid = ?", series.chunks));
    chunks.bind(row.sid);
    while (chunks.step()) {
      const std::size_t before = all.size();
      try {
        kit::decode_chunk(chunks.blob(5), static_cast<std::uint32_t>(chunks.integer(0)), all);
      } catch (const Error& e) {
        return bad(e.what());
      }
      const kit::ChunkRange range = kit::range_of(std::span<const Point>(all).subspan(before));
      if (range.first_step != chunks.integer(1) || range.last_step != chunks.integer(2) ||
          range.first_time != chunks.integer(3) || range.last_time != chunks.integer(4))
        bad(fmt::format("chunk {} has other points than its ranges say", chunks.integer(6)));
      if (range.count < small_chunk) ++small;
      greatest = std::max(greatest, chunks.integer(6));
    }
    if (small != row.small)
      bad(fmt::format("it has {} small chunks and says {}", small, row.small));
    if (greatest >= row.chunks) bad("it has a chunk behind its next number");
    if (all.empty()) return bad("it has no points");
    std::sort(all.begin(), all.end(),
              [](const Point& a, const Point& b) { return kit::compare_by_step(a, b) < 0; });
    if (std::adjacent_find(all.begin(), all.end(), [](const Point& a, const Point& b) {
          return kit::compare_by_step(a, b) == 0;
        }) != all.end())
      bad("it has a point twice");
    const Summary true_one = kit::summarize(all, series.rule);
    const Summary& kept = row.summary;
    double magnitude = 0;
    for (const Point& point : all)
      if (!std::isnan(point.value)) magnitude += std::abs(point.value);
    if (kept.count != true_one.count)
      bad(fmt::format("it has {} points and its summary says {}", true_one.count, kept.count));
    // Added up in another order.
    if (!same_value(kept.sum, true_one.sum) &&
        !(std::abs(kept.sum - true_one.sum) <= magnitude * 1e-9))
      bad(fmt::format("its sum is {} and its summary says {}", true_one.sum, kept.sum));
    if (!same(kept.last, true_one.last, series.rule, false) ||
        !same(kept.first, true_one.first, series.rule, false) ||
        !same(kept.min, true_one.min, series.rule, true) ||
        !same(kept.max, true_one.max, series.rule, true))
      bad("first, last, min or max of its summary differ from its points");
  }

  void feed() {
    const std::int64_t revision =
        std::max(db_.number("SELECT max(rev) FROM feed"),
                 db_.number("SELECT value FROM meta WHERE key = 'revision'"));
    const std::int64_t compacted = db_.number("SELECT value FROM meta WHERE key = 'compacted'");
    if (compacted > revision) fault("the feed is compacted beyond its end");
    {
      Statement twice = db_.prepare(
          "SELECT cid, rid FROM feed WHERE rev <= ? GROUP BY cid, rid HAVING count(*) > 1 LIMIT 5");
      twice.bind(compacted);
      while (twice.step())
        fault(fmt::format("the compacted feed has record {} of collection {} twice",
                          twice.integer(1), twice.integer(0)));
    }
    if (db_.number("SELECT count(*) FROM feed_last l WHERE NOT EXISTS (SELECT 1 FROM feed f WHERE "
                   "f.rev = l.rev AND f.cid = l.cid AND f.rid = l.rid)") != 0)
      fault("the feed lacks entries that its compaction knows");
    advance();
    for (const auto& info : catalog_.all()) {
      Statement rows =
          db_.prepare(fmt::format("SELECT l.rid, l.kind, t.rid FROM (SELECT rid, kind, max(rev) "
                                  "FROM feed WHERE cid = ? GROUP BY rid) l "
                                  "LEFT JOIN {} t ON t.rid = l.rid",
                                  info->table));
      rows.bind(static_cast<int>(info->id));
      std::int64_t living = 0;
      while (rows.step()) {
        keep_going();
        const bool erased = rows.integer(1) == static_cast<int>(Change::Kind::erased);
        const bool there = !rows.is_null(2);
        if (there) ++living;
        if (erased == there)
          fault(fmt::format("the feed says that record {} of '{}' {}", rows.integer(0),
                            info->declaration.name,
                            erased ? "is erased, which is there" : "is there, which is not"));
      }
      const std::int64_t records = db_.number(fmt::format("SELECT count(*) FROM {}", info->table));
      if (records != living)
        fault(fmt::format("the feed knows {} of {} records of '{}'", living, records,
                          info->declaration.name));
    }
  }

  Connection& db_;
  const Catalog& catalog_;
  FunctionRef<bool(double)> go_on_;
  Tombstones tombstones_;
  std::size_t part_ = 0, parts_ = 1, ticks_ = 0;
};

}  // namespace

std::vector<Store::Finding> SqliteStore::check(FunctionRef<bool(double progress)> go_on) const {
  refuse_nested();
  const auto catalog = shared_.catalog();
  Connection connection(shared_.file, Connection::Role::reader);
  connection.execute("BEGIN");
  Check check(connection, *catalog, go_on);
  try {
    check.all();
  } catch (const Stopped&) {
    check.findings.push_back({"the check was stopped before its end", false});
  } catch (const EngineError& e) {
    if (e.code() != ErrorCode::corrupt) throw;
    check.findings.push_back({e.what(), true});
  }
  return std::move(check.findings);
}

}  // namespace podium::sqlite
