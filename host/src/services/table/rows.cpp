// The table's rows: read from the store, with references shown as what they refer to.
#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "podium/storage_kit/text.hpp"
#include "podium/storage_kit/values.hpp"
#include "query/podium_vocabulary.hpp"
#include "services/records.hpp"
#include "services/table/table.hpp"

namespace podium::host {
namespace {

/// A read of a page or a listing may cost this much; beyond it the question must become narrower.
constexpr Budget budget{5'000'000, std::chrono::milliseconds(10'000)};

bool refers(const TableColumn& c) { return !c.target.empty(); }

using Texts = std::unordered_map<Ordinal, std::string>;

/// The names of records of a collection, or their ids.
void look_up(const Core& core, const Reader& reader, const Principal& who,
             const std::string& collection, bool names, Texts& texts) {
  std::vector<Ordinal> wanted;
  for (const auto& [ordinal, text] : texts) wanted.push_back(ordinal);
  texts.clear();
  const Column name = value_of(field("name"));
  const VisibleRecords records(core, core.store.collection(collection), collection);
  records.get(reader, who, wanted, std::span(&name, names ? 1 : 0), [&](const Row& row) {
    if (!names) {
      texts.emplace(row.ordinal(), row.id());
    } else if (const Cell cell = row.cell(0); std::holds_alternative<std::string_view>(cell)) {
      texts.emplace(row.ordinal(), std::get<std::string_view>(cell));
    }
    return true;
  });
}

/// What the columns of some rows refer to.
class Referred {
 public:
  explicit Referred(std::span<const TableColumn> columns) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!refers(columns[i])) continue;
      read_.push_back(columns[i].column);
      at_.push_back(&texts_[{columns[i].target, columns[i].shows == TableColumn::Shows::name_of}]);
    }
    slots_.resize(columns.size());
    for (std::size_t i = 0, k = 0; i < columns.size(); ++i)
      if (refers(columns[i])) slots_[i] = at_[k++];
  }
  bool empty() const { return read_.empty(); }
  const std::vector<Column>& columns() const { return read_; }
  void note(const Row& row) {
    for (std::size_t k = 0; k < read_.size(); ++k)
      if (const Cell cell = row.cell(k); std::holds_alternative<std::int64_t>(cell))
        at_[k]->try_emplace(std::get<std::int64_t>(cell));
  }
  void find(const Core& core, const Reader& reader, const Principal& who) {
    for (auto& [what, texts] : texts_)
      if (!texts.empty()) look_up(core, reader, who, what.first, what.second, texts);
  }
  Cell shown(std::size_t column, const Cell& cell) const {
    const auto* ordinal = std::get_if<std::int64_t>(&cell);
    if (ordinal == nullptr) return {};
    const auto at = slots_[column]->find(*ordinal);
    return at == slots_[column]->end() ? Cell{} : Cell{std::string_view(at->second)};
  }

 private:
  std::map<std::pair<std::string, bool>, Texts> texts_;
  std::vector<Column> read_;
  std::vector<Texts*> at_;
  std::vector<const Texts*> slots_;
};

class Shown final : public TableRow {
 public:
  Shown(std::span<const TableColumn> columns, const Referred& references)
      : columns_(columns), references_(references) {}
  void show(const Row& row) { row_ = &row; }
  Ordinal ordinal() const override { return row_->ordinal(); }
  std::string_view id() const override { return row_->id(); }
  std::int64_t version() const override { return row_->version(); }
  Cell cell(std::size_t i) const override {
    return refers(columns_[i]) ? references_.shown(i, row_->cell(i)) : row_->cell(i);
  }
  std::span<const MapEntry> map(std::size_t i) const override { return row_->map(i); }
  std::span<const SeriesEntry> series(std::size_t i) const override { return row_->series(i); }

 private:
  std::span<const TableColumn> columns_;
  const Referred& references_;
  const Row* row_ = nullptr;
};

std::vector<Column> read_columns(std::span<const TableColumn> columns) {
  std::vector<Column> out;
  out.reserve(columns.size());
  for (const TableColumn& c : columns) out.push_back(c.column);
  return out;
}

/// Sorts by names of what is referred to, which no index of the store does.
class NameOrder {
 public:
  NameOrder(const PreparedTable& p) : keys_(p.order) {
    for (std::size_t i = 0; i < keys_.size(); ++i)
      if (!keys_[i].target.empty()) count_ = i + 1;
    for (std::size_t i = 0; i < count_; ++i) columns_.push_back(value_of(keys_[i].key.path));
    for (std::size_t i = count_; i < keys_.size(); ++i) rest_.push_back(keys_[i].key);
    for (std::size_t i = 0; i < count_; ++i) order_.push_back(keys_[i].key);
    referred_.resize(count_);
  }
  /// What the store sorts: the keys behind the last name.
  const Order& rest() const { return rest_; }
  const std::vector<Column>& columns() const { return columns_; }

