#include "memory_store.hpp"

#include <algorithm>
#include <set>

#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/evaluate.hpp"
#include "podium/storage_kit/points.hpp"
#include "podium/storage_kit/text.hpp"
#include "podium/storage_kit/values.hpp"

namespace podium::test {
namespace {

using Scoped = std::pair<std::string, std::string>;

struct Record {
  std::string id;
  std::int64_t version = 1;
  std::map<std::string, Value> fields;
  std::map<std::string, std::map<std::string, std::string>> maps;
  std::map<std::string, std::map<Scoped, std::vector<Point>>> series;
  std::optional<std::string> body;
};

struct Rows {
  Collection declaration;
  Ordinal next = 1;
  std::map<Ordinal, std::shared_ptr<const Record>> records;
};

struct Entry {
  Revision revision;
  CollectionId collection;
  Ordinal ordinal;
  Change::Kind kind;
  std::string id;
};

Cell cell_of(const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v)) return std::string_view(*text);
  if (const auto* b = std::get_if<bool>(&v)) return *b;
  if (const auto* i = std::get_if<std::int64_t>(&v)) return *i;
  if (const auto* d = std::get_if<double>(&v)) return *d;
  return {};
}

}  // namespace

struct MemoryStore::State {
  std::vector<Rows> rows;
  std::map<std::pair<CollectionId, Ordinal>, Entry> feed;
  Revision revision = 0, horizon = 0;

  const Rows& of(CollectionId c) const { return rows.at(static_cast<std::size_t>(c)); }
  Rows& of(CollectionId c) { return rows.at(static_cast<std::size_t>(c)); }
  CollectionId named(std::string_view name) const {
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].declaration.name == name) return static_cast<CollectionId>(i);
    throw Error(ErrorCode::not_found, "no collection " + std::string(name));
  }
};

namespace {

using State = MemoryStore::State;

Summary summary_of(const Collection& c, const std::string& name, const std::vector<Point>& points) {
  return kit::summarize(points, kit::series_of(c, name).last);
}

Cell statistic(const Summary& s, Statistic which) {
  switch (which) {
    case Statistic::last:
      return s.last.value;
    case Statistic::first:
      return s.first.value;
    case Statistic::min:
      return s.min.value;
    case Statistic::max:
      return s.max.value;
    case Statistic::count:
      return s.count;
    case Statistic::sum:
      return s.sum;
    case Statistic::last_step:
      return s.last.step;
    case Statistic::first_step:
      return s.first.step;
    case Statistic::min_step:
      return s.min.step;
    case Statistic::max_step:
      return s.max.step;
    case Statistic::last_time:
      return s.last.time;
    case Statistic::first_time:
      return s.first.time;
  }
  return {};
}

class Look final : public kit::RecordAccess {
 public:
  Look(const State& state, CollectionId c, Ordinal o, const Record& r)
      : state_(state), c_(c), o_(o), r_(r) {}
  kit::Seen value(const Path& p) override {
    kit::Seen seen;
    switch (p.kind) {
      case Path::Kind::field:
        if (const auto at = r_.fields.find(p.name); at != r_.fields.end())
          seen.cell = cell_of(at->second);
        break;
      case Path::Kind::map: {
        seen.dual = true;
        const auto map = r_.maps.find(p.name);
        if (map == r_.maps.end()) break;
        const auto at = map->second.find(p.key);
        if (at == map->second.end()) break;
        seen.cell = std::string_view(at->second);
        seen.number = kit::number_of(at->second);
        break;
      }
      case Path::Kind::series: {
        const auto series = r_.series.find(p.name);
        if (series == r_.series.end()) break;
        const auto at = series->second.find({p.key, p.scope});
        if (at != series->second.end())
          seen.cell =
              statistic(summary_of(state_.of(c_).declaration, p.name, at->second), p.statistic);
        break;
      }
      case Path::Kind::id:
        seen.cell = std::string_view(r_.id);
        break;
      case Path::Kind::ordinal:
        seen.cell = o_;
        break;
      case Path::Kind::version:
        seen.cell = r_.version;
        break;
      case Path::Kind::body:
        if (r_.body) seen.cell = std::string_view(*r_.body);
        break;
    }
    return seen;
  }
  bool any(const std::string& child, const std::string& reference, const Filter& inner) override {
    const CollectionId c = state_.named(child);
    const kit::Evaluator test(inner);
    for (const auto& [o, record] : state_.of(c).records) {
      const auto at = record->fields.find(reference);
      if (at == record->fields.end() || at->second != Value{o_}) continue;
      Look look(state_, c, o, *record);
      if (test(look)) return true;
    }
    return false;
  }

