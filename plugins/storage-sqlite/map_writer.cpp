#include "map_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "podium/storage_kit/text.hpp"

namespace podium::sqlite {
namespace {

/// The key of the value index, without partition and owner.
void bind_indexed(Statement& statement, int at, std::string_view text,
                  std::optional<double> number) {
  statement.bind_at(at, number ? 0 : 1);
  statement.bind_at(at + 1, number ? *number : 0.0);
  statement.bind_at(
      at + 2, number ? std::string_view() : kit::first_code_points(text, indexed_code_points));
}

/// The statements of one map, borrowed once a call.
class MapTable {
 public:
  MapTable(Session& session, const MapInfo& map) : session_(session), map_(map) {}

  void insert(Owner owner, std::int64_t key, std::string_view text, std::optional<double> number) {
    if (!insert_)
      insert_.emplace(session_.db().prepare(
          fmt::format("INSERT INTO {} (owner, key, txt, num) VALUES (?, ?, ?, ?)", map_.table)));
    insert_->bind(owner.ordinal, key, text);
    if (number)
      insert_->bind_at(4, *number);
    else
      insert_->bind_at(4, nullptr);
    insert_->run();
    index(owner, key, text, number);
  }
  void replace(Owner owner, std::int64_t key, std::string_view old_text,
               std::optional<double> old_number, std::string_view text,
               std::optional<double> number) {
    unindex(owner, key, old_text, old_number);
    Statement update = session_.db().prepare(
        fmt::format("UPDATE {} SET txt = ?3, num = ?4 WHERE owner = ?1 AND key = ?2", map_.table));
    update.bind(owner.ordinal, key, text);
    if (number)
      update.bind_at(4, *number);
    else
      update.bind_at(4, nullptr);
    update.run();
    index(owner, key, text, number);
  }
  void index(Owner owner, std::int64_t key, std::string_view text, std::optional<double> number) {
    if (!map_.indexed || owner.part == not_indexed) return;
    if (!index_)
      index_.emplace(session_.db().prepare(fmt::format(
          "INSERT INTO {} (part, key, owner, rank, num, txt64) VALUES (?, ?, ?, ?, ?, ?)",
          map_.values)));
    index_->bind(owner.part, key, owner.ordinal);
    bind_indexed(*index_, 4, text, number);
    index_->run();
  }
  void unindex(Owner owner, std::int64_t key, std::string_view text, std::optional<double> number) {
    if (!map_.indexed || owner.part == not_indexed) return;
    if (!unindex_)
      unindex_.emplace(session_.db().prepare(fmt::format(
          "DELETE FROM {} WHERE part = ? AND key = ? AND owner = ? AND rank = ? AND num = ? "
          "AND txt64 = ?",
          map_.values)));
    unindex_->bind(owner.part, key, owner.ordinal);
    bind_indexed(*unindex_, 4, text, number);
    unindex_->run();
  }
  /// The entry's text and number; valid until the next call.
  struct Stored {
    std::string_view text;
    std::optional<double> number;
  };
  std::optional<Stored> find(Ordinal owner, std::int64_t key) {
    if (!find_)
      find_.emplace(session_.db().prepare(
          fmt::format("SELECT txt, num FROM {} WHERE owner = ? AND key = ?", map_.table)));
    find_->reset();
    if (!find_->bind(owner, key).step()) return std::nullopt;
    return Stored{find_->text(0), find_->is_null(1) ? std::nullopt : std::optional(find_->real(1))};
  }
  void release() {
    if (find_) find_->reset();
  }