  void add(const Row& row) {
    Entry e{row.ordinal(), {}};
    e.keys.reserve(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      const Cell cell = row.cell(i);
      kit::Seen seen{cell, std::nullopt, keys_[i].key.path.kind == Path::Kind::map};
      if (const auto* text = std::get_if<std::string_view>(&cell); text != nullptr && seen.dual)
        seen.number = kit::number_of(*text);
      if (!keys_[i].target.empty() && std::holds_alternative<std::int64_t>(cell))
        referred_[i].try_emplace(std::get<std::int64_t>(cell));
      e.keys.push_back(kit::sort_key(seen, false));
    }
    entries_.push_back(std::move(e));
  }

  std::vector<Ordinal> sorted(const Core& core, const Reader& reader, const Principal& who) {
    for (std::size_t i = 0; i < count_; ++i)
      if (!keys_[i].target.empty()) rank(core, reader, who, i);
    const auto before = [&](const Entry& a, const Entry& b) {
      if (rest_.empty()) return kit::compare(a.keys, a.ordinal, b.keys, b.ordinal, order_) < 0;
      for (std::size_t i = 0; i < count_; ++i)
        if (const int c = kit::compare(a.keys[i], b.keys[i], order_[i].descending); c != 0)
          return c < 0;
      return false;
    };
    std::stable_sort(entries_.begin(), entries_.end(), before);
    std::vector<Ordinal> out;
    out.reserve(entries_.size());
    for (const Entry& e : entries_) out.push_back(e.ordinal);
    return out;
  }

 private:
  struct Entry {
    Ordinal ordinal;
    std::vector<kit::SortKey> keys;
  };

  /// Replaces the references in key `i` by the place of their names in the order of names.
  void rank(const Core& core, const Reader& reader, const Principal& who, std::size_t i) {
    Texts& texts = referred_[i];
    if (!texts.empty()) look_up(core, reader, who, keys_[i].target, true, texts);
    std::vector<std::string_view> names;
    for (const auto& [ordinal, text] : texts) names.push_back(text);
    std::sort(names.begin(), names.end());
    for (Entry& e : entries_) {
      kit::SortKey& key = e.keys[i];
      if (key.rank == kit::rank_missing) continue;
      const auto at = texts.find(key.integer);
      kit::Seen place;
      if (at != texts.end())
        place.cell = static_cast<std::int64_t>(
            std::lower_bound(names.begin(), names.end(), at->second) - names.begin());
      key = kit::sort_key(place, false);
    }
  }

  const std::vector<TableOrderKey>& keys_;
  std::size_t count_ = 0;  ///< keys up to the last name
  Order order_, rest_;
  std::vector<Column> columns_;
  std::vector<Texts> referred_;
  std::vector<Entry> entries_;
};

}  // namespace

Page Table::query(const Reader& reader, const Principal& who, const PreparedTable& p,
                  std::uint64_t limit, const std::string& cursor, TableSink sink) const {
  if (!p.walks())
    throw Error(ErrorCode::unsupported,
                "an order by the name of what is referred to has no cursor; ask with 'offset'")
        .in("order");
  Query q;
  q.filter = p.filter();
  q.order = p.store_order();
  q.limit = limit;
  q.cursor = cursor;
  q.budget = budget;
  Referred references(p.columns);
  if (!references.empty()) {  // first which rows, then what they refer to
    std::vector<Ordinal> ordinals;
    const Page page = tasks_.query(reader, who, q, [&](const Row& row) {
      ordinals.push_back(row.ordinal());
      return true;
    });
    rows(reader, who, p.columns, ordinals, sink);
    return page;
  }
  q.columns = read_columns(p.columns);
  Shown shown(p.columns, references);
  return tasks_.query(reader, who, q, [&](const Row& row) {
    shown.show(row);
    return sink(shown);
  });
}

void Table::rows(const Reader& reader, const Principal& who, std::span<const TableColumn> columns,
                 std::span<const Ordinal> ordinals, TableSink sink) const {
  Referred references(columns);
  if (!references.empty()) {
    tasks_.get(reader, who, ordinals, references.columns(), [&](const Row& row) {
      references.note(row);
      return true;
    });
    references.find(core_, reader, who);
  }
  Shown shown(columns, references);
  tasks_.get(reader, who, ordinals, read_columns(columns), [&](const Row& row) {
    shown.show(row);
    return sink(shown);
  });
}

std::vector<Ordinal> Table::ordinals(const Reader& reader, const Principal& who,
                                     const PreparedTable& p) const {
  if (p.walks()) return tasks_.ids(reader, who, p.filter(), p.store_order(), budget);
  NameOrder names(p);
  Query q;
  q.filter = p.filter();
  q.order = names.rest();
  q.columns = names.columns();
  q.budget = budget;
  tasks_.query(reader, who, q, [&](const Row& row) {
    names.add(row);
    return true;
  });
  return names.sorted(core_, reader, who);
}

}  // namespace podium::host