 private:
  const State& state_;
  CollectionId c_;
  Ordinal o_;
  const Record& r_;
};

class SeenRow final : public Row {
 public:
  SeenRow(const State& state, CollectionId c, Ordinal o, const Record& r,
          std::span<const Column> columns)
      : look_(state, c, o, r), o_(o), r_(r), columns_(columns) {
    maps_.resize(columns.size());
    series_.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto& name = columns[i].path.name;
      if (columns[i].kind == Column::Kind::whole_map) {
        if (const auto at = r.maps.find(name); at != r.maps.end())
          for (const auto& [k, v] : at->second) maps_[i].push_back({k, v, kit::number_of(v)});
      } else if (columns[i].kind == Column::Kind::whole_series) {
        if (const auto at = r.series.find(name); at != r.series.end())
          for (const auto& [k, points] : at->second)
            if (columns[i].path.key.empty() || columns[i].path.key == k.first)
              series_[i].push_back(
                  {k.first, k.second, summary_of(state.of(c).declaration, name, points)});
      }
    }
  }
  Ordinal ordinal() const override { return o_; }
  std::string_view id() const override { return r_.id; }
  std::int64_t version() const override { return r_.version; }
  Cell cell(std::size_t i) const override {
    if (columns_[i].kind != Column::Kind::value) throw Error(ErrorCode::misuse, "not a cell");
    return look_.value(columns_[i].path).cell;
  }
  std::span<const MapEntry> map(std::size_t i) const override { return maps_.at(i); }
  std::span<const SeriesEntry> series(std::size_t i) const override { return series_.at(i); }

 private:
  mutable Look look_;
  Ordinal o_;
  const Record& r_;
  std::span<const Column> columns_;
  std::vector<std::vector<MapEntry>> maps_;
  std::vector<std::vector<SeriesEntry>> series_;
};

struct Sorted {
  std::vector<kit::SortKey> keys;
  Ordinal ordinal;
};

std::vector<Sorted> matching(const State& s, CollectionId c, const Filter& filter,
                             const Order& order) {
  const kit::Evaluator test(filter);
  std::vector<Sorted> out;
  for (const auto& [o, record] : s.of(c).records) {
    Look look(s, c, o, *record);
    if (!test(look)) continue;
    Sorted row{{}, o};
    for (const auto& key : order)
      row.keys.push_back(kit::sort_key(look.value(key.path), key.as_text));
    out.push_back(std::move(row));
  }
  std::sort(out.begin(), out.end(), [&](const Sorted& a, const Sorted& b) {
    return kit::compare(a.keys, a.ordinal, b.keys, b.ordinal, order) < 0;
  });
  return out;
}

class Snapshot final : public Reader {
 public:
  explicit Snapshot(std::shared_ptr<const State> s) : s_(std::move(s)) {}
  using Reader::find;
  using Reader::get;

