#include "eraser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "record.hpp"
#include "series_table.hpp"
#include "series_writer.hpp"

namespace podium::sqlite {
namespace {

using Record = std::pair<CollectionId, Ordinal>;

/// Entries of maps that cost as much as a record or a chunk.
constexpr std::int64_t entries_a_row = 8;

/// Those that refer by one field, in portions.
std::vector<Ordinal> referring(Session& session, const CollectionInfo& info, const FieldInfo& field,
                               Ordinal target, Ordinal after, int limit) {
  std::vector<Ordinal> result;
  Statement rows = session.db().prepare(
      fmt::format("SELECT rid FROM {} INDEXED BY {} WHERE {} = ? AND rid > ? ORDER BY rid LIMIT ?",
                  info.table, info.reference_index(field), field.column));
  rows.bind(target, after, limit);
  while (rows.step()) result.push_back(rows.integer(0));
  return result;
}

struct Head {
  std::string id;
  Ordinal partition = 0;
};

Head read_head(Session& session, const CollectionInfo& info, Ordinal ordinal) {
  Head head;
  Statement row = session.db().prepare(info.select_row);
  if (!row.bind(ordinal).step()) return head;
  head.id = id_text(info, ordinal, info.id_position < 0 ? "" : row.text(info.id_position));
  if (info.partition != nullptr) head.partition = row.integer(info.partition->position);
  return head;
}

void remove_row(Session& session, const CollectionInfo& info, Ordinal ordinal, Head head) {
  session.db().prepare(fmt::format("DELETE FROM {} WHERE rid = ?", info.table)).bind(ordinal).run();
  session.feed().erased(info.id, ordinal, std::move(head.id), head.partition);
  session.retire(info.id, ordinal);
}

/// Removes records depth first, counting down `left`; when that runs out everything unwinds, and
/// what is left in the file is where the next slice goes on.
class Eraser {
 public:
  Eraser(Session& session, std::int64_t work) : session_(session), left_(work) {}

  /// An existing record. `indexed`: its entries in value indexes still stand. False when `left` ran
  /// out.
  bool record(const CollectionInfo& info, Ordinal ordinal, bool indexed = true) {
    if (!visiting_.insert({info.id, ordinal}).second) return true;
    const bool done = dependants(info, ordinal, false) && own(info, ordinal, indexed);
    visiting_.erase({info.id, ordinal});
    return done;
  }

  /// What refers to a record. `ranges_gone`: the value indexes of those whose partition it was are
  /// purged.
  bool dependants(const CollectionInfo& info, Ordinal ordinal, bool ranges_gone) {
    for (const Referrer& referrer : info.referrers) {
      const CollectionInfo& child = session_.catalog().at(referrer.collection);
      const FieldInfo& field = child.fields[referrer.field];
      const bool child_indexed = !ranges_gone || child.partition != &field;
      Ordinal after = 0;
      for (;;) {
        constexpr int portion = 100;
        const std::vector<Ordinal> some =
            referring(session_, child, field, ordinal, after, portion);
        for (const Ordinal one : some) {
          if (left_ <= 0) return false;
          if (referrer.on_erase == OnErase::cascade) {
            if (!record(child, one, child_indexed)) return false;
          } else {
            clear_reference(session_, child, one, field);
            --left_;
          }
          after = one;
        }
        if (some.size() < portion) break;
      }
    }
    return true;
  }

  bool content(const CollectionInfo& info, Owner owner) {
    for (const MapInfo& map : info.maps) {
      for (;;) {
        if (left_ <= 0) return false;
        constexpr std::int64_t portion = 500;
        const std::int64_t removed = clear_some(session_, map, owner, portion);
        left_ -= removed / entries_a_row;
        if (removed < portion) break;
      }
    }
    for (const SeriesInfo& series : info.series) {
      SeriesTable table(session_.db(), series);
      for (const SeriesTable::Member& member : table.of(owner.ordinal)) {
        while (member.chunks > 0) {
          if (left_ <= 0) return false;
          constexpr std::int64_t portion = 50;
          const std::int64_t removed = table.remove_chunks(member.sid, portion);
          left_ -= removed;
          if (removed < portion) break;
        }
        table.unindex(owner, member.key, member.scope, member.last);
        table.remove_tail(member.sid);
        table.remove(member.sid);
        --left_;
      }
    }
    return true;
  }

 private:
  bool own(const CollectionInfo& info, Ordinal ordinal, bool indexed) {
    Head head = read_head(session_, info, ordinal);
    if (!content(info, {ordinal, indexed ? head.partition : not_indexed})) return false;
    remove_row(session_, info, ordinal, std::move(head));
    --left_;
    return true;
  }

