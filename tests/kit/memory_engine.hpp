#pragma once
// An IndexEngine over records in memory: every range is found by looking at every record. Slow, and
// obviously right; what it must give is the planner's contract with engines.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/index_engine.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::test {

struct MemoryRecord {
  Ordinal ordinal = 0;
  std::string id;
  std::map<std::string, Value> fields;
  std::map<std::pair<std::string, std::string>, std::string> entries;        // (map, key)
  std::map<std::tuple<std::string, std::string, std::string>, double> last;  // (series, key, scope)
};

struct MemoryStore {
  std::map<std::string, Collection> collections;
  std::map<std::string, std::vector<MemoryRecord>> records;
  std::set<std::pair<std::string, Ordinal>> hidden;
};

class MemoryEngine final : public kit::IndexEngine, public kit::RecordAccess {
 public:
  MemoryEngine(const MemoryStore& store, const std::string& name)
      : store_(store), collection_(store.collections.at(name)), records_(store.records.at(name)) {}

  std::uint64_t read = 0;  ///< entries given

  const Collection& declaration() const override { return collection_; }

  std::unique_ptr<kit::IndexScan> scan(const kit::IndexRange& range, bool keys,
                                       const Position* behind) override {
    auto scan = std::make_unique<Scan>(*this);
    const bool by_value = range.rank != kit::IndexRange::any_rank && has_values(range);
    std::vector<std::pair<kit::SortKey, Ordinal>> found;
    for (const MemoryRecord& record : records_) add(range, record, found);
    const auto before = [&](const auto& a, const auto& b) {
      if (by_value)
        if (const int c = kit::compare(a.first, b.first, range.descending); c != 0) return c < 0;
      return range.descending ? a.second > b.second : a.second < b.second;
    };
    std::sort(found.begin(), found.end(), before);
    if (behind != nullptr)
      std::erase_if(found, [&](const auto& e) {
        return !before(std::pair{cut(range, behind->key), behind->ordinal}, e);
      });
    for (auto& [key, ordinal] : found) {
      scan->entries.ordinals.push_back(ordinal);
      if (keys) scan->entries.keys.push_back(std::move(key));
    }
    return scan;
  }

  std::vector<Ordinal> partitions() override {
    std::set<Ordinal> found;
    for (const MemoryRecord& r : records_) found.insert(partition_of(r));
    return {found.begin(), found.end()};
  }

  bool seek(Ordinal o) override {
    if (store_.hidden.count({collection_.name, o}) != 0) return false;
    const auto at = std::find_if(records_.begin(), records_.end(),
                                 [o](const auto& r) { return r.ordinal == o; });
    if (at == records_.end()) return false;
    record_ = &*at;
    return true;
  }
  kit::RecordAccess& record() override { return *this; }
  bool hides() override { return !store_.hidden.empty(); }
  kit::IndexEngine& child(const std::string& name) override {
    auto& child = children_[name];
    if (!child) child = std::make_unique<MemoryEngine>(store_, name);
    return *child;
  }

  kit::Seen value(const Path& path) override { return value_of(*record_, path); }
  bool any(const std::string& name, const std::string& reference, const Filter& inner) override {
    const Ordinal parent = record_->ordinal;
    auto& other = static_cast<MemoryEngine&>(child(name));
    const kit::Evaluator evaluator(inner);
    for (const MemoryRecord& r : other.records_) {
      if (!(r.fields.at(reference) == Value{parent})) continue;
      if (other.seek(r.ordinal) && evaluator(other)) return true;
    }
    return false;
  }

 private:
  struct Scan final : kit::IndexScan {
    explicit Scan(MemoryEngine& e) : engine(e) {}
    MemoryEngine& engine;
    kit::IndexEntries entries;
    std::size_t at = 0;
    bool next(std::size_t max, kit::IndexEntries& out) override {
      for (; max != 0 && at < entries.ordinals.size(); --max, ++at) {
        ++engine.read;
        out.ordinals.push_back(entries.ordinals[at]);
        if (!entries.keys.empty()) out.keys.push_back(entries.keys[at]);
      }
      return at < entries.ordinals.size();
    }
  };