  void get(CollectionId c, std::span<const Ordinal> ordinals, std::span<const Column> columns,
           RowSink sink) const override {
    for (const Ordinal o : ordinals)
      if (const auto at = s_->of(c).records.find(o); at != s_->of(c).records.end())
        if (!sink(SeenRow(*s_, c, o, *at->second, columns))) return;
  }
  std::vector<Ordinal> find(CollectionId c, std::span<const std::string> ids) const override {
    std::vector<Ordinal> out;
    for (const auto& id : ids) {
      Ordinal found = 0;
      for (const auto& [o, record] : s_->of(c).records)
        if (record->id == id) found = o;
      out.push_back(found);
    }
    return out;
  }
  Page query(const Query& q, RowSink sink) const override {
    const auto& declaration = s_->of(q.collection).declaration;
    const auto print = kit::fingerprint(declaration.name, q.filter, q.order);
    const auto rows = matching(*s_, q.collection, q.filter, q.order);
    std::size_t at = 0;
    if (!q.cursor.empty()) {
      const auto cursor = kit::decode_cursor(q.cursor, print);
      while (at < rows.size() && kit::compare(rows[at].keys, rows[at].ordinal, cursor.keys,
                                              cursor.ordinal, q.order) <= 0)
        ++at;
    }
    Page page;
    for (; at < rows.size() && page.rows < q.limit; ++at) {
      ++page.rows;
      const auto& record = *s_->of(q.collection).records.at(rows[at].ordinal);
      const bool more = page.rows == q.limit && at + 1 < rows.size();
      if (more) page.cursor = kit::encode_cursor(print, rows[at].keys, rows[at].ordinal);
      if (!sink(SeenRow(*s_, q.collection, rows[at].ordinal, record, q.columns))) break;
    }
    return page;
  }
  std::vector<Ordinal> ids(CollectionId c, const Filter& f, const Order& order,
                           Budget) const override {
    std::vector<Ordinal> out;
    for (const auto& row : matching(*s_, c, f, order)) out.push_back(row.ordinal);
    return out;
  }
  void aggregate(const Aggregate&, GroupSink) const override {
    throw Error(ErrorCode::unsupported, "not in the store of tests");
  }
  void points(const PointsQuery& q, PointSink sink) const override {
    const auto at = s_->of(q.collection).records.find(q.record);
    if (at == s_->of(q.collection).records.end()) return;
    const auto series = at->second->series.find(q.series);
    if (series == at->second->series.end()) return;
    const auto found = series->second.find({q.key, q.scope});
    if (found == series->second.end()) return;
    const bool by_time = q.by == PointsQuery::By::time;
    const auto order = [&](const Point& a, const Point& b) {
      return by_time ? kit::compare_by_time(a, b) : kit::compare_by_step(a, b);
    };
    std::vector<Point> all;
    for (const Point& p : found->second)
      if (const auto x = by_time ? p.time : p.step;
          x >= q.from && x <= q.to && (!q.after || order(p, *q.after) > 0))
        all.push_back(p);
    std::sort(all.begin(), all.end(),
              [&](const Point& a, const Point& b) { return order(a, b) < 0; });
    if (q.buckets != 0) {
      kit::Downsampler down(all.size(), q.buckets);
      std::vector<Point> out;
      down.add(all, out);
      down.finish(out);
      all = std::move(out);
    }
    if (all.size() > q.limit) all.resize(q.limit);
    for (std::size_t i = 0; i < all.size(); i += 7)  // in small blocks, as an engine would
      if (!sink(std::span(all).subspan(i, std::min<std::size_t>(7, all.size() - i)))) return;
  }
  Changes changes(Revision since, std::span<const CollectionId> collections, std::uint64_t limit,
                  FunctionRef<void(const Change&)> sink) const override {
    if (since < s_->horizon) throw Error(ErrorCode::too_old, "the feed starts later");
    std::vector<const Entry*> found;
    for (const auto& [key, entry] : s_->feed)
      if (entry.revision > since &&
          (collections.empty() || std::find(collections.begin(), collections.end(),
                                            entry.collection) != collections.end()))
        found.push_back(&entry);
    std::stable_sort(found.begin(), found.end(),
                     [](auto* a, auto* b) { return a->revision < b->revision; });
    Changes out{s_->revision, false};
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i >= limit && found[i]->revision != found[i - 1]->revision) {
        out = {found[i - 1]->revision, true};
        break;
      }
      Change change;
      change.revision = found[i]->revision;
      change.collection = found[i]->collection;
      change.ordinal = found[i]->ordinal;
      change.kind = found[i]->kind;
      if (change.kind == Change::Kind::erased) change.id = found[i]->id;
      sink(change);
    }
    return out;
  }
  Revision revision() const override { return s_->revision; }

 private:
  std::shared_ptr<const State> s_;
};

