// Reading columns' filters back out of a tree, whoever made it.
#include <algorithm>
#include <cmath>

#include "query/podium_vocabulary.hpp"
#include "services/table/names.hpp"
#include "services/table/table.hpp"

namespace podium::host {
namespace {

bool is_reference(const Path& p, const Collection& c) {
  return p.kind == Path::Kind::field &&
         std::any_of(c.fields.begin(), c.fields.end(),
                     [&](const Field& f) { return f.name == p.name && f.type == Type::reference; });
}

/// The map whose words an arm asks for: `tags any` and the like, of the map `tags`.
bool is_word(const Filter& f) {
  return f.op == Filter::Op::is_null && f.path.kind == Path::Kind::map && f.path.name == "tags";
}

struct Read {
  Path path;  ///< of words: that of the map
  decltype(ColumnFilter::condition) condition;
};

/// A set of values, perhaps with "no value".
std::optional<Read> values_of(const Filter& f) {
  using Values = ColumnFilter::Values;
  if (f.op == Filter::Op::compare && f.cmp == Compare::eq) return Read{f.path, Values{f.values}};
  if (f.op == Filter::Op::in && !f.negated) return Read{f.path, Values{f.values}};
  if (f.op == Filter::Op::in)  // NOT IN is false for what is missing
    return [&] {
      Values v{f.values, true};
      v.values.emplace_back();
      return Read{f.path, std::move(v)};
    }();
  if (f.op == Filter::Op::is_null) return Read{f.path, Values{{Value{}}, f.negated}};
  if (f.op == Filter::Op::or_) {
    std::optional<Read> all;
    for (const Filter& arm : f.children) {
      auto one = values_of(arm);
      if (!one || std::get<Values>(one->condition).exclude || (all && all->path != one->path))
        return std::nullopt;
      if (!all) {
        all = std::move(one);
      } else {
        auto& into = std::get<Values>(all->condition).values;
        const auto& more = std::get<Values>(one->condition).values;
        into.insert(into.end(), more.begin(), more.end());
      }
    }
    return all;
  }
  if (f.op == Filter::Op::not_) {
    auto inner = values_of(f.children.front());
    if (!inner || std::get<Values>(inner->condition).exclude) return std::nullopt;
    std::get<Values>(inner->condition).exclude = true;
    return inner;
  }
  return std::nullopt;
}

std::optional<std::string> word_of(const Filter& f) {
  return f.path.key.empty() ? std::nullopt : std::optional(f.path.key);
}

std::optional<Read> words_of(const Filter& f) {
  ColumnFilter::Tags t;
  if (is_word(f)) {
    // `null` is no word at all: asked for without NOT, excluded with it.
    if (f.negated == !f.path.key.empty()) {
      t.all = true;
      t.include = {word_of(f)};
    } else {
      t.exclude = {word_of(f)};
    }
    return Read{entry(f.path.name, ""), std::move(t)};
  }
  if (f.op != Filter::Op::or_ || f.children.empty()) return std::nullopt;
  for (const Filter& arm : f.children) {
    if (!is_word(arm) || arm.negated == arm.path.key.empty()) return std::nullopt;
    t.include.push_back(word_of(arm));
  }
  return Read{entry("tags", ""), std::move(t)};
}

std::optional<Read> range_of(const Filter& f) {
  if (f.op != Filter::Op::compare || (f.cmp != Compare::ge && f.cmp != Compare::le))
    return std::nullopt;
  ColumnFilter::Range r;
  (f.cmp == Compare::ge ? r.from : r.to) = f.values.front();
  return Read{f.path, std::move(r)};
}

/// Joins two readings of one column; false when they do not go together.
bool join(decltype(ColumnFilter::condition)& into, const decltype(ColumnFilter::condition)& other) {
  if (auto* range = std::get_if<ColumnFilter::Range>(&into)) {
    const auto* more = std::get_if<ColumnFilter::Range>(&other);
    if (more == nullptr) return false;
    const bool from = std::holds_alternative<std::monostate>(more->from);
    Value& mine = from ? range->to : range->from;
    if (!std::holds_alternative<std::monostate>(mine)) return false;
    mine = from ? more->to : more->from;
    return true;
  }
  if (auto* tags = std::get_if<ColumnFilter::Tags>(&into)) {
    const auto* more = std::get_if<ColumnFilter::Tags>(&other);
    if (more == nullptr) return false;
    if (!more->include.empty()) {
      if (!tags->include.empty() && (!tags->all || !more->all)) return false;
      tags->all = more->all;
      tags->include.insert(tags->include.end(), more->include.begin(), more->include.end());
    }
    tags->exclude.insert(tags->exclude.end(), more->exclude.begin(), more->exclude.end());
    return true;
  }
  return false;
}

void arms_of(const Filter& f, std::vector<const Filter*>& out) {
  if (f.op == Filter::Op::all) return;
  if (f.op != Filter::Op::and_) {
    out.push_back(&f);
    return;
  }
  for (const Filter& arm : f.children) arms_of(arm, out);
}

}  // namespace

std::vector<ColumnFilter> Table::column_filters(const Filter& conditions,
                                                std::vector<Filter>& rest) const {
  std::vector<const Filter*> arms;
  arms_of(conditions, arms);
  std::vector<Read> read;
  for (const Filter* arm : arms) {
    auto one = words_of(*arm);
    if (!one) one = range_of(*arm);
    if (!one) one = values_of(*arm);
    // Ordinals are nobody's values, and a map as a whole has none.
    if (one && (is_reference(one->path, words_.collection()) ||
                (one->path.kind == Path::Kind::map && one->path.key.empty() &&
                 !std::holds_alternative<ColumnFilter::Tags>(one->condition))))
      one.reset();
    const auto same = std::find_if(read.begin(), read.end(),
                                   [&](const Read& r) { return one && r.path == one->path; });
    if (!one) {
      rest.push_back(*arm);
    } else if (same == read.end()) {
      read.push_back(std::move(*one));
    } else if (!join(same->condition, one->condition)) {
      rest.push_back(*arm);
    }
  }
  std::vector<ColumnFilter> out;
  for (Read& r : read) out.push_back({print(OrderKey{r.path}, words_), std::move(r.condition)});
  return out;
}

std::string Table::canonical(const std::string& name) const {
  try {
    const TableColumn c = column(name);
    if (c.shows == TableColumn::Shows::map || c.shows == TableColumn::Shows::series ||
        c.shows == TableColumn::Shows::name_of)
      return name;
    if (c.column.path.kind == Path::Kind::field && c.target.empty() &&
        is_reference(c.column.path, words_.collection()))
      return name;  // project.ordinal
    return print(OrderKey{c.column.path}, words_);
  } catch (const Error&) {
    return name;
  }
}

}  // namespace podium::host
