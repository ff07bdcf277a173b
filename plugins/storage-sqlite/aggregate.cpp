// Groups and folds. Counts over fields of a key, and of a map's values, come from the indexes;
// everything else looks at each record that matches.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>

#include "podium/storage_kit/planner.hpp"
#include "podium/storage_kit/text.hpp"
#include "reader_engine.hpp"
#include "rows.hpp"

namespace podium::sqlite {
namespace {

using Fold = Aggregate::Fold;

struct Folded {
  bool any = false;
  double value = 0;

  void add(Fold::Kind kind, double v) {
    if (!any)
      value = v;
    else if (kind == Fold::Kind::min)
      value = std::min(value, v);
    else if (kind == Fold::Kind::max)
      value = std::max(value, v);
    else
      value += v;
    any = true;
  }
};

struct Group {
  std::vector<Value> values;
  std::vector<kit::SortKey> keys;
  std::int64_t count = 0;
  std::vector<Folded> folds;
};

Value owned(const Cell& cell) {
  return std::visit(
      [](const auto& v) -> Value {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string_view>)
          return std::string(v);
        else
          return v;
      },
      cell);
}

Cell cell_of(const Value& value) {
  return std::visit(
      [](const auto& v) -> Cell {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::string>)
          return std::string_view(v);
        else
          return v;
      },
      value);
}

// Bytes that are equal for values that are one group: NaN is one, and so are 0 and -0.
void append_key(std::string& key, const Cell& cell) {
  key.push_back(static_cast<char>(cell.index()));
  const auto raw = [&](const auto& v) {
    char bytes[sizeof v];
    std::memcpy(bytes, &v, sizeof v);
    key.append(bytes, sizeof v);
  };
  if (const auto* text = std::get_if<std::string_view>(&cell)) {
    raw(text->size());
    key.append(*text);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    raw(std::isnan(*real) ? std::numeric_limits<double>::quiet_NaN() : *real == 0 ? 0.0 : *real);
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    raw(*integer);
  } else if (const auto* flag = std::get_if<bool>(&cell)) {
    key.push_back(*flag ? 1 : 0);
  }
}

class Groups {
 public:
  explicit Groups(const Aggregate& question) : question_(question) {}

  Group& at(std::span<const kit::Seen> seen) {
    key_.clear();
    for (const kit::Seen& s : seen) append_key(key_, s.cell);
    const auto [found, added] = index_.try_emplace(key_, groups_.size());
    if (added) {
      Group group;
      for (const kit::Seen& s : seen) {
        group.values.push_back(owned(s.cell));
        group.keys.push_back(kit::sort_key(s, false));
      }
      group.folds.resize(question_.folds.size());
      groups_.push_back(std::move(group));
    }
    return groups_[found->second];
  }

  void give(GroupSink sink) {
    const std::uint64_t wanted = std::min<std::uint64_t>(question_.limit, groups_.size());
    std::sort(groups_.begin(), groups_.end(),
              [this](const Group& a, const Group& b) { return before(a, b); });
    std::vector<Cell> values, folds;
    for (std::uint64_t i = 0; i < wanted; ++i) {
      const Group& group = groups_[static_cast<std::size_t>(i)];
      values.clear();
      folds.clear();
      for (const Value& v : group.values) values.push_back(cell_of(v));
      for (std::size_t f = 0; f < question_.folds.size(); ++f) folds.push_back(folded(group, f));
      if (!sink(values, folds)) return;
    }
  }

 private:
  Cell folded(const Group& group, std::size_t f) const {
    if (question_.folds[f].kind == Fold::Kind::count) return group.count;
    return group.folds[f].any ? Cell{group.folds[f].value} : Cell{};
  }

  bool before(const Group& a, const Group& b) const {
    if (question_.order_by_fold >= 0) {
      const auto f = static_cast<std::size_t>(question_.order_by_fold);
      const int c = kit::compare(kit::sort_key({folded(a, f), std::nullopt, false}, false),
                                 kit::sort_key({folded(b, f), std::nullopt, false}, false),
                                 question_.descending);
      if (c != 0) return c < 0;
    }
    const bool down = question_.order_by_fold < 0 && question_.descending;
    for (std::size_t i = 0; i < a.keys.size(); ++i)
      if (const int c = kit::compare(a.keys[i], b.keys[i], down); c != 0) return c < 0;
    // The same number spelled in two ways.
    return down ? b.values < a.values : a.values < b.values;
  }

  const Aggregate& question_;
  std::string key_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<Group> groups_;
};