class Writing final : public Transaction {
 public:
  explicit Writing(State& s) : s_(s) {}

  Ordinal find(CollectionId c, std::string_view id) override {
    for (const auto& [o, record] : s_.of(c).records)
      if (record->id == id) return o;
    return 0;
  }
  bool get(CollectionId c, Ordinal o, std::span<const Column> columns,
           FunctionRef<void(const Row&)> sink) override {
    const auto at = s_.of(c).records.find(o);
    if (at == s_.of(c).records.end()) return false;
    const auto record = at->second;
    sink(SeenRow(s_, c, o, *record, columns));
    return true;
  }
  std::uint64_t query(CollectionId c, const KeyRange& range, std::uint64_t limit,
                      std::span<const Column> columns, RowSink sink) override {
    std::uint64_t n = 0;
    for (const Ordinal o : in_range(c, range)) {
      if (n == limit) break;
      ++n;
      const auto record = s_.of(c).records.at(o);
      if (!sink(SeenRow(s_, c, o, *record, columns))) break;
    }
    return n;
  }
  Ordinal insert(CollectionId c, const NewRecord& r) override {
    const auto& d = s_.of(c).declaration;
    Record record;
    const Ordinal o = s_.of(c).next;
    record.id = d.sequence ? std::to_string(d.first + o - 1) : std::string(r.id);
    if (d.sequence != r.id.empty()) throw Error(ErrorCode::invalid, "id of " + d.name);
    if (find(c, record.id) != 0) throw Error(ErrorCode::exists, "the id is taken");
    apply(c, record, r.content);
    check_unique(c, record, 0);
    ++s_.of(c).next;
    s_.of(c).records.emplace(o, std::make_shared<Record>(std::move(record)));
    note(c, o, Change::Kind::inserted);
    return o;
  }
  Kept insert_or_keep(CollectionId c, const NewRecord& r, std::string_view key) override {
    if (key.empty()) {
      if (const Ordinal o = find(c, r.id)) return {o, false};
      return {insert(c, r), true};
    }
    Record probe;
    apply(c, probe, r.content);
    if (const Ordinal o = same_key(c, probe, kit::key_of(s_.of(c).declaration, key), 0))
      return {o, false};
    return {insert(c, r), true};
  }
  std::uint64_t update(CollectionId c, std::span<const Ordinal> ordinals, const Filter& still,
                       const Patch& patch) override {
    const kit::Evaluator test(still);
    std::uint64_t n = 0;
    for (const Ordinal o : ordinals) {
      const auto at = s_.of(c).records.find(o);
      if (at == s_.of(c).records.end()) continue;
      Look look(s_, c, o, *at->second);
      if (!test(look)) continue;
      ++n;
      change(c, o, patch);
    }
    return n;
  }
  std::vector<Ordinal> update(CollectionId c, const KeyRange& range, std::uint64_t limit,
                              const Patch& patch) override {
    auto found = in_range(c, range);
    if (found.size() > limit) found.resize(limit);
    for (const Ordinal o : found) change(c, o, patch);
    return found;
  }
  std::uint64_t erase(CollectionId c, std::span<const Ordinal> ordinals,
                      const Filter& still) override {
    const kit::Evaluator test(still);
    std::uint64_t n = 0;
    for (const Ordinal o : ordinals) {
      const auto at = s_.of(c).records.find(o);
      if (at == s_.of(c).records.end()) continue;
      Look look(s_, c, o, *at->second);
      if (!test(look)) continue;
      ++n;
      drop(c, o);
    }
    return n;
  }
  void put(CollectionId c, Ordinal o, std::string_view map, std::span<const MapEntry> entries,
           PutMode mode) override {
    Record record = *s_.of(c).records.at(o);
    kit::map_of(s_.of(c).declaration, map);
    auto& there = record.maps[std::string(map)];
    const auto before = there;
    std::vector<Conflict> conflicts;
    for (const auto& e : entries) {
      const auto [at, added] = there.try_emplace(std::string(e.key), e.text);
      if (added || at->second == e.text) continue;
      if (mode == PutMode::overwrite) at->second = e.text;
      if (mode == PutMode::equal_or_fail)
        conflicts.push_back({std::string(e.key), at->second, std::string(e.text)});
    }
    if (!conflicts.empty()) throw ConflictError("entries differ", std::move(conflicts));
    if (there == before) return;
    keep(c, o, std::move(record));
  }
  void append(CollectionId c, Ordinal o, std::string_view series,
              std::span<const SeriesPoints> all) override {
    Record record = *s_.of(c).records.at(o);
    kit::series_of(s_.of(c).declaration, series);
    for (const auto& s : all) {
      auto& points = record.series[std::string(series)][{std::string(s.key), std::string(s.scope)}];
      for (const Point& p : s.points)
        if (std::none_of(points.begin(), points.end(),
                         [&](const Point& q) { return kit::compare_by_step(p, q) == 0; }))
          points.push_back(p);
    }
    s_.of(c).records[o] = std::make_shared<Record>(std::move(record));
    note(c, o, Change::Kind::updated);
  }
  void rehome(CollectionId, Ordinal, CollectionId, Ordinal,
              std::span<const std::string_view>) override {
    throw Error(ErrorCode::unsupported, "not in the store of tests");
  }