 private:
  Session& session_;
  const MapInfo& map_;
  std::optional<Statement> insert_, index_, unindex_, find_;
};

struct Entry {
  std::int64_t key;
  const MapEntry* given;
};

[[noreturn]] void conflict(const CollectionInfo& info, const MapInfo& map,
                           std::vector<Conflict> conflicts) {
  const Conflict& first = conflicts.front();
  std::string message =
      fmt::format("'{}' in {} of '{}' is '{}' and cannot become '{}'", first.key, map.name,
                  info.declaration.name, first.old_text, first.new_text);
  if (conflicts.size() > 1) message += fmt::format(" (and {} more)", conflicts.size() - 1);
  throw ConflictError(message, std::move(conflicts));
}

/// Throws when an entry, stored or given twice, differs. A key that nobody used yet has no number,
/// and gets none before this has refused.
void must_equal(Session& session, const CollectionInfo& info, const MapInfo& map, MapTable& table,
                Ordinal owner, bool fresh, std::span<const MapEntry> given) {
  std::vector<Conflict> conflicts;
  std::unordered_map<std::string_view, std::string_view> firsts;
  for (const MapEntry& entry : given) {
    if (given.size() > 1) {
      const auto [first, is_first] = firsts.try_emplace(entry.key, entry.text);
      if (!is_first) {
        if (first->second != entry.text)
          conflicts.push_back(
              {std::string(entry.key), std::string(first->second), std::string(entry.text)});
        continue;
      }
    }
    if (fresh) continue;
    const auto key = session.find_text(entry.key);
    if (!key) continue;
    const auto stored = table.find(owner, *key);
    if (!stored || stored->text == entry.text) continue;
    conflicts.push_back(
        {std::string(entry.key), std::string(stored->text), std::string(entry.text)});
    firsts[entry.key] = conflicts.back().old_text;
  }
  table.release();
  if (!conflicts.empty()) conflict(info, map, std::move(conflicts));
}

}  // namespace

bool has_entries(Session& session, const MapInfo& map, Ordinal owner) {
  Statement any =
      session.db().prepare(fmt::format("SELECT 1 FROM {} WHERE owner = ? LIMIT 1", map.table));
  return any.bind(owner).step();
}

bool put_entries(Session& session, const CollectionInfo& info, const MapInfo& map, Owner owner,
                 std::span<const MapEntry> given, PutMode mode) {
  if (given.empty()) return false;
  const bool fresh = given.size() > 3 && !has_entries(session, map, owner.ordinal);
  MapTable table(session, map);
  if (mode == PutMode::equal_or_fail)
    must_equal(session, info, map, table, owner.ordinal, fresh, given);
  std::vector<Entry> entries;
  entries.reserve(given.size());
  for (const MapEntry& entry : given) entries.push_back({session.text_id(entry.key), &entry});
  // In the order of the table, and so that a key given twice stands together.
  if (entries.size() > 1)
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.key < b.key; });
  bool changed = false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::size_t end = i + 1;
    while (end < entries.size() && entries[end].key == entries[i].key) ++end;
    const MapEntry& entry = *entries[mode == PutMode::keep ? i : end - 1].given;
    const std::int64_t key = entries[i].key;
    i = end - 1;
    if (const auto stored = fresh ? std::nullopt : table.find(owner.ordinal, key)) {
      if (mode == PutMode::overwrite && stored->text != entry.text) {
        const std::string old_text(stored->text);
        const auto old_number = stored->number;
        table.release();
        table.replace(owner, key, old_text, old_number, entry.text, kit::number_of(entry.text));
        changed = true;
      }
      continue;
    }
    table.release();
    table.insert(owner, key, entry.text, kit::number_of(entry.text));
    changed = true;
  }
  return changed;
}

bool remove_entry(Session& session, const MapInfo& map, Owner owner, std::string_view text) {
  const auto key = session.find_text(text);
  if (!key) return false;
  MapTable table(session, map);
  const auto stored = table.find(owner.ordinal, *key);
  if (!stored) return false;
  const std::string old_text(stored->text);
  const auto old_number = stored->number;
  table.release();
  table.unindex(owner, *key, old_text, old_number);
  session.db()
      .prepare(fmt::format("DELETE FROM {} WHERE owner = ? AND key = ?", map.table))
      .bind(owner.ordinal, *key)
      .run();
  return true;
}

std::int64_t clear_some(Session& session, const MapInfo& map, Owner owner, std::int64_t limit) {
  MapTable table(session, map);
  std::int64_t count = 0, last = 0;
  {
    Statement rows = session.db().prepare(fmt::format(
        "SELECT key, txt, num FROM {} WHERE owner = ? ORDER BY key LIMIT ?", map.table));
    rows.bind(owner.ordinal, limit);
    for (; rows.step(); ++count) {
      last = rows.integer(0);
      table.unindex(owner, last, rows.text(1),
                    rows.is_null(2) ? std::nullopt : std::optional(rows.real(2)));
    }
  }
  if (count > 0)
    session.db()
        .prepare(fmt::format("DELETE FROM {} WHERE owner = ? AND key <= ?", map.table))
        .bind(owner.ordinal, last)
        .run();
  return count;
}

bool clear_map(Session& session, const MapInfo& map, Owner owner) {
  return clear_some(session, map, owner, std::numeric_limits<std::int64_t>::max()) > 0;
}

bool move_map(Session& session, const MapInfo& from, Owner source, const MapInfo& to,
              Owner target) {
  MapTable old_table(session, from), new_table(session, to);
  bool any = false;
  {
    Statement rows = session.db().prepare(
        fmt::format("SELECT key, txt, num FROM {} WHERE owner = ?", from.table));
    rows.bind(source.ordinal);
    while (rows.step()) {
      const auto number = rows.is_null(2) ? std::nullopt : std::optional(rows.real(2));
      old_table.unindex(source, rows.integer(0), rows.text(1), number);
      new_table.index(target, rows.integer(0), rows.text(1), number);
      any = true;
    }
  }
  if (!any || (&from == &to && source.ordinal == target.ordinal)) return any;
  session.db()
      .prepare(fmt::format("INSERT INTO {} (owner, key, txt, num) SELECT ?, key, txt, num FROM {} "
                           "WHERE owner = ?",
                           to.table, from.table))
      .bind(target.ordinal, source.ordinal)
      .run();
  session.db()
      .prepare(fmt::format("DELETE FROM {} WHERE owner = ?", from.table))
      .bind(source.ordinal)
      .run();
  return true;
}

}  // namespace podium::sqlite
