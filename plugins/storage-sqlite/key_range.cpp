#include "key_range.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "podium/storage_kit/text.hpp"
#include "values.hpp"

namespace podium::sqlite {
namespace {

/// A condition "column = ?" for each column of a field in an index.
std::string equals(const FieldInfo& field) {
  return field.extra.empty() ? fmt::format("{} IS ?", field.column)
                             : fmt::format("{} IS ? AND {} IS ?", field.extra, field.column);
}

std::string order(const FieldInfo& field, bool descending) {
  const char* way = descending ? "DESC" : "ASC";
  switch (field.type) {
    case Type::real:
      return fmt::format("{} ASC NULLS LAST, {} {}", field.extra, field.column, way);
    case Type::scalar:
      return fmt::format("{0} {2} NULLS LAST, {1} {2} NULLS LAST", field.extra, field.column, way);
    default:
      return fmt::format("{} {} NULLS LAST", field.column, way);
  }
}

/// One contiguous part of an index: a condition and the order within.
struct Part {
  std::string condition, order;
  bool from = false, to = false;  ///< which bounds it takes
  bool values = true;             ///< neither NaN nor missing
};

/// The parts of the field behind the equal ones, in order.
std::vector<Part> parts(const FieldInfo& field, const KeyRange& range) {
  const char* way = range.descending ? "DESC" : "ASC";
  const bool bounded = range.from || range.to;
  const auto bounds = [&](const std::string& column, bool from, bool to) {
    std::string text;
    if (from) text += fmt::format(" AND {} >= ?", column);
    if (to) text += fmt::format(" AND {} <= ?", column);
    return text;
  };
  const auto value_order = fmt::format("{} {}", field.column, way);
  std::vector<Part> result;
  if (field.type == Type::real) {
    result.push_back(
        {fmt::format("{} = 0{}", field.extra, bounds(field.column, !!range.from, !!range.to)),
         value_order, !!range.from, !!range.to, true});
    if (!bounded) {
      result.push_back({fmt::format("{} = 1", field.extra), "", false, false, false});
      result.push_back({fmt::format("{} IS NULL", field.extra), "", false, false, false});
    }
  } else if (field.type == Type::scalar) {
    const auto spells = [](const std::optional<Value>& bound) {
      return bound && kit::number_of(std::get<std::string>(*bound)).has_value();
    };
    const bool from_number = spells(range.from), to_number = spells(range.to);
    const bool numbers = !range.from || from_number, texts = !range.to || !to_number;
    Part number{
        fmt::format("{} IS NOT NULL{}", field.extra, bounds(field.extra, from_number, to_number)),
        fmt::format("{} {}, {} {}", field.extra, way, field.column, way), from_number, to_number,
        true};
    const bool from_text = range.from && !from_number, to_text = range.to && !to_number;
    Part text{fmt::format("{} IS NULL AND {} IS NOT NULL{}", field.extra, field.column,
                          bounds(field.column, from_text, to_text)),
              value_order, from_text, to_text, true};
    if (numbers) result.push_back(std::move(number));
    if (texts) result.push_back(std::move(text));
    if (!bounded)
      result.push_back({fmt::format("{} IS NULL AND {} IS NULL", field.extra, field.column), "",
                        false, false, false});
  } else {
    result.push_back({fmt::format("{} IS NOT NULL{}", field.column,
                                  bounds(field.column, !!range.from, !!range.to)),
                      value_order, !!range.from, !!range.to, true});
    if (!bounded)
      result.push_back({fmt::format("{} IS NULL", field.column), "", false, false, false});
  }
  return result;
}

void check_range(const CollectionInfo& info, const KeyInfo& key, const KeyRange& range) {
  if (range.equal.size() > key.fields.size())
    throw Error(ErrorCode::invalid,
                fmt::format("the key '{}' of '{}' has {} fields and was given {}", key.name,
                            info.declaration.name, key.fields.size(), range.equal.size()));
  for (std::size_t i = 0; i < range.equal.size(); ++i)
    check_value(info, info.fields[key.fields[i]], range.equal[i]);
  if (!range.from && !range.to) return;
  if (range.equal.size() == key.fields.size())
    throw Error(ErrorCode::invalid, fmt::format("the key '{}' of '{}' has no field left for bounds",
                                                key.name, info.declaration.name));
  for (const auto* bound : {&range.from, &range.to}) {
    if (!*bound) continue;
    check_value(info, info.fields[key.fields[range.equal.size()]], **bound);
    if (missing(**bound))
      throw Error(ErrorCode::invalid, fmt::format("a bound of the key '{}' of '{}' must be a value",
                                                  key.name, info.declaration.name));
  }
}

void bind_bound(Statement& statement, int& at, const FieldInfo& field, const Value& bound,
                bool number) {
  if (field.type == Type::scalar && number)
    statement.bind_at(at++, *kit::number_of(std::get<std::string>(bound)));
  else if (const auto* text = std::get_if<std::string>(&bound))
    statement.bind_at(at++, *text);
  else if (const auto* real = std::get_if<double>(&bound))
    statement.bind_at(at++, *real);
  else if (const auto* boolean = std::get_if<bool>(&bound))
    statement.bind_at(at++, static_cast<int>(*boolean));
  else
    statement.bind_at(at++, std::get<std::int64_t>(bound));
}

}  // namespace

std::vector<Ordinal> key_range(Session& session, const CollectionInfo& info, const KeyRange& range,
                               std::uint64_t limit) {
  const KeyInfo& key = info.key(range.key);
  check_range(info, key, range);
  std::vector<Ordinal> result;
  if (limit == 0) return result;
  std::string equal;
  for (std::size_t i = 0; i < range.equal.size(); ++i)
    equal += (i == 0 ? "" : " AND ") + equals(info.fields[key.fields[i]]);
  const bool open = range.equal.size() < key.fields.size();
  const FieldInfo* next = open ? &info.fields[key.fields[range.equal.size()]] : nullptr;
  std::vector<Part> all =
      open ? parts(*next, range) : std::vector<Part>{{"1", "", false, false, true}};
  std::string rest;
  for (std::size_t i = range.equal.size() + 1; i < key.fields.size(); ++i)
    rest += order(info.fields[key.fields[i]], range.descending) + ", ";
  const bool more_keys = range.equal.size() + 1 < key.fields.size();
  for (const Part& part : all) {
    const bool descends = range.descending && (part.values || more_keys);
    Statement rows = session.db().prepare(
        fmt::format("SELECT rid FROM {} INDEXED BY {} WHERE {}{}{} ORDER BY {}{}{}rid {}",
                    info.table, key.index, equal, equal.empty() ? "" : " AND ", part.condition,
                    part.order, part.order.empty() ? "" : ", ", rest, descends ? "DESC" : "ASC"));
    int at = 1;
    for (std::size_t i = 0; i < range.equal.size(); ++i)
      at = bind_key_value(rows, at, info.fields[key.fields[i]], range.equal[i]);
    const auto numeric = [&](const Value& v) {
      const auto* text = std::get_if<std::string>(&v);
      return text != nullptr && kit::number_of(*text).has_value();
    };
    if (part.from) bind_bound(rows, at, *next, *range.from, numeric(*range.from));
    if (part.to) bind_bound(rows, at, *next, *range.to, numeric(*range.to));
    while (rows.step()) {
      if (session.hidden(info, rows.integer(0))) continue;
      result.push_back(rows.integer(0));
      if (result.size() >= limit) return result;
    }
  }
  return result;
}

Ordinal by_unique_key(Session& session, const CollectionInfo& info, const KeyInfo& key,
                      const std::vector<const Value*>& values) {
  std::string condition;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == nullptr || missing(*values[i])) return 0;
    condition += (i == 0 ? "" : " AND ") + equals(info.fields[key.fields[i]]);
  }
  Statement row =
      session.db().prepare(fmt::format("SELECT rid FROM {} WHERE {}", info.table, condition));
  int at = 1;
  for (std::size_t i = 0; i < values.size(); ++i)
    at = bind_key_value(row, at, info.fields[key.fields[i]], *values[i]);
  return row.step() ? row.integer(0) : 0;
}

Ordinal by_id(Session& session, const CollectionInfo& info, std::string_view id) {
  if (info.declaration.sequence) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size() || number < info.declaration.first ||
        std::to_string(number) != id)
      return 0;
    const Ordinal ordinal = number - info.declaration.first + 1;
    Statement row = session.db().prepare(fmt::format("SELECT 1 FROM {} WHERE rid = ?", info.table));
    return row.bind(ordinal).step() ? ordinal : 0;
  }
  Statement row = session.db().prepare(fmt::format("SELECT rid FROM {} WHERE id = ?", info.table));
  return row.bind(id).step() ? row.integer(0) : 0;
}

}  // namespace podium::sqlite