 private:
  std::vector<Ordinal> in_range(CollectionId c, const KeyRange& range) {
    const Key& key = kit::key_of(s_.of(c).declaration, range.key);
    std::vector<Sorted> found;
    Order order;
    for (const auto& f : key.fields) order.push_back({field(f), range.descending, false});
    for (const auto& [o, record] : s_.of(c).records) {
      Look look(s_, c, o, *record);
      bool fits = true;
      for (std::size_t i = 0; i < range.equal.size() && fits; ++i)
        fits = kit::compare(look.value(field(key.fields[i])), Compare::eq, range.equal[i]);
      if (fits && range.from)
        fits = kit::compare(look.value(field(key.fields[range.equal.size()])), Compare::ge,
                            *range.from);
      if (fits && range.to)
        fits =
            kit::compare(look.value(field(key.fields[range.equal.size()])), Compare::le, *range.to);
      if (!fits) continue;
      Sorted row{{}, o};
      for (const auto& k : order) row.keys.push_back(kit::sort_key(look.value(k.path), false));
      found.push_back(std::move(row));
    }
    std::sort(found.begin(), found.end(), [&](const Sorted& a, const Sorted& b) {
      return kit::compare(a.keys, a.ordinal, b.keys, b.ordinal, order) < 0;
    });
    std::vector<Ordinal> out;
    for (const auto& row : found) out.push_back(row.ordinal);
    return out;
  }
  Ordinal same_key(CollectionId c, const Record& r, const Key& key, Ordinal self) {
    for (const auto& f : key.fields)
      if (r.fields.count(f) == 0) return 0;
    for (const auto& [o, other] : s_.of(c).records) {
      if (o == self) continue;
      if (std::all_of(key.fields.begin(), key.fields.end(), [&, &theirs = *other](const auto& f) {
            const auto at = theirs.fields.find(f);
            return at != theirs.fields.end() && at->second == r.fields.at(f);
          }))
        return o;
    }
    return 0;
  }
  void check_unique(CollectionId c, const Record& r, Ordinal self) {
    for (const auto& key : s_.of(c).declaration.keys)
      if (key.unique && same_key(c, r, key, self) != 0)
        throw Error(ErrorCode::exists,
                    "the key '" + key.name + "' of '" + s_.of(c).declaration.name + "' is taken");
  }
  static bool fits(Type type, const Value& v) {
    switch (type) {
      case Type::text:
      case Type::scalar:
        return std::holds_alternative<std::string>(v);
      case Type::integer:
      case Type::time:
      case Type::reference:
        return std::holds_alternative<std::int64_t>(v);
      case Type::real:
        return std::holds_alternative<double>(v);
      case Type::boolean:
        return std::holds_alternative<bool>(v);
    }
    return false;
  }
  void apply(CollectionId c, Record& r, const Patch& p) {
    const auto& d = s_.of(c).declaration;
    for (const auto name : p.cleared) {
      r.maps.erase(std::string(name));
      r.series.erase(std::string(name));
    }
    for (const auto& set : p.fields) {
      const Field& f = kit::field_of(d, set.field);
      if (std::holds_alternative<std::monostate>(set.value)) {
        r.fields.erase(f.name);
        continue;
      }
      if (!fits(f.type, set.value))
        throw Error(ErrorCode::invalid, "a value of '" + f.name + "' does not fit").in(f.name);
      if (f.type == Type::reference &&
          s_.of(s_.named(f.target)).records.count(std::get<std::int64_t>(set.value)) == 0)
        throw Error(ErrorCode::not_found, "'" + f.name + "' refers to nothing").in(f.name);
      r.fields[f.name] = set.value;
    }
    for (const auto& e : p.entries) {
      kit::map_of(d, e.map);
      r.maps[std::string(e.map)][std::string(e.key)] = e.text;
    }
    for (const auto& e : p.removed) r.maps[std::string(e.map)].erase(std::string(e.key));
    if (p.body) r.body = std::string(*p.body);
  }
  void change(CollectionId c, Ordinal o, const Patch& patch) {
    const Record& before = *s_.of(c).records.at(o);
    Record record = before;
    apply(c, record, patch);
    if (record.fields == before.fields && record.maps == before.maps &&
        record.series == before.series && record.body == before.body)
      return;
    check_unique(c, record, o);
    keep(c, o, std::move(record));
  }
  void keep(CollectionId c, Ordinal o, Record record) {
    ++record.version;
    s_.of(c).records[o] = std::make_shared<Record>(std::move(record));
    note(c, o, Change::Kind::updated);
  }
  void drop(CollectionId c, Ordinal o) {
    note(c, o, Change::Kind::erased);
    s_.of(c).records.erase(o);
    const std::string name = s_.of(c).declaration.name;
    for (std::size_t i = 0; i < s_.rows.size(); ++i)
      for (const auto& f : s_.rows[i].declaration.fields) {
        if (f.type != Type::reference || f.target != name) continue;
        std::vector<Ordinal> referring;
        for (const auto& [k, record] : s_.rows[i].records)
          if (const auto at = record->fields.find(f.name);
              at != record->fields.end() && at->second == Value{o})
            referring.push_back(k);
        for (const Ordinal k : referring) {
          if (s_.rows[i].records.count(k) == 0) continue;
          if (f.on_erase == OnErase::cascade)
            drop(static_cast<CollectionId>(i), k);
          else
            change(static_cast<CollectionId>(i), k, Patch().set(f.name, Value{}));
        }
      }
  }
  void note(CollectionId c, Ordinal o, Change::Kind kind) {
    Entry entry{s_.revision, c, o, kind,
                s_.of(c).records.count(o) != 0 ? s_.of(c).records.at(o)->id : std::string()};
    const auto at = s_.feed.find({c, o});
    if (at != s_.feed.end() && at->second.kind == Change::Kind::inserted &&
        kind == Change::Kind::updated)
      entry.kind = Change::Kind::inserted;
    s_.feed[{c, o}] = entry;
  }

