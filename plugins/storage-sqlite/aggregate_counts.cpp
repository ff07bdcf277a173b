#include "aggregate_counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "podium/storage_kit/named_values.hpp"
#include "podium/storage_kit/text.hpp"
#include "rows.hpp"

namespace podium::sqlite {
namespace {

void bind(Statement& s, int& at, const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v))
    s.bind_at(++at, *text);
  else if (const auto* flag = std::get_if<bool>(&v))
    s.bind_at(++at, static_cast<int>(*flag));
  else
    s.bind_at(++at, std::get<std::int64_t>(v));
}

/// Of a partition's records have the key at least one in so many: then all are gone through.
constexpr std::int64_t dense = 4;

struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
  using std::hash<std::string_view>::operator();
};

// What an arm leaves out; of a flag as what indexes serve.
Filter complement(const Filter& arm) {
  if (arm.op == Filter::Op::compare && arm.cmp == Compare::eq && arm.path.kind == Path::Kind::field)
    if (const auto* flag = std::get_if<bool>(&arm.values[0]))
      return any_of({eq(arm.path, !*flag), is_null(arm.path)});
  return not_(arm);
}

// Whether an arm names its records one by one: then these are looked at.
bool names_records(const Filter& arm) {
  return kit::names_values(arm) &&
         (arm.path.kind == Path::Kind::ordinal || arm.path.kind == Path::Kind::id);
}

}  // namespace

bool may_be_cut(std::string_view start) {
  return start.size() >= indexed_code_points &&
         kit::count_code_points(start) >= indexed_code_points;
}

PlaceAndRest::PlaceAndRest(const Filter& f, const CollectionInfo& info) { split(f, info); }

void PlaceAndRest::split(const Filter& f, const CollectionInfo& info) {
  if (f.op == Filter::Op::and_) {
    for (const Filter& arm : f.children) split(arm, info);
    return;
  }
  const bool whole = std::all_of(f.values.begin(), f.values.end(), [](const Value& v) {
    return std::holds_alternative<std::int64_t>(v);
  });
  if (!place && kit::names_values(f) && whole && info.partition != nullptr &&
      f.path.kind == Path::Kind::field && f.path.name == info.partition->name)
    place = f;
  else if (f.op != Filter::Op::all)
    rest.push_back(f);
}

bool PlaceAndRest::take(const Filter& arm) { return std::erase(rest, arm) != 0; }

std::vector<Ordinal> PlaceAndRest::parts(const ReadContext& context,
                                         const CollectionInfo& info) const {
  if (!place) return SqliteEngine(context, info).partitions();
  std::vector<Ordinal> parts;
  for (const Value& v : place->values) parts.push_back(std::get<std::int64_t>(v));
  std::erase_if(parts, [](Ordinal o) { return o <= 0; });
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return parts;
}

bool groups_by_keys(const Aggregate& a) {
  return std::any_of(a.groups.begin(), a.groups.end(), [](const Path& p) {
    return (p.kind == Path::Kind::map || p.kind == Path::Kind::series) && p.key.empty();
  });
}

std::int64_t PlaceAndRest::records(const ReadContext& context, const CollectionInfo& info,
                                   const kit::Meter& meter) const {
  if (!place) return context.connection.number(fmt::format("SELECT count(*) FROM {}", info.table));
  std::int64_t n = 0;
  for (const Ordinal part : parts(context, info))
    n += entries(context, meter,
                 fmt::format("{} INDEXED BY {} WHERE {} = ?", info.table,
                             info.reference_index(*info.partition), info.partition->column),
                 part);
  return n;
}

KeyCounter::KeyCounter(const ReadContext& context, const CollectionInfo& info, const Path& path,
                       Groups& groups, kit::Meter& meter)
    : context_(context),
      groups_(groups),
      meter_(meter),
      series_(path.kind == Path::Kind::series),
      keys_(context.connection.prepare(
          series_ ? fmt::format("SELECT key, scope FROM {} WHERE owner = ?",
                                info.one_series(path.name).summaries)
                  : fmt::format("SELECT key FROM {} WHERE owner = ?", info.map(path.name).table))) {
}

