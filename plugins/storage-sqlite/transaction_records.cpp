// Reading, inserting and changing records.
#include <fmt/format.h>

#include <algorithm>

#include "eraser.hpp"
#include "key_range.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/evaluate.hpp"
#include "podium/storage_kit/text.hpp"
#include "record.hpp"
#include "series_writer.hpp"
#include "transaction.hpp"
#include "values.hpp"

namespace podium::sqlite {

Ordinal SqliteTransaction::find(CollectionId c, std::string_view id) {
  return guarded([&] {
    const CollectionInfo& in = info(c);
    const Ordinal found = by_id(session_, in, id);
    return found == 0 || session_.hidden(in, found) ? Ordinal{0} : found;
  });
}

bool SqliteTransaction::get(CollectionId c, Ordinal ordinal, std::span<const Column> columns,
                            FunctionRef<void(const Row&)> sink) {
  return guarded([&] {
    ProjectedRow row(session_, info(c), columns);
    if (!row.seek(ordinal)) return false;
    sink(row);
    return true;
  });
}

std::uint64_t SqliteTransaction::query(CollectionId c, const KeyRange& range, std::uint64_t limit,
                                       std::span<const Column> columns, RowSink sink) {
  return guarded([&] {
    const CollectionInfo& in = info(c);
    ProjectedRow row(session_, in, columns);
    std::uint64_t given = 0;
    for (const Ordinal ordinal : key_range(session_, in, range, limit)) {
      if (!row.seek(ordinal)) continue;  // the sink erased it
      ++given;
      if (!sink(row)) break;
    }
    return given;
  });
}

void SqliteTransaction::check_reference(const CollectionInfo& in, const FieldInfo& field,
                                        const Value& value) {
  const CollectionInfo& target = session_.catalog().at(field.target);
  const Ordinal ordinal = std::get<std::int64_t>(value);
  if (session_.known(field.target, ordinal)) return;
  Statement row =
      session_.db().prepare(fmt::format("SELECT 1 FROM {} WHERE rid = ?", target.table));
  if (!row.bind(ordinal).step() || session_.hidden(target, ordinal))
    throw Error(ErrorCode::not_found,
                fmt::format("'{}' of '{}' refers to record {} of '{}', which does not exist",
                            field.name, in.declaration.name, ordinal, target.declaration.name))
        .in(field.name);
}

SqliteTransaction::Checked SqliteTransaction::check(const CollectionInfo& in, const Patch& patch) {
  Checked checked;
  checked.patch = &patch;
  checked.values.resize(in.fields.size());
  for (const Patch::Set& set : patch.fields) {
    const FieldInfo& field = in.field(set.field);
    check_value(in, field, set.value);
    checked.values[field.index] = &set.value;
    checked.any_value = true;
  }
  for (const FieldInfo& field : in.fields)
    if (field.type == Type::reference && checked.values[field.index] != nullptr &&
        !missing(*checked.values[field.index]))
      check_reference(in, field, *checked.values[field.index]);
  if (!patch.entries.empty()) checked.entries.resize(in.maps.size());
  for (const Patch::Entry& entry : patch.entries) {
    const MapInfo& map = in.map(entry.map);
    if (!kit::valid_text(entry.key))
      check_text(entry.key, fmt::format("a key of {} of '{}'", map.name, in.declaration.name));
    if (!kit::valid_text(entry.text))
      check_text(entry.text,
                 fmt::format("'{}' in {} of '{}'", entry.key, map.name, in.declaration.name));
    checked.entries[static_cast<std::size_t>(&map - in.maps.data())].push_back(
        {entry.key, entry.text});
  }
  for (const Patch::Remove& remove : patch.removed) in.map(remove.map);
  for (const std::string_view name : patch.cleared)
    if (in.find_map(name) == nullptr) in.one_series(name);
  if (patch.body) {
    if (in.body_position < 0)
      throw Error(ErrorCode::invalid, fmt::format("'{}' declares no body", in.declaration.name));
    if (!kit::valid_text(*patch.body))
      check_text(*patch.body, fmt::format("the body of '{}'", in.declaration.name));
  }
  return checked;
}

void SqliteTransaction::check_new(const CollectionInfo& in, const NewRecord& record) {
  if (!record.content.removed.empty() || !record.content.cleared.empty())
    throw Error(
        ErrorCode::invalid,
        fmt::format("a new record of '{}' has nothing to remove or clear", in.declaration.name));
  if (in.declaration.sequence) {
    if (!record.id.empty())
      throw Error(ErrorCode::invalid,
                  fmt::format("'{}' is a sequence: it gives the ids itself, '{}' "
                              "cannot be one",
                              in.declaration.name, record.id));
    return;
  }
  if (record.id.empty())
    throw Error(ErrorCode::invalid,
                fmt::format("a record of '{}' needs an id", in.declaration.name));
  if (!kit::valid_text(record.id))
    check_text(record.id, fmt::format("the id of a record of '{}'", in.declaration.name));
}

void SqliteTransaction::make_way(const CollectionInfo& in, const Checked& checked,
                                 std::string_view id, Ordinal self) {
  const auto in_the_way = [&](Ordinal other, const std::string& what) {
    if (other == 0 || other == self) return false;
    if (!session_.hidden(in, other)) throw Error(ErrorCode::exists, what);
    purge_record(session_, in, other);
    return true;
  };
  if (!id.empty() &&
      in_the_way(by_id(session_, in, id), fmt::format("'{}' has a record with the id '{}' already",
                                                      in.declaration.name, id)))
    return;
  RecordView record(session_, in);
  for (const KeyInfo& key : in.keys) {
    if (!key.unique) continue;
    std::vector<const Value*> values;
    std::vector<Value> kept;
    kept.reserve(key.fields.size());
    for (const std::size_t at : key.fields) {
      const Value* value = checked.values[at];
      if (value == nullptr && self != 0 && record.seek(self)) {
        // What the change leaves alone.
        const kit::Seen held = seen(record.row(), in.fields[at]);
        kept.push_back(std::visit(
            [](const auto& cell) -> Value {
              if constexpr (std::is_same_v<std::decay_t<decltype(cell)>, std::string_view>)
                return std::string(cell);
              else
                return cell;
            },
            held.cell));
        value = &kept.back();
      }
      values.push_back(value);
    }
    record.release();
    if (in_the_way(
            by_unique_key(session_, in, key, values),
            fmt::format(
                "'{}' has a record with the same {} already (key '{}')", in.declaration.name,
                fmt::join(
                    in.declaration.keys[static_cast<std::size_t>(&key - in.keys.data())].fields,
                    ", "),
                key.name)))
      return;
  }
  throw Error(ErrorCode::internal,
              fmt::format("'{}' refused a record without a reason", in.declaration.name));
}

Ordinal SqliteTransaction::insert_checked(const CollectionInfo& in, const NewRecord& record,
                                          const Checked& checked) {
  const Ordinal ordinal = session_.next_ordinal(in);
  for (;;) {
    try {
      Statement insert = session_.db().prepare(in.insert_row);
      insert.clear();
      insert.bind_at(1, ordinal);
      if (in.id_position > 0) insert.bind_at(in.id_position + 1, record.id);
      insert.bind_at(in.version_position + 1, 1);
      for (const FieldInfo& field : in.fields)
        if (checked.values[field.index] != nullptr)
          bind_value(insert, field.position + 1, field, *checked.values[field.index]);
      if (record.content.body) insert.bind_at(in.body_position + 1, *record.content.body);
      insert.run();
      break;
    } catch (const EngineError& e) {
      if (!e.constraint()) throw;
    }
    make_way(in, checked, record.id, 0);
  }
  session_.feed().inserted(in.id, ordinal);
  if (checked.entries.empty()) return ordinal;
  Owner owner{ordinal, 0};
  if (in.partition != nullptr)
    if (const Value* value = checked.values[in.partition->index];
        value != nullptr && !missing(*value))
      owner.part = std::get<std::int64_t>(*value);
  for (std::size_t i = 0; i < checked.entries.size(); ++i)
    put_entries(session_, in, in.maps[i], owner, checked.entries[i], PutMode::overwrite);
  return ordinal;
}

Ordinal SqliteTransaction::insert(CollectionId c, const NewRecord& record) {
  return guarded([&] {
    const CollectionInfo& in = info(c);
    check_new(in, record);
    return insert_checked(in, record, check(in, record.content));
  });
}

Transaction::Kept SqliteTransaction::insert_or_keep(CollectionId c, const NewRecord& record,
                                                    std::string_view unique_key) {
  return guarded([&]() -> Kept {
    const CollectionInfo& in = info(c);
    check_new(in, record);
    const Checked checked = check(in, record.content);
    Ordinal there = 0;
    if (unique_key.empty()) {
      if (in.declaration.sequence)
        throw Error(
            ErrorCode::invalid,
            fmt::format("'{}' is a sequence: name the unique key to keep by", in.declaration.name));
      there = by_id(session_, in, record.id);
    } else {
      const KeyInfo& key = in.key(unique_key);
      if (!key.unique)
        throw Error(ErrorCode::invalid, fmt::format("the key '{}' of '{}' is not unique", key.name,
                                                    in.declaration.name));
      std::vector<const Value*> values;
      for (const std::size_t at : key.fields) values.push_back(checked.values[at]);
      there = by_unique_key(session_, in, key, values);
    }
    if (there != 0 && !session_.hidden(in, there)) return {there, false};
    return {insert_checked(in, record, checked), true};
  });
}

void SqliteTransaction::check_still(const CollectionInfo& in, const Filter& still) {
  if (still.op != Filter::Op::all) kit::check(still, in.declaration, session_.catalog());
}

std::uint64_t SqliteTransaction::update(CollectionId c, std::span<const Ordinal> ordinals,
                                        const Filter& still, const Patch& patch) {
  return guarded([&] {
    const CollectionInfo& in = info(c);
    check_still(in, still);
    const Checked checked = check(in, patch);
    const kit::Evaluator holds_still(still);
    RecordView record(session_, in);
    std::uint64_t count = 0;
    for (const Ordinal ordinal : ordinals) {
      if (!record.seek(ordinal)) continue;
      if (still.op != Filter::Op::all && !holds_still(record)) continue;
      change(in, record, checked);
      ++count;
    }
    return count;
  });
}

std::vector<Ordinal> SqliteTransaction::update(CollectionId c, const KeyRange& range,
                                               std::uint64_t limit, const Patch& patch) {
  return guarded([&] {
    const CollectionInfo& in = info(c);
    const Checked checked = check(in, patch);
    std::vector<Ordinal> taken = key_range(session_, in, range, limit);
    RecordView record(session_, in);
    for (const Ordinal ordinal : taken)
      if (record.seek(ordinal)) change(in, record, checked);
    return taken;
  });
}

const SqliteTransaction::Update& SqliteTransaction::update_of(
    const CollectionInfo& in, const std::vector<std::size_t>& changed, bool body) {
  for (const Update& one : updates_)
    if (one.of == &in && one.body == body && one.fields == changed) return one;
  Update made{&in, changed, body, body, {}};
  std::string sets;
  for (const std::size_t at : changed) {
    const FieldInfo& field = in.fields[at];
    made.versioned |= !field.derived;
    sets += field.column + " = ?, ";
    if (!field.extra.empty()) sets += field.extra + " = ?, ";
  }
  if (body) sets += "body = ?, ";
  made.sql = fmt::format("UPDATE {} SET {}ver = ver + {} WHERE rid = ?", in.table, sets,
                         made.versioned ? 1 : 0);
  updates_[next_update_] = std::move(made);
  const Update& kept = updates_[next_update_];
  next_update_ = (next_update_ + 1) % updates_.size();
  return kept;
}

bool SqliteTransaction::set_fields(const CollectionInfo& in, Ordinal ordinal,
                                   const Checked& checked, const std::vector<std::size_t>& changed,
                                   bool body) {
  const Update& known = update_of(in, changed, body);
  for (;;) {
    try {
      Statement update = session_.db().prepare(known.sql);
      int at = 1;
      for (const std::size_t field : changed)
        at = bind_value(update, at, in.fields[field], *checked.values[field]);
      if (body) update.bind_at(at++, *checked.patch->body);
      update.bind_at(at, ordinal);
      update.run();
      return known.versioned;
    } catch (const EngineError& e) {
      if (!e.constraint()) throw;
    }
    make_way(in, checked, {}, ordinal);
  }
}

bool SqliteTransaction::change(const CollectionInfo& in, RecordView& record,
                               const Checked& checked) {
  const Patch& patch = *checked.patch;
  const Ordinal ordinal = record.ordinal();
  std::vector<std::size_t> fields;
  for (std::size_t i = 0; checked.any_value && i < in.fields.size(); ++i)
    if (checked.values[i] != nullptr && !holds(record.row(), in.fields[i], *checked.values[i]))
      fields.push_back(i);
  const bool body = patch.body && (record.row().is_null(in.body_position) ||
                                   record.row().text(in.body_position) != *patch.body);
  const Ordinal old_partition = record.partition();
  record.release();

  Owner owner{ordinal, old_partition};
  const bool set = !fields.empty() || body;
  bool versioned = false;
  if (set) {
    // First, because a unique key may refuse it: then nothing is written yet.
    versioned = set_fields(in, ordinal, checked, fields, body);
    if (in.partition != nullptr &&
        std::find(fields.begin(), fields.end(), in.partition->index) != fields.end()) {
      const Value& value = *checked.values[in.partition->index];
      owner.part = missing(value) ? 0 : std::get<std::int64_t>(value);
      move_partition(session_, in, ordinal, old_partition, owner.part);
    }
  }
  bool content = false;
  for (const std::string_view name : patch.cleared) {
    if (const MapInfo* map = in.find_map(name))
      content = clear_map(session_, *map, owner) || content;
    else
      content = clear_series(session_, in.one_series(name), owner) || content;
  }
  for (const Patch::Remove& remove : patch.removed)
    content = remove_entry(session_, in.map(remove.map), owner, remove.key) || content;
  for (std::size_t i = 0; i < checked.entries.size(); ++i)
    content =
        put_entries(session_, in, in.maps[i], owner, checked.entries[i], PutMode::overwrite) ||
        content;
  if (content && !versioned) bump(in, ordinal);
  if (!content && !set) return false;
  if (owner.part != old_partition)
    session_.feed().moved(in.id, ordinal, old_partition);
  else
    session_.feed().updated(in.id, ordinal);
  return true;
}

void SqliteTransaction::bump(const CollectionInfo& in, Ordinal ordinal) {
  session_.db()
      .prepare(fmt::format("UPDATE {} SET ver = ver + 1 WHERE rid = ?", in.table))
      .bind(ordinal)
      .run();
}

}  // namespace podium::sqlite