// Arms that bind plain fields to values, if the filter is nothing else.
struct Bound {
  const FieldInfo* field;
  std::vector<Value> values;
};
bool bound_arms(const Filter& f, const CollectionInfo& info, std::vector<Bound>& out) {
  if (f.op == Filter::Op::all) return true;
  if (f.op == Filter::Op::and_)
    return std::all_of(f.children.begin(), f.children.end(),
                       [&](const Filter& arm) { return bound_arms(arm, info, out); });
  const bool equal = (f.op == Filter::Op::compare && f.cmp == Compare::eq) ||
                     (f.op == Filter::Op::in && !f.negated);
  if (!equal || f.path.kind != Path::Kind::field) return false;
  const FieldInfo& field = info.field(f.path.name);
  if (!field.extra.empty()) return false;
  for (const Bound& other : out)
    if (other.field == &field) return false;
  for (const Value& v : f.values)
    if (std::holds_alternative<double>(v)) return false;
  out.push_back({&field, f.values});
  return true;
}

class Aggregation {
 public:
  Aggregation(const ReadContext& context, const CollectionInfo& info, const Aggregate& question,
              Groups& groups)
      : context_(context),
        info_(info),
        question_(question),
        groups_(groups),
        meter_(question.budget) {}

  void run() {
    const bool counts = std::all_of(question_.folds.begin(), question_.folds.end(),
                                    [](const Fold& f) { return f.kind == Fold::Kind::count; });
    std::vector<Bound> bound;
    if (counts && context_.tombstones.empty() && bound_arms(question_.filter, info_, bound) &&
        (count_by_key(bound) || count_by_map(bound)))
      return;
    look_at_each();
  }

 private:
  static void bind(Statement& s, int& at, const Value& v) {
    if (const auto* text = std::get_if<std::string>(&v))
      s.bind_at(++at, *text);
    else if (const auto* flag = std::get_if<bool>(&v))
      s.bind_at(++at, static_cast<int>(*flag));
    else
      s.bind_at(++at, std::get<std::int64_t>(v));
  }

  // All that is asked is in one key's index.
  bool count_by_key(const std::vector<Bound>& bound) {
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
    std::string columns, where;
    for (const Path& path : question_.groups)
      columns += (columns.empty() ? "" : ", ") + info_.field(path.name).column;
    for (const Bound& b : bound) {
      where += (where.empty() ? " WHERE " : " AND ") + b.field->column + " IN (";
      for (std::size_t i = 0; i < b.values.size(); ++i) where += i == 0 ? "?" : ", ?";
      where += ")";
    }
    std::string sql = "SELECT count(*)";
    if (!columns.empty()) sql += ", " + columns;
    sql += " FROM " + info_.table + " INDEXED BY " + best->index + where;
    if (!columns.empty()) sql += " GROUP BY " + columns;
    Statement s = context_.connection.prepare(sql);
    int at = 0;
    for (const Bound& b : bound)
      for (const Value& v : b.values) bind(s, at, v);
    std::vector<kit::Seen> seen(question_.groups.size());
    while (s.step()) {
      for (std::size_t i = 0; i < seen.size(); ++i)
        seen[i].cell =
            read_field(s, static_cast<int>(i) + 1, info_.field(question_.groups[i].name).type);
      meter_.add(static_cast<std::uint64_t>(s.integer(0)));
      if (s.integer(0) != 0) groups_.at(seen).count += s.integer(0);
    }
    return true;
  }

  // One entry of an indexed map is grouped by, of all records or those of some partitions.
  bool count_by_map(const std::vector<Bound>& bound) {
    if (question_.groups.size() != 1 || question_.groups[0].kind != Path::Kind::map) return false;
    const MapInfo& map = info_.map(question_.groups[0].name);
    if (!map.indexed || bound.size() > 1) return false;
    if (!bound.empty() && bound[0].field != info_.partition) return false;
    std::vector<Ordinal> parts;
    if (!bound.empty()) {
      for (const Value& v : bound[0].values) parts.push_back(std::get<std::int64_t>(v));
      std::erase_if(parts, [](Ordinal o) { return o <= 0; });
      std::sort(parts.begin(), parts.end());
      parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    } else {
      parts = SqliteEngine(context_, info_).partitions();
    }
    const auto key = context_.dictionary.id(context_.connection, question_.groups[0].key);
    std::int64_t present = 0;
    for (const Ordinal part : parts)
      if (key) present += count_values(map, part, *key);
    const std::int64_t all = records_in(bound.empty() ? nullptr : &parts);
    meter_.add(static_cast<std::uint64_t>(all - present));
    const kit::Seen missing{{}, std::nullopt, true};
    if (all > present) groups_.at(std::span(&missing, 1)).count += all - present;
    return true;
  }

  std::int64_t records_in(const std::vector<Ordinal>* parts) {
    if (parts == nullptr)
      return context_.connection.number(fmt::format("SELECT count(*) FROM {}", info_.table));
    std::int64_t n = 0;
    Statement s = context_.connection.prepare(
        fmt::format("SELECT count(*) FROM {} INDEXED BY {} WHERE {} = ?", info_.table,
                    info_.reference_index(*info_.partition), info_.partition->column));
    for (const Ordinal part : *parts) {
      s.reset();
      s.bind(part);
      if (s.step()) n += s.integer(0);
    }
    return n;
  }