Group& KeyCounter::group(std::int64_t key, std::int64_t scope) {
  const std::uint64_t both =
      (static_cast<std::uint64_t>(key) << 32) ^ static_cast<std::uint64_t>(scope);
  if (const auto at = known_.find(both); at != known_.end()) return groups_.at(at->second);
  const auto text = context_.dictionary.text(context_.connection, key);
  const auto within = series_ ? context_.dictionary.text(context_.connection, scope) : text;
  const kit::Seen seen[] = {{Cell{std::string_view(*text)}, std::nullopt, false},
                            {Cell{std::string_view(*within)}, std::nullopt, false}};
  const std::size_t place = groups_.place(std::span(seen, series_ ? 2 : 1));
  known_.emplace(both, place);
  return groups_.at(place);
}

void KeyCounter::add(Ordinal o, std::int64_t n) {
  keys_.reset();
  keys_.bind(o);
  std::uint64_t looked_at = 0;
  for (; keys_.step(); ++looked_at)
    group(keys_.integer(0), series_ ? keys_.integer(1) : 0).count += n;
  meter_.add(looked_at);
}

bool IndexCounts::run() {
  std::vector<Bound> bound;
  if (!groups_by_keys(question_) && bound_arms(question_.filter, info_, bound) &&
      (count_by_key(bound) || count_by_table(bound)))
    return true;
  return question_.groups.empty() ? count_those_with() : count_by_entries();
}

// Arms that bind plain fields to values, if the filter is nothing else.
bool IndexCounts::bound_arms(const Filter& f, const CollectionInfo& info, std::vector<Bound>& out) {
  if (f.op == Filter::Op::all) return true;
  if (f.op == Filter::Op::and_)
    return std::all_of(f.children.begin(), f.children.end(),
                       [&](const Filter& arm) { return bound_arms(arm, info, out); });
  if (!kit::names_values(f) || f.path.kind != Path::Kind::field) return false;
  const FieldInfo& field = info.field(f.path.name);
  if (!field.extra.empty()) return false;
  for (const Bound& other : out)
    if (other.field == &field) return false;
  for (const Value& v : f.values)
    if (std::holds_alternative<double>(v)) return false;
  out.push_back({&field, f.values});
  return true;
}

// All that is asked is in one key's index.
bool IndexCounts::count_by_key(const std::vector<Bound>& bound) {
  const KeyInfo* best = nullptr;
  std::size_t best_prefix = 0;
  for (const KeyInfo& key : info_.keys) {
    const auto has = [&](const FieldInfo* field) {
      return std::find(key.fields.begin(), key.fields.end(), field->index) != key.fields.end();
    };
    bool fits =
        std::all_of(bound.begin(), bound.end(), [&](const Bound& b) { return has(b.field); });
    for (const Path& path : question_.groups)
      fits = fits && path.kind == Path::Kind::field && info_.field(path.name).extra.empty() &&
             has(&info_.field(path.name));
    if (!fits) continue;
    std::size_t prefix = 0;
    while (prefix < key.fields.size() &&
           std::any_of(bound.begin(), bound.end(),
                       [&](const Bound& b) { return b.field->index == key.fields[prefix]; }))
      ++prefix;
    if (!bound.empty() && prefix == 0) continue;
    if (best != nullptr && prefix <= best_prefix) continue;
    best = &key;
    best_prefix = prefix;
  }
  if (best == nullptr) return false;
  count_where(bound, " INDEXED BY " + best->index);
  return true;
}

// All that is asked is in the records themselves.
bool IndexCounts::count_by_table(const std::vector<Bound>& bound) {
  for (const Path& path : question_.groups)
    if (path.kind != Path::Kind::field || !info_.field(path.name).extra.empty()) return false;
  // One statement cannot be stopped by a budget.
  const PlaceAndRest everything({}, info_);
  if (question_.budget.records != 0 && static_cast<std::uint64_t>(everything.records(
                                           context_, info_, meter_)) > question_.budget.records)
    return false;
  count_where(bound, "");
  return true;
}

