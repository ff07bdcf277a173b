#include "aggregate_distinct.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace podium::sqlite {
namespace {

// Where so many records of a group are not asked for, a plan for the filter finds those that are
// sooner.
constexpr int most_looked_at = 64;

}  // namespace

bool IndexDistinct::run() {
  if (question_.groups.size() != 1) return false;
  const Path& path = question_.groups[0];
  const MapInfo* map = path.kind == Path::Kind::map ? &info_.map(path.name) : nullptr;
  const bool keys = path.key.empty();
  if (map == nullptr ? path.kind != Path::Kind::series || !keys : !map->indexed) return false;
  PlaceAndRest asked(question_.filter, info_);
  // That some lack the entry would be a group too, which the index does not tell.
  if (!keys && !asked.take(is_null(path, true))) return false;
  rest_ = std::move(asked.rest);
  tests_.reserve(rest_.size());
  for (const Filter& arm : rest_) tests_.emplace_back(arm);
  look_ = !rest_.empty() || !context_.tombstones.empty();
  const auto key = context_.dictionary.id(context_.connection, path.key);
  if (!key) return true;
  for (const Ordinal part : asked.parts(context_, info_)) {
    meter_.add(1);
    if (!keys) numbers_of(*map, part, *key);
    const bool all = !keys            ? texts_of(*map, part, *key)
                     : map != nullptr ? keys_of(*map, part)
                                      : keys_of(info_.one_series(path.name), part);
    if (!all) return false;
  }
  return true;
}

bool IndexDistinct::matches(Ordinal o) {
  meter_.add(1);
  return engine_.seek(o) && std::all_of(tests_.begin(), tests_.end(), [this](const auto& test) {
           return test(engine_.record());
         });
}

// Whether a record of these entries is asked for; nothing when the first ones are not.
template <class... Bound>
std::optional<bool> IndexDistinct::holds_one(const std::string& from, const Bound&... bound) {
  meter_.add(1);
  if (!look_) return true;
  Statement owners = context_.connection.prepare("SELECT owner FROM " + from);
  owners.bind(bound...);
  for (int looked_at = 0; owners.step(); ++looked_at) {
    if (looked_at == most_looked_at) return std::nullopt;
    if (matches(owners.integer(0))) return true;
  }
  return false;
}

bool IndexDistinct::keys_of(const MapInfo& map, Ordinal part) {
  KeyCounter counter(context_, info_, question_.groups[0], groups_, meter_);
  Statement next = context_.connection.prepare(fmt::format(
      "SELECT key FROM {} WHERE part = ? AND key > ? ORDER BY key LIMIT 1", map.values));
  for (std::int64_t key = 0;; next.reset()) {
    next.bind(part, key);
    if (!next.step()) return true;
    key = next.integer(0);
    Group& group = counter.group(key, 0);
    if (group.count != 0) continue;
    const auto one = holds_one(map.values + " WHERE part = ? AND key = ?", part, key);
    if (!one) return false;
    if (*one) group.count = 1;
  }
}

bool IndexDistinct::keys_of(const SeriesInfo& series, Ordinal part) {
  KeyCounter counter(context_, info_, question_.groups[0], groups_, meter_);
  // Not as one comparison of both: that would look at each record of the key.
  const auto prepared = [&](std::string_view condition) {
    return context_.connection.prepare(
        fmt::format("SELECT key, scope FROM {} WHERE part = ? AND {} ORDER BY key, scope LIMIT 1",
                    series.last_values, condition));
  };
  Statement next_scope = prepared("key = ? AND scope > ?"), next_key = prepared("key > ?");
  for (std::int64_t key = 0, scope = 0;;) {
    next_scope.reset();
    next_scope.bind(part, key, scope);
    next_key.reset();
    next_key.bind(part, key);
    Statement* next = next_scope.step() ? &next_scope : &next_key;
    if (next == &next_key && !next_key.step()) return true;
    key = next->integer(0);
    scope = next->integer(1);
    Group& group = counter.group(key, scope);
    if (group.count != 0) continue;
    const auto one = holds_one(series.last_values + " WHERE part = ? AND key = ? AND scope = ?",
                               part, key, scope);
    if (!one) return false;
    if (*one) group.count = 1;
  }
}

void IndexDistinct::add(std::string_view text, std::optional<double> number) {
  const kit::Seen seen{Cell{text}, number, true};
  groups_.at(std::span(&seen, 1)).count = 1;
}

// One number may be spelled in several ways, and how is in the map itself: each is looked at.
void IndexDistinct::numbers_of(const MapInfo& map, Ordinal part, std::int64_t key) {
  if (checked_first(meter_))
    entries(context_, meter_, map.values + " WHERE part = ? AND key = ? AND rank = 0", part, key);
  Statement s = context_.connection.prepare(fmt::format(
      "SELECT m.txt, x.owner FROM {} x CROSS JOIN {} m ON m.owner = x.owner AND m.key = x.key "
      "WHERE x.part = ? AND x.key = ? AND x.rank = 0",
      map.values, map.table));
  s.bind(part, key);
  // They come by their numbers, so the same text comes again and again.
  std::string found;
  while (s.step()) {
    meter_.add(1);
    if (s.text(0) == found || (look_ && !matches(s.integer(1)))) continue;
    found = s.text(0);
    add(found, kit::number_of(found));
  }
}

bool IndexDistinct::texts_of(const MapInfo& map, Ordinal part, std::int64_t key) {
  const std::string texts = map.values + " WHERE part = ? AND key = ? AND rank = 1 AND num = 0";
  const auto next = [&](std::string_view condition) {
    return context_.connection.prepare(
        fmt::format("SELECT txt64 FROM {} AND txt64 {} ORDER BY txt64 LIMIT 1", texts, condition));
  };
  Statement first = next(">= ?"), behind = next("> ?");
  std::string text;
  for (Statement* s = &first;; s = &behind) {
    s->reset();
    s->bind(part, key, text);
    if (!s->step()) return true;
    std::string found(s->text(0));
    s->reset();
    text = std::move(found);
    if (may_be_cut(text)) {
      spellings_of(map, part, key, text);
      continue;
    }
    const auto one = holds_one(texts + " AND txt64 = ?", part, key, text);
    if (!one) return false;
    if (*one) add(text, std::nullopt);
  }
}

// Texts that begin alike.
void IndexDistinct::spellings_of(const MapInfo& map, Ordinal part, std::int64_t key,
                                 std::string_view start) {
  Statement s = context_.connection.prepare(fmt::format(
      "SELECT m.txt, x.owner FROM {} x CROSS JOIN {} m ON m.owner = x.owner AND m.key = x.key "
      "WHERE x.part = ? AND x.key = ? AND x.rank = 1 AND x.num = 0 AND x.txt64 = ?",
      map.values, map.table));
  s.bind(part, key, start);
  while (s.step()) {
    meter_.add(1);
    if (!look_ || matches(s.integer(1))) add(s.text(0), std::nullopt);
  }
}

}  // namespace podium::sqlite