  std::int64_t count_values(const MapInfo& map, Ordinal part, std::int64_t key) {
    std::int64_t present = 0;
    const auto add = [&](std::string_view text, std::int64_t n) {
      const kit::Seen seen{Cell{text}, kit::number_of(text), true};
      groups_.at(std::span(&seen, 1)).count += n;
      present += n;
      meter_.add(static_cast<std::uint64_t>(n));
    };
    // Numbers and long texts are spelled in the map itself.
    const auto spelled = [&](std::string_view condition) {
      return fmt::format(
          "SELECT m.txt, count(*) FROM {} x CROSS JOIN {} m ON m.owner = x.owner AND m.key = x.key "
          "WHERE x.part = ? AND x.key = ? AND {} GROUP BY m.txt",
          map.values, map.table, condition);
    };
    Statement numbers = context_.connection.prepare(spelled("x.rank = 0"));
    numbers.bind(part, key);
    while (numbers.step()) add(numbers.text(0), numbers.integer(1));
    Statement texts = context_.connection.prepare(fmt::format(
        "SELECT txt64, count(*) FROM {} WHERE part = ? AND key = ? AND rank = 1 AND num = 0 "
        "GROUP BY txt64",
        map.values));
    texts.bind(part, key);
    while (texts.step()) {
      const std::string_view start = texts.text(0);
      if (start.size() < indexed_code_points ||
          kit::count_code_points(start) < indexed_code_points) {
        add(start, texts.integer(1));
        continue;
      }
      Statement whole =
          context_.connection.prepare(spelled("x.rank = 1 AND x.num = 0 AND x.txt64 = ?"));
      const std::string held(start);
      whole.bind(part, key, held);
      while (whole.step()) add(whole.text(0), whole.integer(1));
    }
    return present;
  }

  void look_at_each() {
    SqliteEngine engine(context_, info_);
    // The planner may move its engine's record while it looks ahead; this one is for the values.
    SqliteEngine values(context_, info_);
    std::vector<kit::Seen> seen(question_.groups.size());
    std::vector<std::string> texts(seen.size());  // a view lasts until the next value is asked for
    kit::Planner(engine, question_.filter, {}, meter_)
        .run(nullptr, std::numeric_limits<std::uint64_t>::max(),
             [&](std::span<const Ordinal> block) {
               for (const Ordinal o : block) {
                 if (!values.seek(o)) continue;
                 for (std::size_t i = 0; i < seen.size(); ++i) {
                   seen[i] = values.value(question_.groups[i]);
                   if (const auto* text = std::get_if<std::string_view>(&seen[i].cell)) {
                     texts[i] = *text;
                     seen[i].cell = std::string_view(texts[i]);
                   }
                 }
                 Group& group = groups_.at(seen);
                 ++group.count;
                 for (std::size_t f = 0; f < question_.folds.size(); ++f) {
                   if (question_.folds[f].kind == Fold::Kind::count) continue;
                   if (const auto number = number_of(values.value(question_.folds[f].path)))
                     group.folds[f].add(question_.folds[f].kind, *number);
                 }
               }
               return true;
             });
  }

  static std::optional<double> number_of(const kit::Seen& seen) {
    if (seen.dual) return seen.number;
    if (const auto* real = std::get_if<double>(&seen.cell))
      return std::isnan(*real) ? std::nullopt : std::optional(*real);
    if (const auto* integer = std::get_if<std::int64_t>(&seen.cell))
      return static_cast<double>(*integer);
    return std::nullopt;
  }

  const ReadContext& context_;
  const CollectionInfo& info_;
  const Aggregate& question_;
  Groups& groups_;
  kit::Meter meter_;
};

// What can be a group or be folded, as the kit knows it of orders.
void check_path(const Path& path, const CollectionInfo& info) {
  kit::check(Order{{path, false, false}}, info.declaration);
}

}  // namespace

void SnapshotReader::aggregate(const Aggregate& question, GroupSink sink) const {
  const CollectionInfo& info = collection(question.collection);
  kit::check(question.filter, info.declaration, context_.catalog);
  for (const Path& path : question.groups) check_path(path, info);
  for (const Fold& fold : question.folds)
    if (fold.kind != Fold::Kind::count) check_path(fold.path, info);
  if (question.order_by_fold >= static_cast<int>(question.folds.size()))
    throw Error(ErrorCode::invalid, fmt::format("the groups are ordered by fold {}, of {}",
                                                question.order_by_fold, question.folds.size()));
  Groups groups(question);
  Aggregation(context_, info, question, groups).run();
  groups.give(sink);
}

}  // namespace podium::sqlite
