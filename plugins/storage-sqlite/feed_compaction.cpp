#include "feed_compaction.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace podium::sqlite {
namespace {

constexpr int inserted = static_cast<int>(Change::Kind::inserted);
constexpr int erased = static_cast<int>(Change::Kind::erased);

struct Entry {
  Revision revision = 0;
  int kind = 0;
  std::optional<std::int64_t> old_partition;
  bool merged = false;  ///< took something from an earlier one
};

/// What a reader of both must still learn from the later one alone. Who saw "inserted" must hear
/// "erased", so unlike within one commit the two do not vanish.
void merge(const Entry& earlier, Entry& later) {
  if (earlier.kind == inserted && later.kind != erased && later.kind != inserted) {
    later.kind = inserted;
    later.merged = true;
  }
  if (earlier.old_partition && earlier.old_partition != later.old_partition) {
    later.old_partition = earlier.old_partition;
    later.merged = true;
  }
}

}  // namespace

Revision compact_slice(Connection& db, Revision compacted, Revision newest, std::int64_t limit) {
  using Record = std::pair<std::int64_t, std::int64_t>;
  std::map<Record, Entry> last;
  std::vector<std::pair<Record, Revision>> superseded;
  Revision through = newest;
  {
    Statement rows = db.prepare(
        "SELECT rev, cid, rid, kind, old_part FROM feed WHERE rev > ? AND rev <= ? ORDER BY rev");
    rows.bind(compacted, newest);
    std::int64_t count = 0;
    Revision current = compacted;
    while (rows.step()) {
      const Revision revision = rows.integer(0);
      if (revision != current && count >= limit) {
        through = current;
        break;
      }
      current = revision;
      ++count;
      Entry entry{revision, static_cast<int>(rows.integer(3)),
                  rows.is_null(4) ? std::nullopt : std::optional(rows.integer(4)), false};
      const Record record{rows.integer(1), rows.integer(2)};
      const auto [at, fresh] = last.try_emplace(record, entry);
      if (fresh) continue;
      superseded.emplace_back(record, at->second.revision);
      merge(at->second, entry);
      at->second = entry;
    }
  }
  Statement remove = db.prepare("DELETE FROM feed WHERE rev = ? AND cid = ? AND rid = ?");
  for (const auto& [record, revision] : superseded)
    remove.bind(revision, record.first, record.second).run();
  Statement find = db.prepare(
      "SELECT f.rev, f.kind, f.old_part FROM feed_last l JOIN feed f ON f.rev = l.rev AND f.cid = "
      "l.cid "
      "AND f.rid = l.rid WHERE l.cid = ? AND l.rid = ?");
  Statement change =
      db.prepare("UPDATE feed SET kind = ?, old_part = ? WHERE rev = ? AND cid = ? AND rid = ?");
  Statement note = db.prepare("INSERT OR REPLACE INTO feed_last (cid, rid, rev) VALUES (?, ?, ?)");
  Statement forget = db.prepare("DELETE FROM feed_last WHERE cid = ? AND rid = ?");
  for (auto& [record, entry] : last) {
    find.bind(record.first, record.second);
    if (find.step()) {
      const Entry before{find.integer(0), static_cast<int>(find.integer(1)),
                         find.is_null(2) ? std::nullopt : std::optional(find.integer(2)), false};
      find.reset();
      merge(before, entry);
      remove.bind(before.revision, record.first, record.second).run();
    } else {
      find.reset();
    }
    if (entry.merged) {
      change.bind(entry.kind);
      if (entry.old_partition)
        change.bind_at(2, *entry.old_partition);
      else
        change.bind_at(2, nullptr);
      change.bind_at(3, entry.revision);
      change.bind_at(4, record.first);
      change.bind_at(5, record.second);
      change.run();
    }
    // An erased record's ordinal never comes again.
    if (entry.kind == erased)
      forget.bind(record.first, record.second).run();
    else
      note.bind(record.first, record.second, entry.revision).run();
  }
  db.prepare("UPDATE meta SET value = ? WHERE key = 'compacted'").bind(through).run();
  return through;
}

bool drop_erased(Connection& db, Revision through, Revision newest, std::int64_t limit) {
  struct Key {
    Revision revision;
    std::int64_t collection, record;
  };
  std::vector<Key> old;
  {
    Statement rows = db.prepare(
        "SELECT rev, cid, rid FROM feed WHERE kind = 3 AND rev <= ? ORDER BY rev LIMIT ?");
    rows.bind(through, limit);
    while (rows.step()) old.push_back({rows.integer(0), rows.integer(1), rows.integer(2)});
  }
  if (old.empty()) return false;
  Statement remove = db.prepare("DELETE FROM feed WHERE rev = ? AND cid = ? AND rid = ?");
  for (const Key& key : old) remove.bind(key.revision, key.collection, key.record).run();
  db.prepare("UPDATE meta SET value = max(value, ?) WHERE key = 'horizon'")
      .bind(old.back().revision)
      .run();
  db.prepare("UPDATE meta SET value = ? WHERE key = 'revision'").bind(newest).run();
  return true;
}

}  // namespace podium::sqlite