void IndexCounts::count_where(const std::vector<Bound>& bound, const std::string& index) {
  std::string columns, where;
  for (const Path& path : question_.groups)
    columns += (columns.empty() ? "" : ", ") + info_.field(path.name).column;
  for (const Bound& b : bound) {
    where += (where.empty() ? " WHERE " : " AND ") + b.field->column + " IN (";
    for (std::size_t i = 0; i < b.values.size(); ++i) where += i == 0 ? "?" : ", ?";
    where += ")";
  }
  const std::string from = info_.table + index + where;
  int at = 0;
  const auto bound_to = [&](const std::string& sql) {
    Statement s = context_.connection.prepare(sql);
    at = 0;
    for (const Bound& b : bound)
      for (const Value& v : b.values) bind(s, at, v);
    return s;
  };
  if (checked_first(meter_)) {
    Statement looked_at = bound_to("SELECT count(*) FROM (SELECT 1 FROM " + from + " LIMIT ?)");
    looked_at.bind_at(++at, meter_.left() + 1);
    if (looked_at.step()) meter_.afford(static_cast<std::uint64_t>(looked_at.integer(0)));
  }
  std::string sql = "SELECT count(*)";
  if (!columns.empty()) sql += ", " + columns;
  sql += " FROM " + from;
  if (!columns.empty()) sql += " GROUP BY " + columns;
  Statement s = bound_to(sql);
  std::vector<kit::Seen> seen(question_.groups.size());
  while (s.step()) {
    for (std::size_t i = 0; i < seen.size(); ++i)
      seen[i].cell =
          read_field(s, static_cast<int>(i) + 1, info_.field(question_.groups[i].name).type);
    meter_.add(static_cast<std::uint64_t>(s.integer(0)));
    if (s.integer(0) != 0) groups_.at(seen).count += s.integer(0);
  }
}

// Entries of a map, or its keys: the index tells those of whole partitions; of what the filter
// leaves out there, if it is little, they are taken off again.
bool IndexCounts::count_by_entries() {
  if (question_.groups.size() != 1) return false;
  const Path& path = question_.groups[0];
  const MapInfo* map = path.kind == Path::Kind::map ? &info_.map(path.name) : nullptr;
  const SeriesInfo* series =
      path.kind == Path::Kind::series ? &info_.one_series(path.name) : nullptr;
  const bool keys = path.key.empty();
  if ((map == nullptr || !map->indexed) && (series == nullptr || !keys)) return false;

  PlaceAndRest asked(question_.filter, info_);
  if (std::any_of(asked.rest.begin(), asked.rest.end(), names_records)) return false;
  // Of those that have the entry, none is missing.
  const bool there = !keys && asked.take(is_null(path, true));
  const std::vector<Ordinal> parts = asked.parts(context_, info_);
  std::int64_t all = 0;
  if (!asked.rest.empty() || (!keys && !there)) all = asked.records(context_, info_, meter_);
  std::vector<Ordinal> left_out;
  if (!asked.rest.empty()) {
    auto found = outside(asked.place ? *asked.place : Filter{}, asked.rest, all);
    if (!found) return false;
    left_out = std::move(*found);
  }
  if (keys) {
    KeyCounter counter(context_, info_, path, groups_, meter_);
    for (const Ordinal part : parts) count_keys(counter, map, series, part);
    for (const Ordinal o : left_out) counter.add(o, -1);
    return true;
  }
  const auto key = context_.dictionary.id(context_.connection, path.key);
  std::int64_t missing = there ? 0 : all;
  for (const Ordinal part : parts) {
    if (!key) break;
    const std::int64_t present = count_values(*map, part, *key);
    if (!there) missing -= present;
  }
  meter_.add(static_cast<std::uint64_t>(missing));
  const kit::Seen nothing{{}, std::nullopt, true};
  if (missing > 0) groups_.at(std::span(&nothing, 1)).count += missing;
  SqliteEngine values(context_, info_);
  for (const Ordinal o : left_out) {
    if (!values.seek(o)) continue;
    const kit::Seen seen = values.value(path);
    if (!there || !std::holds_alternative<std::monostate>(seen.cell))
      --groups_.at(std::span(&seen, 1)).count;
  }
  return true;
}