  const std::vector<std::string> fields_of(const kit::IndexRange& range) const {
    if (range.index == kit::IndexRange::Index::reference) return {range.name};
    return kit::key_of(collection_, range.name).fields;
  }
  bool has_values(const kit::IndexRange& range) const {
    using Index = kit::IndexRange::Index;
    switch (range.index) {
      case Index::key:
      case Index::reference:
        return range.rank == kit::rank_number && range.equal.size() < fields_of(range).size();
      case Index::map:
        return true;
      case Index::series:
        return range.rank == kit::rank_number;
      case Index::id:
        return true;
      case Index::ordinal:
        return false;
    }
    return false;
  }
  Ordinal partition_of(const MemoryRecord& r) const {
    if (collection_.partition.empty()) return 0;
    const Value& v = r.fields.at(collection_.partition);
    return std::holds_alternative<std::int64_t>(v) ? std::get<std::int64_t>(v) : 0;
  }
  static kit::Seen seen_of(const Value& v) {
    kit::Seen seen;
    if (const auto* text = std::get_if<std::string>(&v))
      seen.cell = std::string_view(*text);
    else if (const auto* b = std::get_if<bool>(&v))
      seen.cell = *b;
    else if (const auto* i = std::get_if<std::int64_t>(&v))
      seen.cell = *i;
    else if (const auto* d = std::get_if<double>(&v))
      seen.cell = *d;
    return seen;
  }
  kit::Seen value_of(const MemoryRecord& r, const Path& path) {
    switch (path.kind) {
      case Path::Kind::field: {
        kit::Seen seen = seen_of(r.fields.at(path.name));
        if (kit::field_of(collection_, path.name).type != Type::scalar) return seen;
        seen.dual = true;
        if (const auto* text = std::get_if<std::string_view>(&seen.cell))
          seen.number = kit::number_of(*text);
        return seen;
      }
      case Path::Kind::map: {
        const auto at = r.entries.find({path.name, path.key});
        if (at == r.entries.end()) return {{}, {}, true};
        return {Cell{std::string_view(at->second)}, kit::number_of(at->second), true};
      }
      case Path::Kind::series: {
        const auto at = r.last.find({path.name, path.key, path.scope});
        if (at == r.last.end()) return {};
        // Other statistics are something else, so that an index of `last` cannot answer for them.
        return {Cell{path.statistic == Statistic::last ? at->second : -at->second}, {}, false};
      }
      case Path::Kind::id:
        return {Cell{std::string_view(r.id)}, {}, false};
      case Path::Kind::ordinal:
        return {Cell{r.ordinal}, {}, false};
      default:
        return {};
    }
  }
  // A key as an index holds it.
  static kit::SortKey cut(const kit::IndexRange& range, kit::SortKey key) {
    if (range.index == kit::IndexRange::Index::map)
      key.text = key.rank == kit::rank_number
                     ? std::string()
                     : std::string(kit::first_code_points(key.text, kit::indexed_code_points));
    return key;
  }
  void add(const kit::IndexRange& range, const MemoryRecord& r,
           std::vector<std::pair<kit::SortKey, Ordinal>>& found) {
    using Index = kit::IndexRange::Index;
    kit::Seen seen;
    bool column = true;
    switch (range.index) {
      case Index::ordinal:
        seen = value_of(r, record_ordinal());
        break;
      case Index::id:
        seen = value_of(r, record_id());
        break;
      case Index::map:
      case Index::series:
        if (partition_of(r) != range.partition) return;
        seen = value_of(r, range.index == Index::map
                               ? entry(range.name, range.key)
                               : series(range.name, range.key, Statistic::last, range.scope));
        if (std::holds_alternative<std::monostate>(seen.cell)) return;
        break;
      case Index::key:
      case Index::reference: {
        const auto fields = fields_of(range);
        for (std::size_t i = 0; i < range.equal.size(); ++i) {
          const Value& v = r.fields.at(fields[i]);
          if (std::holds_alternative<std::monostate>(range.equal[i])
                  ? !std::holds_alternative<std::monostate>(v)
                  : !kit::compare(seen_of(v), Compare::eq, range.equal[i]))
            return;
        }
        if (range.equal.size() < fields.size())
          seen = seen_of(r.fields.at(fields[range.equal.size()]));
        else
          column = false;
        break;
      }
    }
    kit::SortKey key = cut(range, kit::sort_key(seen, false));
    if (column && range.rank != kit::IndexRange::any_rank) {
      if (key.rank != range.rank) return;
      const auto within = [&](const kit::IndexRange::Bound& bound, bool lower) {
        const int c =
            kit::compare(key, kit::sort_key(bound_seen(range, bound.value), false), false);
        return c == 0 ? bound.inclusive : lower ? c > 0 : c < 0;
      };
      if (range.from && !within(*range.from, true)) return;
      if (range.to && !within(*range.to, false)) return;
    }
    found.emplace_back(std::move(key), r.ordinal);
  }
  static kit::Seen bound_seen(const kit::IndexRange& range, const Value& v) {
    kit::Seen seen = seen_of(v);
    seen.dual =
        range.index == kit::IndexRange::Index::map && std::holds_alternative<std::string>(v);
    return seen;
  }

  const MemoryStore& store_;
  const Collection& collection_;
  const std::vector<MemoryRecord>& records_;
  const MemoryRecord* record_ = nullptr;
  std::map<std::string, std::unique_ptr<MemoryEngine>> children_;
};

}  // namespace podium::test
