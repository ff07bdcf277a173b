#include "services/table/facets.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <unordered_map>

#include "podium/storage_kit/text.hpp"
#include "podium/storage_kit/values.hpp"
#include "query/podium_vocabulary.hpp"
#include "services/records.hpp"
#include "services/table/names.hpp"

namespace podium::host {
namespace {

constexpr Budget budget{5'000'000, std::chrono::milliseconds(10'000)};

/// Whether all of a filter is about one column.
bool only_about(const Filter& f, const Path& path, bool whole_map) {
  switch (f.op) {
    case Filter::Op::all:
    case Filter::Op::none:
    case Filter::Op::any:
      return false;
    case Filter::Op::and_:
    case Filter::Op::or_:
    case Filter::Op::not_:
      return !f.children.empty() &&
             std::all_of(f.children.begin(), f.children.end(),
                         [&](const Filter& child) { return only_about(child, path, whole_map); });
    default:
      if (whole_map) return f.path.kind == Path::Kind::map && f.path.name == path.name;
      return f.path == path;
  }
}

/// A conjunction without the arms that are about one column.
Filter without(const Filter& f, const Path& path, bool whole_map) {
  if (only_about(f, path, whole_map)) return {};
  if (f.op != Filter::Op::and_) return f;
  std::vector<Filter> arms;
  for (const Filter& arm : f.children) arms.push_back(without(arm, path, whole_map));
  return all_of(std::move(arms));
}

/// Finds a text in others without regard to case.
class Search {
 public:
  explicit Search(const std::string& text) : folded_(kit::fold(text)) {}
  bool operator()(std::string_view text) const {
    return folded_.empty() || kit::fold(text).find(folded_) != std::string::npos;
  }

 private:
  std::string folded_;
};

/// The chosen first, then the most frequent, at most `limit`.
void order_entries(Facet& facet, std::uint64_t limit) {
  auto& e = facet.entries;
  const auto before = [](const Facet::Entry& a, const Facet::Entry& b) {
    if (a.chosen != b.chosen) return a.chosen;
    if (a.count != b.count) return a.count > b.count;
    return a.value < b.value;
  };
  facet.more = e.size() > limit;
  const auto n = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(limit, e.size()));
  std::partial_sort(e.begin(), e.begin() + n, e.end(), before);
  e.resize(static_cast<std::size_t>(n));
}

bool is_number_column(const TableColumn& c, const Collection& collection) {
  const Path& p = c.column.path;
  if (p.kind == Path::Kind::series || p.kind == Path::Kind::ordinal ||
      p.kind == Path::Kind::version)
    return true;
  if (p.kind != Path::Kind::field || !c.target.empty()) return false;
  for (const Field& f : collection.fields)
    if (f.name == p.name)
      return f.type == Type::integer || f.type == Type::real || f.type == Type::time;
  return false;
}

std::string text_of(const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v)) return *text;
  if (const auto* flag = std::get_if<bool>(&v)) return *flag ? "true" : "false";
  return {};
}

}  // namespace

Facet Facets::facet(const Reader& reader, const Principal& who, const TableQuestion& q,
                    const Asked& asked) const {
  const TableColumn column = [&] {
    try {
      return table_.column(asked.column);
    } catch (Error& e) {
      e.in("column");
      throw;
    }
  }();
  if (column.shows == TableColumn::Shows::series || column.column.path.kind == Path::Kind::id)
    throw Error(ErrorCode::invalid,
                "'" + asked.column + "' has no menu of values; ask about a key or a field")
        .in("column");
  TableQuestion others = q;
  others.order.clear();
  others.columns.clear();
  const PreparedTable p = table_.prepare(reader, who, others);
  const Path& path = column.column.path;
  const bool map = column.shows == TableColumn::Shows::map;
  const Filter filter = all_of({p.place, without(p.conditions, path, map)});

  std::vector<Value> chosen;
  for (const ColumnFilter& f : q.filters) {
    const TableColumn own = table_.column(f.column);
    if (own.column.kind != column.column.kind || own.column.path != path) continue;
    if (const auto* v = std::get_if<ColumnFilter::Values>(&f.condition))
      chosen.insert(chosen.end(), v->values.begin(), v->values.end());
    if (const auto* t = std::get_if<ColumnFilter::Tags>(&f.condition))
      for (const auto* words : {&t->include, &t->exclude})
        for (const auto& word : *words) chosen.push_back(word ? Value{*word} : Value{});
  }
  if (map) return tags(reader, who, filter, path.name, chosen, asked);
  if (is_number_column(column, table_.words().collection()))
    return range(reader, who, filter, column);
  return values(reader, who, filter, column, chosen, asked);
}