// How many records have an entry or a series: as many as it has in the index.
bool IndexCounts::count_those_with() {
  const PlaceAndRest asked(question_.filter, info_);
  if (asked.rest.size() != 1) return false;
  const Filter& has = asked.rest.front();
  const Path& path = has.path;
  if (has.op != Filter::Op::is_null || !has.negated || path.key.empty()) return false;
  const MapInfo* map = path.kind == Path::Kind::map ? &info_.map(path.name) : nullptr;
  const SeriesInfo* series =
      path.kind == Path::Kind::series ? &info_.one_series(path.name) : nullptr;
  if ((map == nullptr || !map->indexed) && series == nullptr) return false;
  const auto key = context_.dictionary.id(context_.connection, path.key);
  const auto scope = context_.dictionary.id(context_.connection, path.scope);
  if (!key || (series != nullptr && !scope)) return true;
  std::int64_t n = 0;
  for (const Ordinal part : asked.parts(context_, info_)) {
    const std::int64_t here =
        map != nullptr
            ? entries(context_, meter_, map->values + " WHERE part = ? AND key = ?", part, *key)
            : entries(context_, meter_,
                      series->last_values + " WHERE part = ? AND key = ? AND scope = ?", part, *key,
                      *scope);
    meter_.add(static_cast<std::uint64_t>(here));
    n += here;
  }
  if (n != 0) groups_.at(std::span<const kit::Seen>()).count += n;
  return true;
}

// The records of `place` that the rest of a conjunction leaves out; nothing when they are many.
std::optional<std::vector<Ordinal>> IndexCounts::outside(const Filter& place,
                                                         const std::vector<Filter>& rest,
                                                         std::int64_t all) {
  std::vector<Filter> arms;
  for (const Filter& arm : rest) arms.push_back(complement(arm));
  const Filter filter = all_of({place, any_of(std::move(arms))});
  const auto most = static_cast<std::uint64_t>(all) / 4;
  std::vector<Ordinal> found;
  SqliteEngine engine(context_, info_);
  kit::Planner(engine, filter, {}, meter_).run(nullptr, most + 1, [&](std::span<const Ordinal> b) {
    found.insert(found.end(), b.begin(), b.end());
    return true;
  });
  if (found.size() > most) return std::nullopt;
  return found;
}

void IndexCounts::count_keys(KeyCounter& counter, const MapInfo* map, const SeriesInfo* series,
                             Ordinal part) {
  const std::string from = (map != nullptr ? map->values : series->last_values) + " WHERE part = ?";
  if (checked_first(meter_)) entries(context_, meter_, from, part);
  Statement s = context_.connection.prepare(
      map != nullptr
          ? fmt::format("SELECT key, 0, count(*) FROM {} GROUP BY key", from)
          : fmt::format("SELECT key, scope, count(*) FROM {} GROUP BY key, scope", from));
  s.bind(part);
  while (s.step()) {
    meter_.add(static_cast<std::uint64_t>(s.integer(2)));
    counter.group(s.integer(0), s.integer(1)).count += s.integer(2);
  }
}

std::int64_t IndexCounts::count_values(const MapInfo& map, Ordinal part, std::int64_t key) {
  if (checked_first(meter_))
    entries(context_, meter_, map.values + " WHERE part = ? AND key = ?", part, key);
  const std::int64_t numbers =
      entries(context_, meter_, map.values + " WHERE part = ? AND key = ? AND rank = 0", part, key);
  if (numbers == 0) return count_texts(map, part, key);
  if (has_fewer(part, (numbers + 1) * dense)) return count_along_part(map, part, key);
  return count_numbers(map, part, key) + count_texts(map, part, key);
}