  State& s_;
};

thread_local bool inside = false;

}  // namespace

MemoryStore::MemoryStore() : state_(std::make_shared<State>()) {}
MemoryStore::~MemoryStore() = default;

std::shared_ptr<const MemoryStore::State> MemoryStore::now() const {
  if (inside) throw Error(ErrorCode::misuse, "a read of the store from inside a write");
  const std::lock_guard lock(mutex_);
  return state_;
}

void MemoryStore::get(CollectionId c, std::span<const Ordinal> o, std::span<const Column> columns,
                      RowSink sink) const {
  Snapshot(now()).get(c, o, columns, sink);
}
std::vector<Ordinal> MemoryStore::find(CollectionId c, std::span<const std::string> ids) const {
  return Snapshot(now()).find(c, ids);
}
Page MemoryStore::query(const Query& q, RowSink sink) const {
  return Snapshot(now()).query(q, sink);
}
std::vector<Ordinal> MemoryStore::ids(CollectionId c, const Filter& f, const Order& o,
                                      Budget b) const {
  return Snapshot(now()).ids(c, f, o, b);
}
void MemoryStore::aggregate(const Aggregate& a, GroupSink sink) const {
  Snapshot(now()).aggregate(a, sink);
}
void MemoryStore::points(const PointsQuery& q, PointSink sink) const {
  Snapshot(now()).points(q, sink);
}
Changes MemoryStore::changes(Revision since, std::span<const CollectionId> c, std::uint64_t limit,
                             FunctionRef<void(const Change&)> sink) const {
  return Snapshot(now()).changes(since, c, limit, sink);
}
Revision MemoryStore::revision() const { return now()->revision; }