  Session& session_;
  std::int64_t left_;
  std::set<Record> visiting_;
};

/// Records and chunks that an erasure would touch, as far as `limit`.
std::int64_t weigh(Session& session, const CollectionInfo& root, Ordinal ordinal,
                   std::int64_t limit) {
  std::int64_t weight = 0;
  std::set<Record> seen{{root.id, ordinal}};
  std::vector<Record> open{{root.id, ordinal}};
  while (!open.empty() && weight <= limit) {
    const auto [collection, record] = open.back();
    open.pop_back();
    ++weight;
    const CollectionInfo& info = session.catalog().at(collection);
    for (const MapInfo& map : info.maps) {
      // A few hundred entries come with every record.
      constexpr std::int64_t usual = 400;
      Statement count = session.db().prepare(fmt::format(
          "SELECT count(*) FROM (SELECT 1 FROM {} WHERE owner = ? LIMIT ?)", map.table));
      count.bind(record, usual + (limit + 1) * entries_a_row).step();
      weight += std::max<std::int64_t>(0, count.integer(0) - usual) / entries_a_row;
    }
    for (const SeriesInfo& series : info.series) {
      Statement sum = session.db().prepare(fmt::format(
          "SELECT ifnull(sum((n - loose) / 1024 + small + (loose + 127) / 128), 0) FROM "
          "(SELECT n, loose, small FROM {} WHERE owner = ? LIMIT ?)",
          series.summaries));
      sum.bind(record, limit + 1).step();
      weight += sum.integer(0);
    }
    for (const Referrer& referrer : info.referrers) {
      const CollectionInfo& child = session.catalog().at(referrer.collection);
      const std::vector<Ordinal> some = referring(session, child, child.fields[referrer.field],
                                                  record, 0, static_cast<int>(limit) + 1);
      if (referrer.on_erase == OnErase::clear) {
        weight += static_cast<std::int64_t>(some.size());
        continue;
      }
      for (const Ordinal one : some)
        if (seen.insert({child.id, one}).second) open.push_back({child.id, one});
      if (static_cast<std::int64_t>(open.size()) > limit) return limit + 1;
    }
  }
  return weight;
}

/// Removes up to `work` entries of a value index that lead with a partition. False when none were
/// left.
bool purge_range(Session& session, const std::string& table, const char* columns, int width,
                 Ordinal partition, std::int64_t& work) {
  // Bound by the values of the last entry to go; a subquery in the DELETE is four times slower.
  Statement last = session.db().prepare(fmt::format(
      "SELECT {} FROM {} WHERE part = ? ORDER BY {} LIMIT 1 OFFSET ?", columns, table, columns));
  last.bind(partition, work);
  if (!last.step()) {
    Statement all = session.db().prepare(fmt::format("DELETE FROM {} WHERE part = ?", table));
    all.bind(partition).run();
    work -= session.db().changes();
    return session.db().changes() > 0;
  }
  std::string values;
  for (int i = 0; i < width; ++i) values += i == 0 ? "?" : ", ?";
  Statement remove = session.db().prepare(
      fmt::format("DELETE FROM {} WHERE part = ? AND ({}) < ({})", table, columns, values));
  remove.bind(partition);
  for (int i = 0; i < width; ++i)
    sqlite3_bind_value(remove.raw(), i + 2, sqlite3_column_value(last.raw(), i));
  last.reset();
  remove.run();
  work -= session.db().changes();
  return true;
}

/// Removes the value indexes of those whose partition the erased root was, by ranges.
bool purge_partition(Session& session, const CollectionInfo& root, Ordinal ordinal,
                     std::int64_t work) {
  bool any = false;
  for (const Referrer& referrer : root.referrers) {
    const CollectionInfo& child = session.catalog().at(referrer.collection);
    if (child.partition != &child.fields[referrer.field] || referrer.on_erase != OnErase::cascade)
      continue;
    for (const MapInfo& map : child.maps)
      if (map.indexed && work > 0)
        any = purge_range(session, map.values, "key, rank, num, txt64, owner", 5, ordinal, work) ||
              any;
    for (const SeriesInfo& series : child.series)
      if (work > 0)
        any = purge_range(session, series.last_values, "key, scope, rank, value, owner", 5, ordinal,
                          work) ||
              any;
  }
  return any;
}

}  // namespace

void erase_record(Session& session, const CollectionInfo& info, Ordinal ordinal) {
  if (weigh(session, info, ordinal, direct_erase) <= direct_erase) {
    Eraser(session, std::numeric_limits<std::int64_t>::max()).record(info, ordinal);
    return;
  }
  Head head = read_head(session, info, ordinal);
  const Ordinal partition = head.partition;
  remove_row(session, info, ordinal, std::move(head));
  session.entomb(info.id, ordinal, partition);
}

void purge_record(Session& session, const CollectionInfo& info, Ordinal ordinal) {
  Eraser(session, std::numeric_limits<std::int64_t>::max()).record(info, ordinal);
}

bool purge_slice(Session& session, std::int64_t work) {
  if (session.tombstones().empty()) return false;
  const auto [collection, root] = *session.tombstones().roots().begin();
  const CollectionInfo& info = session.catalog().at(collection);
  // Entries of an index are about ten times cheaper than records.
  if (purge_partition(session, info, root, work * 10)) return true;
  Eraser eraser(session, work);
  if (!eraser.dependants(info, root, true)) return true;
  Ordinal partition = 0;
  {
    Statement row = session.db().prepare("SELECT part FROM tombstones WHERE cid = ? AND rid = ?");
    if (row.bind(static_cast<int>(collection), root).step()) partition = row.integer(0);
  }
  if (!eraser.content(info, {root, partition})) return true;
  session.unentomb(collection, root);
  return true;
}

void clear_reference(Session& session, const CollectionInfo& info, Ordinal ordinal,
                     const FieldInfo& field) {
  const bool moves = info.partition == &field;
  Ordinal partition = 0;
  if (moves) partition = read_head(session, info, ordinal).partition;
  session.db()
      .prepare(fmt::format("UPDATE {} SET {} = NULL, ver = ver + 1 WHERE rid = ?", info.table,
                           field.column))
      .bind(ordinal)
      .run();
  if (moves) {
    move_partition(session, info, ordinal, partition, 0);
    session.feed().moved(info.id, ordinal, partition);
  } else {
    session.feed().updated(info.id, ordinal);
  }
}

void move_partition(Session& session, const CollectionInfo& info, Ordinal ordinal, Ordinal from,
                    Ordinal to) {
  for (const MapInfo& map : info.maps)
    if (map.indexed) move_map(session, map, {ordinal, from}, map, {ordinal, to});
  for (const SeriesInfo& series : info.series)
    move_series(session, series, {ordinal, from}, series, {ordinal, to});
}

}  // namespace podium::sqlite