bool IndexCounts::has_fewer(Ordinal part, std::int64_t records) {
  if (info_.partition == nullptr || part == 0) return false;
  Statement s = context_.connection.prepare(
      fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} INDEXED BY {} WHERE {} = ? LIMIT ?)",
                  info_.table, info_.reference_index(*info_.partition), info_.partition->column));
  s.bind(part, records);
  return s.step() && s.integer(0) < records;
}

// The index knows a number, not how it is spelled: the entries are looked up, and in the order of
// the records, for in that of the numbers each page of the map would be read once a number.
std::int64_t IndexCounts::count_numbers(const MapInfo& map, Ordinal part, std::int64_t key) {
  Statement rows = context_.connection.prepare(
      fmt::format("SELECT m.txt FROM (SELECT owner FROM {} WHERE part = ? AND key = ? AND rank = 0 "
                  "ORDER BY owner LIMIT -1) x CROSS JOIN {} m ON m.owner = x.owner AND m.key = ?",
                  map.values, map.table));
  rows.bind(part, key, key);
  return count_spelled(rows);
}

// Where most records have the key, those of the partition are gone through; texts are there, too.
std::int64_t IndexCounts::count_along_part(const MapInfo& map, Ordinal part, std::int64_t key) {
  Statement rows = context_.connection.prepare(fmt::format(
      "SELECT m.txt FROM {} t INDEXED BY {} CROSS JOIN {} m ON m.owner = t.rid AND "
      "m.key = ? WHERE t.{} = ?",
      info_.table, info_.reference_index(*info_.partition), map.table, info_.partition->column));
  rows.bind(key, part);
  return count_spelled(rows);
}

std::int64_t IndexCounts::count_spelled(Statement& rows) {
  constexpr std::int64_t portion = 1024;
  std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> counts;
  std::int64_t present = 0;
  while (rows.step()) {
    const std::string_view text = rows.text(0);
    const auto known = counts.find(text);
    ++(known != counts.end() ? known->second : counts[std::string(text)]);
    if (++present % portion == 0) meter_.add(portion);
  }
  meter_.add(static_cast<std::uint64_t>(present % portion));
  for (const auto& [text, n] : counts) add(text, n);
  return present;
}

std::int64_t IndexCounts::count_texts(const MapInfo& map, Ordinal part, std::int64_t key) {
  std::int64_t present = 0;
  const auto count = [&](std::string_view text, std::int64_t n) {
    add(text, n);
    present += n;
    meter_.add(static_cast<std::uint64_t>(n));
  };
  Statement texts = context_.connection.prepare(fmt::format(
      "SELECT txt64, count(*) FROM {} WHERE part = ? AND key = ? AND rank = 1 AND num = 0 "
      "GROUP BY txt64",
      map.values));
  texts.bind(part, key);
  while (texts.step()) {
    const std::string_view start = texts.text(0);
    if (!may_be_cut(start)) {
      count(start, texts.integer(1));
      continue;
    }
    // Long texts are spelled in the map itself.
    Statement whole = context_.connection.prepare(fmt::format(
        "SELECT m.txt, count(*) FROM {} x CROSS JOIN {} m ON m.owner = x.owner AND m.key = x.key "
        "WHERE x.part = ? AND x.key = ? AND x.rank = 1 AND x.num = 0 AND x.txt64 = ? GROUP BY "
        "m.txt",
        map.values, map.table));
    const std::string held(start);
    whole.bind(part, key, held);
    while (whole.step()) count(whole.text(0), whole.integer(1));
  }
  return present;
}

void IndexCounts::add(std::string_view text, std::int64_t n) {
  const kit::Seen seen{Cell{text}, kit::number_of(text), true};
  groups_.at(std::span(&seen, 1)).count += n;
}

}  // namespace podium::sqlite