void MemoryStore::declare(std::span<const Collection> declarations) {
  const std::lock_guard lock(writer_);
  auto next = std::make_shared<State>(*now());
  for (const auto& d : declarations) {
    kit::check(d);
    if (std::any_of(next->rows.begin(), next->rows.end(),
                    [&](const auto& r) { return r.declaration.name == d.name; }))
      continue;
    next->rows.push_back({d, 1, {}});
  }
  const std::lock_guard pointer(mutex_);
  state_ = std::move(next);
}
CollectionId MemoryStore::collection(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return state_->named(name);
}
const Collection& MemoryStore::declaration(CollectionId c) const {
  const std::lock_guard lock(mutex_);
  return state_->of(c).declaration;
}

void MemoryStore::transact(FunctionRef<void(Transaction&)> fn) {
  if (inside) throw Error(ErrorCode::misuse, "a write from inside a write");
  Revision revision = 0;
  std::vector<std::function<void(Revision)>> watchers;
  {
    const std::lock_guard lock(writer_);
    std::shared_ptr<State> next;
    for (int round = 0; round < 2; ++round) {  // run, undo, run
      next = std::make_shared<State>(*now());
      revision = ++next->revision;
      Writing writing(*next);
      inside = true;
      try {
        fn(writing);
      } catch (...) {
        inside = false;
        throw;
      }
      inside = false;
    }
    if (before_commit) before_commit();
    const std::lock_guard pointer(mutex_);
    state_ = std::move(next);
    for (const auto& [id, hint] : watchers_) watchers.push_back(hint);
  }
  for (const auto& hint : watchers) hint(revision);
}

void MemoryStore::commit(Write fn, Done done) {
  try {
    transact([&](Transaction& t) { fn(t); });
    done(nullptr);
  } catch (const Error& e) {
    done(&e);
  }
}

void MemoryStore::read(FunctionRef<void(const Reader&)> fn) const { fn(Snapshot(now())); }

int MemoryStore::watch(std::function<void(Revision)> hint) {
  const std::lock_guard lock(mutex_);
  watchers_.emplace(next_watch_, std::move(hint));
  return next_watch_++;
}
void MemoryStore::unwatch(int id) {
  const std::lock_guard lock(mutex_);
  watchers_.erase(id);
}

void MemoryStore::forget_changes(Revision up_to) {
  const std::lock_guard lock(writer_);
  auto next = std::make_shared<State>(*now());
  next->horizon = up_to;
  const std::lock_guard pointer(mutex_);
  state_ = std::move(next);
}

}  // namespace podium::test
