// Erasing, and the maps and series of records.
#include <fmt/format.h>

#include "eraser.hpp"
#include "podium/storage_kit/evaluate.hpp"
#include "podium/storage_kit/text.hpp"
#include "record.hpp"
#include "series_writer.hpp"
#include "transaction.hpp"
#include "values.hpp"

namespace podium::sqlite {

std::uint64_t SqliteTransaction::erase(CollectionId c, std::span<const Ordinal> ordinals,
                                       const Filter& still) {
  return guarded([&] {
    const CollectionInfo& in = info(c);
    check_still(in, still);
    const kit::Evaluator holds_still(still);
    RecordView record(session_, in);
    std::uint64_t count = 0;
    for (const Ordinal ordinal : ordinals) {
      if (!record.seek(ordinal)) continue;
      if (still.op != Filter::Op::all && !holds_still(record)) continue;
      record.release();
      erase_record(session_, in, ordinal);
      ++count;
    }
    return count;
  });
}

Owner SqliteTransaction::owner(const CollectionInfo& in, Ordinal ordinal) {
  Statement row = session_.db().prepare(
      fmt::format("SELECT {} FROM {} WHERE rid = ?",
                  in.partition == nullptr ? "0" : in.partition->column, in.table));
  if (!row.bind(ordinal).step() || session_.hidden(in, ordinal))
    throw Error(ErrorCode::not_found,
                fmt::format("'{}' has no record {}", in.declaration.name, ordinal));
  return {ordinal, row.integer(0)};
}

void SqliteTransaction::put(CollectionId c, Ordinal ordinal, std::string_view name,
                            std::span<const MapEntry> entries, PutMode mode) {
  guarded([&] {
    const CollectionInfo& in = info(c);
    const MapInfo& map = in.map(name);
    for (const MapEntry& entry : entries) {
      if (!kit::valid_text(entry.key))
        check_text(entry.key, fmt::format("a key of {} of '{}'", map.name, in.declaration.name));
      if (!kit::valid_text(entry.text))
        check_text(entry.text,
                   fmt::format("'{}' in {} of '{}'", entry.key, map.name, in.declaration.name));
    }
    if (!put_entries(session_, in, map, owner(in, ordinal), entries, mode)) return;
    bump(in, ordinal);
    session_.feed().updated(in.id, ordinal);
  });
}

void SqliteTransaction::append(CollectionId c, Ordinal ordinal, std::string_view name,
                               std::span<const SeriesPoints> points) {
  guarded([&] {
    const CollectionInfo& in = info(c);
    const SeriesInfo& series = in.one_series(name);
    for (const SeriesPoints& one : points) {
      if (!kit::valid_text(one.key))
        check_text(one.key, fmt::format("a key of {} of '{}'", series.name, in.declaration.name));
      if (!kit::valid_text(one.scope))
        check_text(one.scope,
                   fmt::format("a scope of {} of '{}'", series.name, in.declaration.name));
    }
    if (append_points(session_, in, series, owner(in, ordinal), points))
      session_.feed().updated(in.id, ordinal);
  });
}

void SqliteTransaction::rehome(CollectionId from, Ordinal source, CollectionId to, Ordinal target,
                               std::span<const std::string_view> names) {
  guarded([&] {
    const CollectionInfo &a = info(from), &b = info(to);
    const Owner old_owner = owner(a, source), new_owner = owner(b, target);
    if (&a == &b && source == target) return;
    const auto occupied = [&](std::string_view name) {
      throw Error(ErrorCode::conflict,
                  fmt::format("record {} of '{}' has {} of its own; clear them first", target,
                              b.declaration.name, name));
    };
    for (const std::string_view name : names) {
      if (const MapInfo* map = a.find_map(name)) {
        b.map(name);
        if (has_entries(session_, b.map(name), target)) occupied(map->name);
      } else {
        const SeriesInfo& series = a.one_series(name);
        if (b.one_series(name).rule != series.rule)
          throw Error(
              ErrorCode::invalid,
              fmt::format("'{}' and '{}' declare '{}' with different rules of the last point",
                          a.declaration.name, b.declaration.name, name));
        if (has_series(session_, b.one_series(name), target)) occupied(series.name);
      }
    }
    bool maps = false, points = false;
    for (const std::string_view name : names) {
      if (const MapInfo* map = a.find_map(name))
        maps = move_map(session_, *map, old_owner, b.map(name), new_owner) || maps;
      else
        points =
            move_series(session_, a.one_series(name), old_owner, b.one_series(name), new_owner) ||
            points;
    }
    if (maps) {
      bump(a, source);
      bump(b, target);
    }
    if (!maps && !points) return;
    session_.feed().updated(a.id, source);
    session_.feed().updated(b.id, target);
  });
}

}  // namespace podium::sqlite