Facet Facets::values(const Reader& reader, const Principal& who, const Filter& filter,
                     const TableColumn& column, const std::vector<Value>& chosen,
                     const Asked& asked) const {
  Facet facet;
  Aggregate a;
  a.filter = filter;
  a.groups = {column.column.path};
  a.folds = {{}};
  a.budget = budget;
  const bool reference = !column.target.empty();
  const Search found(reference ? "" : asked.search);
  double least = std::numeric_limits<double>::infinity(), greatest = -least;
  table_.tasks().aggregate(reader, who, a,
                           [&](std::span<const Cell> values, std::span<const Cell> folds) {
                             Facet::Entry e;
                             e.value = owned(values[0]);
                             e.count = std::get<std::int64_t>(folds[0]);
                             const std::string text = text_of(e.value);
                             if (const auto number = kit::number_of(text);
                                 number && column.column.path.kind == Path::Kind::map) {
                               least = std::min(least, *number);
                               greatest = std::max(greatest, *number);
                             }
                             if (reference || found(text)) facet.entries.push_back(std::move(e));
                             return true;
                           });
  if (least <= greatest) {
    facet.least = least;
    facet.greatest = greatest;
  }
  if (reference) {
    // Names choose where they are unique, ids elsewhere.
    const VisibleRecords records(core_, core_.store.collection(column.target), column.target);
    const bool by_name = column.target != "tasks" || column.shows == TableColumn::Shows::name_of;
    std::unordered_map<Ordinal, std::size_t> at;
    std::vector<Ordinal> wanted;
    for (std::size_t i = 0; i < facet.entries.size(); ++i)
      if (const auto* o = std::get_if<std::int64_t>(&facet.entries[i].value)) {
        at.emplace(*o, i);
        wanted.push_back(*o);
        facet.entries[i].value = Value{};
      }
    const Column name = value_of(field("name"));
    std::vector<bool> known(facet.entries.size());
    records.get(reader, who, wanted, std::span(&name, 1), [&](const Row& row) {
      const std::size_t i = at.at(row.ordinal());
      const Cell cell = row.cell(0);
      const auto* text = std::get_if<std::string_view>(&cell);
      Facet::Entry& e = facet.entries[i];
      if (text != nullptr) e.label = *text;
      e.value = by_name ? e.label : std::string(row.id());
      known[i] = true;
      return true;
    });
    // What refers to something hidden or gone shows nothing.
    std::int64_t nothing = 0;
    std::vector<Facet::Entry> shown;
    std::unordered_map<std::string, std::size_t> names;
    const Search wanted_name(asked.search);
    for (std::size_t i = 0; i < facet.entries.size(); ++i) {
      Facet::Entry& e = facet.entries[i];
      if (!known[i]) {
        nothing += e.count;
        continue;
      }
      const auto [same, fresh] = names.emplace(text_of(e.value), shown.size());
      if (!fresh)
        shown[same->second].count += e.count;  // tasks of one name
      else
        shown.push_back(std::move(e));
    }
    if (nothing > 0) shown.push_back({Value{}, "", nothing, false});
    std::erase_if(shown, [&](const Facet::Entry& e) {
      return !wanted_name(e.label) && !wanted_name(text_of(e.value));
    });
    facet.entries = std::move(shown);
  }
  for (Facet::Entry& e : facet.entries)
    e.chosen = std::find(chosen.begin(), chosen.end(), e.value) != chosen.end();
  order_entries(facet, asked.limit);
  return facet;
}

