#include "rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "podium/storage_kit/index_engine.hpp"
#include "summary_columns.hpp"

namespace podium::sqlite {
namespace {

// Unwanted neighbours that are cheaper to step over than to seek past.
constexpr int patience = 8;
// A single key of a map or series is looked up in one statement with the record, more are picked
// out of all that the record has: that is one place in the file. Who scans has the places at hand:
// then so many are looked up.
constexpr std::size_t most_joined = 4;
// Records further ahead are sought, nearer ones stepped to.
constexpr Ordinal near = 2;

}  // namespace

std::string statistic_columns(Statistic statistic, const std::string& of) {
  const auto ranked = [&](const char* point) {
    return fmt::format("{0}{1}_rank, {0}{1}_value", of, point);
  };
  switch (statistic) {
    case Statistic::last:
      return ranked("last");
    case Statistic::first:
      return ranked("first");
    case Statistic::min:
      return ranked("min");
    case Statistic::max:
      return ranked("max");
    case Statistic::count:
      return of + "n";
    case Statistic::sum:
      return of + "total";
    case Statistic::last_step:
      return of + "last_step";
    case Statistic::first_step:
      return of + "first_step";
    case Statistic::min_step:
      return of + "min_step";
    case Statistic::max_step:
      return of + "max_step";
    case Statistic::last_time:
      return of + "last_time";
    case Statistic::first_time:
      return of + "first_time";
  }
  throw Error(ErrorCode::invalid, "the statistic is not known");
}

Cell read_statistic(const Statement& s, int at, Statistic statistic) {
  switch (statistic) {
    case Statistic::last:
    case Statistic::first:
    case Statistic::min:
    case Statistic::max:
      return ranked(s.integer(at), s.real(at + 1));
    case Statistic::sum:
      // A NaN cannot be stored: it is NULL.
      return s.is_null(at) ? std::numeric_limits<double>::quiet_NaN() : s.real(at);
    default:
      return s.integer(at);
  }
}

Cell read_field(const Statement& s, int at, Type type) {
  sqlite3_value* const value = s.value(at);
  if (sqlite3_value_type(value) == SQLITE_NULL) return {};
  switch (type) {
    case Type::text:
    case Type::scalar:
      return Statement::text_of(value);
    case Type::boolean:
      return sqlite3_value_int64(value) != 0;
    case Type::real:
      return ranked(s.integer(at + 1), sqlite3_value_double(value));
    default:
      return std::int64_t{sqlite3_value_int64(value)};
  }
}

std::string_view Arena::keep(std::string_view text) {
  while (block_ < blocks_.size() && used_ + text.size() > blocks_[block_].size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max<std::size_t>(text.size(), 4096);
    blocks_.push_back({std::make_unique<char[]>(size), size});
    used_ = 0;
  }
  char* const at = blocks_[block_].bytes.get() + used_;
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  used_ += text.size();
  return {at, text.size()};
}

struct RowReader::Part {
  Path::Kind kind = Path::Kind::map;
  const MapInfo* map = nullptr;
  const SeriesInfo* series = nullptr;
  struct Key {
    std::int64_t key = 0, scope = 0;
    Statistic statistic = Statistic::last;
    std::size_t slot = 0;
    int at = 0;                              // joined: first column of the record's statement
    std::optional<LastValues> at_once = {};  // instead of a join, of the records that are expected
  };
  std::vector<Key> keys;  // sorted
  bool joined = false;
  struct Whole {
    std::optional<std::int64_t> key;  // of series: only this one
    std::size_t slot = 0;
  };
  std::vector<Whole> wholes;
  std::optional<Statement> statement;
};

RowReader::RowReader(const ReadContext& context, const CollectionInfo& info,
                     std::span<const Column> columns)
    : context_(context), info_(info) {
  selected_ = {"rid", "ver"};
  if (!info.declaration.sequence) selected_.push_back("id");
  for (const Column& column : columns) wants_.push_back(resolve(column));
  for (const auto& part : parts_) {
    std::sort(part->keys.begin(), part->keys.end(), [](const Part::Key& a, const Part::Key& b) {
      return std::pair(a.key, a.scope) < std::pair(b.key, b.scope);
    });
    part->joined = part->wholes.empty() && part->keys.size() <= 1;
    if (part->joined) continue;
    part->statement.emplace(context_.connection.prepare(
        part->map != nullptr
            ? fmt::format("SELECT key, txt, num FROM {} WHERE owner = ? AND key >= ? ORDER BY key",
                          part->map->table)
            : fmt::format("SELECT key, scope, {} FROM {} WHERE owner = ? AND key >= ? "
                          "ORDER BY key, scope",
                          summary_columns, part->series->summaries)));
  }
}

RowReader::~RowReader() = default;

int RowReader::select(const std::string& column) {
  const auto at = std::find(selected_.begin(), selected_.end(), column);
  if (at != selected_.end()) return static_cast<int>(at - selected_.begin());
  selected_.push_back(column);
  return static_cast<int>(selected_.size()) - 1;
}

void RowReader::prepare() {
  std::string list, joins;
  int columns = 0, parameters = 1;
  for (const std::string& column : selected_) {
    list += (columns == 0 ? "" : ", ") + column;
    ++columns;
  }
  std::vector<std::int64_t> bound;
  for (const auto& part : parts_) {
    if (!part->joined) continue;
    for (Part::Key& key : part->keys) {
      if (key.at_once) continue;
      const std::string alias = "j" + std::to_string(bound.size());
      key.at = columns;
      joins += fmt::format(" LEFT JOIN {} AS {} ON {}.owner = {}.rid AND {}.key = ?{}",
                           part->map != nullptr ? part->map->table : part->series->summaries, alias,
                           alias, info_.table, alias, ++parameters);
      bound.push_back(key.key);
      if (part->map != nullptr) {
        list += fmt::format(", {}.txt", alias);
        ++columns;
        continue;
      }
      joins += fmt::format(" AND {}.scope = ?{}", alias, ++parameters);
      bound.push_back(key.scope);
      // `n` tells whether there is a summary: a sum may be NULL itself.
      list += fmt::format(", {}.n", alias);
      const std::string statistic = statistic_columns(key.statistic, alias + ".");
      list += ", " + statistic;
      columns += 2 + static_cast<int>(std::count(statistic.begin(), statistic.end(), ','));
    }
  }
  record_.emplace(context_.connection.prepare(
      fmt::format("SELECT {} FROM {}{} WHERE rid >= ?1 ORDER BY rid", list, info_.table, joins)));
  for (std::size_t i = 0; i < bound.size(); ++i)
    record_->bind_at(static_cast<int>(i) + 2, bound[i]);
  at_ = 0;
}

void RowReader::expect(std::span<const Ordinal> ascending,
                       std::span<const std::int64_t> partitions) {
  for (const auto& part : parts_) {
    part->joined = part->wholes.empty() && part->keys.size() <= most_joined;
    if (!part->joined || part->series == nullptr) continue;
    for (Part::Key& key : part->keys)
      if (key.statistic == Statistic::last)
        key.at_once =
            LastValues::read(context_, *part->series, key.key, key.scope, partitions, ascending);
  }
  record_.reset();
}

// Moves the record's statement to a record, by steps when it is near: who reads one behind the
// other scans.
bool RowReader::stand(Ordinal ordinal) {
  if (!record_) prepare();
  if (at_ == 0 || ordinal < at_ || ordinal > at_ + near) {
    record_->reset();
    record_->bind_at(1, ordinal);
    at_ = record_->step() ? record_->integer(0) : 0;
  }
  while (at_ != 0 && at_ < ordinal) at_ = record_->step() ? record_->integer(0) : 0;
  return at_ == ordinal;
}

void RowReader::load_joined(const Part& part) {
  for (const Part::Key& key : part.keys) {
    if (key.at_once)
      cells_[key.slot] = key.at_once->of(ordinal_);
    else if (sqlite3_value* const value = record_->value(key.at);
             sqlite3_value_type(value) == SQLITE_NULL)
      cells_[key.slot] = {};
    else if (part.map != nullptr)
      cells_[key.slot] = Statement::text_of(value);
    else
      cells_[key.slot] = read_statistic(*record_, key.at + 1, key.statistic);
  }
}

RowReader::Part& RowReader::part_of(Path::Kind kind, const std::string& name) {
  for (const auto& part : parts_)
    if (part->kind == kind && (part->map != nullptr ? part->map->name : part->series->name) == name)
      return *part;
  auto part = std::make_unique<Part>();
  part->kind = kind;
  if (kind == Path::Kind::map)
    part->map = &info_.map(name);
  else
    part->series = &info_.one_series(name);
  parts_.push_back(std::move(part));
  return *parts_.back();
}

RowReader::Want RowReader::resolve(const Column& column) {
  Want want;
  want.kind = column.kind;
  const Path& path = column.path;
  if (column.kind == Column::Kind::whole_map) {
    Part& part = part_of(Path::Kind::map, path.name);
    want.slot = maps_.size();
    maps_.emplace_back();
    part.wholes.push_back({std::nullopt, want.slot});
    return want;
  }
  if (column.kind == Column::Kind::whole_series) {
    Part& part = part_of(Path::Kind::series, path.name);
    want.slot = all_series_.size();
    all_series_.emplace_back();
    std::optional<std::int64_t> only;
    // A key that the dictionary does not know is nobody's.
    if (!path.key.empty())
      only = context_.dictionary.id(context_.connection, path.key).value_or(-1);
    part.wholes.push_back({only, want.slot});
    return want;
  }
  want.path = path.kind;
  switch (path.kind) {
    case Path::Kind::field: {
      const FieldInfo& field = info_.field(path.name);
      want.type = field.type;
      if (field.type == Type::real) {
        // Value and rank side by side, also where one was asked for before.
        selected_.push_back(field.column);
        selected_.push_back(field.extra);
        want.at = static_cast<int>(selected_.size()) - 2;
      } else {
        want.at = select(field.column);
      }
      break;
    }
    case Path::Kind::body:
      if (info_.body_position < 0)
        throw Error(ErrorCode::invalid, fmt::format("'{}' has no body", info_.declaration.name));
      want.at = select("body");
      break;
    case Path::Kind::map:
    case Path::Kind::series: {
      Part& part = part_of(path.kind, path.name);
      want.slot = cells_.size();
      cells_.emplace_back();
      const auto key = context_.dictionary.id(context_.connection, path.key);
      const auto scope = context_.dictionary.id(context_.connection, path.scope);
      if (path.kind == Path::Kind::series) statistic_columns(path.statistic);
      if (key && scope)
        part.keys.push_back(
            {*key, path.kind == Path::Kind::series ? *scope : 0, path.statistic, want.slot});
      break;
    }
    case Path::Kind::id:
    case Path::Kind::ordinal:
    case Path::Kind::version:
      break;
    default:
      throw Error(ErrorCode::invalid, "the kind of a column's path is not known");
  }
  return want;
}

std::string_view RowReader::key_text(std::int64_t id) {
  auto& text = texts_[id];
  if (!text) text = context_.dictionary.text(context_.connection, id);
  return *text;
}

void RowReader::load_map(Part& part) {
  Statement& s = *part.statement;
  if (part.wholes.empty()) {
    // The wanted keys in order, stepping over a few others.
    std::size_t next = 0;
    while (next < part.keys.size()) {
      s.reset();
      s.bind(ordinal_, part.keys[next].key);
      int others = 0;
      bool ended = true;
      while (s.step()) {
        const std::int64_t key = s.integer(0);
        while (next < part.keys.size() && part.keys[next].key < key) ++next;
        if (next == part.keys.size()) break;
        if (part.keys[next].key != key) {
          if (++others <= patience) continue;
          ended = false;
          break;
        }
        others = 0;
        const std::string_view text = arena_.keep(s.text(1));
        for (; next < part.keys.size() && part.keys[next].key == key; ++next)
          cells_[part.keys[next].slot] = text;
        if (next == part.keys.size()) break;
      }
      if (ended) break;
    }
    s.reset();
    return;
  }
  std::vector<MapEntry>& entries = maps_[part.wholes[0].slot];
  s.reset();
  s.bind(ordinal_, std::int64_t{0});
  std::size_t next = 0;
  while (s.step()) {
    const std::int64_t key = s.integer(0);
    const std::string_view text = arena_.keep(s.text(1));
    while (next < part.keys.size() && part.keys[next].key < key) ++next;
    for (; next < part.keys.size() && part.keys[next].key == key; ++next)
      cells_[part.keys[next].slot] = text;
    MapEntry entry{key_text(key), text, std::nullopt};
    if (!s.is_null(2)) entry.number = s.real(2);
    entries.push_back(entry);
  }
  s.reset();
  std::sort(entries.begin(), entries.end(),
            [](const MapEntry& a, const MapEntry& b) { return a.key < b.key; });
  for (std::size_t i = 1; i < part.wholes.size(); ++i) maps_[part.wholes[i].slot] = entries;
}

void RowReader::load_series(Part& part) {
  Statement& s = *part.statement;
  std::int64_t from = std::numeric_limits<std::int64_t>::max();
  if (!part.keys.empty()) from = part.keys[0].key;
  std::int64_t to = part.keys.empty() ? -1 : part.keys.back().key;
  for (const Part::Whole& whole : part.wholes) {
    from = std::min(from, whole.key.value_or(0));
    to = std::max(to, whole.key.value_or(std::numeric_limits<std::int64_t>::max()));
  }
  s.reset();
  s.bind(ordinal_, from);
  std::size_t next = 0;
  int others = 0;
  while (s.step()) {
    const std::int64_t key = s.integer(0), scope = s.integer(1);
    if (key > to) break;
    const auto before = [&](const Part::Key& k) {
      return std::pair(k.key, k.scope) < std::pair(key, scope);
    };
    while (next < part.keys.size() && before(part.keys[next])) ++next;
    if (part.wholes.empty()) {
      if (next == part.keys.size()) break;
      others = part.keys[next].key == key ? 0 : others + 1;
      if (others > patience) {
        s.reset();
        s.bind(ordinal_, part.keys[next].key);
        others = 0;
        continue;
      }
    }
    std::optional<Summary> summary;
    const auto read = [&]() -> const Summary& {
      if (!summary) summary = read_summary(s, 2);
      return *summary;
    };
    for (; next < part.keys.size() && part.keys[next].key == key && part.keys[next].scope == scope;
         ++next)
      cells_[part.keys[next].slot] = kit::statistic_of(read(), part.keys[next].statistic);
    for (const Part::Whole& whole : part.wholes)
      if (!whole.key || *whole.key == key)
        all_series_[whole.slot].push_back({key_text(key), key_text(scope), read()});
  }
  s.reset();
  for (const Part::Whole& whole : part.wholes) {
    auto& entries = all_series_[whole.slot];
    std::sort(entries.begin(), entries.end(), [](const SeriesEntry& a, const SeriesEntry& b) {
      return std::pair(a.key, a.scope) < std::pair(b.key, b.scope);
    });
  }
}

bool RowReader::load(Ordinal ordinal) {
  for (const auto& part : parts_)
    for (Part::Key& key : part->keys)
      if (key.at_once && !key.at_once->knows(ordinal)) {
        key.at_once.reset();  // it is another than was expected
        record_.reset();
      }
  if (!stand(ordinal)) return false;
  if (!context_.tombstones.empty() &&
      context_.tombstones.hide(context_.connection, context_.catalog, info_, ordinal))
    return false;
  ordinal_ = ordinal;
  version_ = record_->integer(1);
  if (info_.declaration.sequence) {
    sequence_id_ = kit::sequence_id(info_.declaration, ordinal);
    id_ = sequence_id_;
  } else {
    id_ = record_->text(2);
  }
  arena_.clear();
  if (!parts_.empty()) std::fill(cells_.begin(), cells_.end(), Cell{});
  for (auto& entries : maps_) entries.clear();
  for (auto& entries : all_series_) entries.clear();
  for (const auto& part : parts_) {
    if (part->keys.empty() && part->wholes.empty()) continue;
    if (part->joined)
      load_joined(*part);
    else if (part->map != nullptr)
      load_map(*part);
    else
      load_series(*part);
  }
  return true;
}

const RowReader::Want& RowReader::want(std::size_t i, Column::Kind kind) const {
  if (i >= wants_.size() || wants_[i].kind != kind)
    throw Error(ErrorCode::misuse,
                fmt::format("column {} of the projection is asked for as what it is not", i));
  return wants_[i];
}

Cell RowReader::cell(std::size_t i) const {
  const Want& w = want(i, Column::Kind::value);
  switch (w.path) {
    case Path::Kind::field:
      return read_field(*record_, w.at, w.type);
    case Path::Kind::body:
      return record_->is_null(w.at) ? Cell{} : Cell{record_->text(w.at)};
    case Path::Kind::map:
    case Path::Kind::series:
      return cells_[w.slot];
    case Path::Kind::id:
      return id_;
    case Path::Kind::ordinal:
      return ordinal_;
    case Path::Kind::version:
      return version_;
  }
  return {};
}

std::span<const MapEntry> RowReader::map(std::size_t i) const {
  return maps_[want(i, Column::Kind::whole_map).slot];
}

std::span<const SeriesEntry> RowReader::series(std::size_t i) const {
  return all_series_[want(i, Column::Kind::whole_series).slot];
}

}  // namespace podium::sqlite