Facet Facets::range(const Reader& reader, const Principal& who, const Filter& filter,
                    const TableColumn& column) const {
  Facet facet;
  facet.kind = Facet::Kind::range;
  const Path& path = column.column.path;
  const bool walks = path.kind == Path::Kind::series && path.statistic == Statistic::last;
  const auto whole = [&](double v) {
    const bool real =
        path.kind == Path::Kind::series
            ? path.statistic <= Statistic::max || path.statistic == Statistic::sum
            : std::any_of(table_.words().collection().fields.begin(),
                          table_.words().collection().fields.end(), [&](const Field& f) {
                            return f.name == path.name && f.type == Type::real;
                          });
    return real ? Value{v} : Value{static_cast<std::int64_t>(v)};
  };
  if (!walks) {
    Aggregate a;
    a.filter = filter;
    a.folds = {{Aggregate::Fold::Kind::min, path}, {Aggregate::Fold::Kind::max, path}};
    a.budget = budget;
    table_.tasks().aggregate(reader, who, a, [&](auto, std::span<const Cell> folds) {
      if (const auto* least = std::get_if<double>(&folds[0])) facet.least = whole(*least);
      if (const auto* most = std::get_if<double>(&folds[1])) facet.greatest = whole(*most);
      return true;
    });
    return facet;
  }
  for (const bool descending : {false, true}) {
    Query q;
    q.filter = filter;
    q.order = {{path, descending, false}};
    q.limit = 1;
    q.columns = {column.column};
    q.budget = budget;
    table_.tasks().query(reader, who, q, [&](const Row& row) {
      const Cell cell = row.cell(0);
      if (const auto* v = std::get_if<double>(&cell); v != nullptr && !std::isnan(*v))
        (descending ? facet.greatest : facet.least) = *v;
      return true;
    });
  }
  return facet;
}

Facet Facets::tags(const Reader& reader, const Principal& who, const Filter& filter,
                   const std::string& map, const std::vector<Value>& chosen,
                   const Asked& asked) const {
  Facet facet;
  facet.kind = Facet::Kind::tags;
  Aggregate a;
  a.filter = filter;
  a.groups = {entry(map, "")};
  a.folds = {{}};
  a.budget = budget;
  const Search found(asked.search);
  table_.tasks().aggregate(
      reader, who, a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
        Facet::Entry e;
        e.value = owned(values[0]);
        e.count = std::get<std::int64_t>(folds[0]);
        e.chosen = std::find(chosen.begin(), chosen.end(), e.value) != chosen.end();
        if (found(text_of(e.value))) facet.entries.push_back(std::move(e));
        return true;
      });
  order_entries(facet, asked.limit);
  return facet;
}

std::vector<KeyEntry> Facets::keys(const Reader& reader, const Principal& who,
                                   const PreparedTable& p, const std::string& name,
                                   const std::string& search, std::uint64_t limit,
                                   bool& more) const {
  const auto& declared = table_.words().collection().series;
  const bool is_series = std::any_of(declared.begin(), declared.end(),
                                     [&](const Series& s) { return s.name == name; });
  Aggregate a;
  a.filter = p.filter();
  a.groups = {is_series ? series(name, "") : entry(name, "")};
  a.folds = {{}};
  a.budget = budget;
  a.order_by_fold = 0;
  a.descending = true;
  const Search found(search);
  std::vector<KeyEntry> out;
  more = false;
  table_.tasks().aggregate(
      reader, who, a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
        const auto* key = std::get_if<std::string_view>(&values[0]);
        if (key == nullptr || !found(*key)) return true;  // those without any key
        more = out.size() == limit;
        if (more) return false;
        KeyEntry e;
        e.key = *key;
        if (is_series) e.scope = std::get<std::string_view>(values[1]);
        e.count = std::get<std::int64_t>(folds[0]);
        e.name = print(OrderKey{is_series ? series(name, e.key, Statistic::last, e.scope)
                                          : entry(name, e.key)},
                       table_.words());
        out.push_back(std::move(e));
        return true;
      });
  return out;
}

bool Facets::differs(const Reader& reader, const Principal& who, const PreparedTable& p,
                     const Path& path) const {
  // What the first task shows, and whether another shows something else.
  Query q;
  q.filter = p.filter();
  q.limit = 1;
  q.columns = {value_of(path)};
  q.budget = budget;
  Value first;
  bool any = false;
  table_.tasks().query(reader, who, q, [&](const Row& row) {
    any = true;
    first = owned(row.cell(0));
    return true;
  });
  if (!any) return false;
  const auto exists = [&](Filter other) {
    Query ask = q;
    ask.filter = all_of({p.filter(), std::move(other)});
    ask.columns.clear();
    bool found = false;
    table_.tasks().query(reader, who, ask, [&](const Row&) {
      found = true;
      return false;
    });
    return found;
  };
  if (std::holds_alternative<std::monostate>(first)) return exists(is_null(path, true));
  if (exists(is_null(path))) return true;
  if (const auto* number = std::get_if<double>(&first); number != nullptr && std::isnan(*number))
    return exists(compare(path, Compare::ge, -std::numeric_limits<double>::infinity()));
  return exists(compare(path, Compare::ne, first));
}

}  // namespace podium::host
