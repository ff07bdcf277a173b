// The random questions of a Twin.
#include <algorithm>
#include <cmath>
#include <sstream>

#include "twin.hpp"

namespace podium::conformance {
namespace {

std::string show(const Path& path) {
  std::string out = std::to_string(static_cast<int>(path.kind)) + ":" + path.name;
  if (!path.key.empty()) out += "[" + path.key + "]";
  if (path.kind == Path::Kind::series)
    out += "{" + path.scope + "}." + std::to_string(static_cast<int>(path.statistic));
  return out;
}

std::string show(const Filter& f) {
  static const char* const ops[] = {"?",  "all",     "none", "and",   "or",      "not", "compare",
                                    "in", "is_null", "like", "ilike", "matches", "any"};
  static const char* const compares[] = {"?", "=", "!=", "<", "<=", ">", ">="};
  std::string out = (f.negated ? "not " : "") + std::string(ops[static_cast<int>(f.op)]) + "(";
  if (f.op >= Filter::Op::compare) out += show(f.path);
  if (f.op == Filter::Op::compare) out += std::string(" ") + compares[static_cast<int>(f.cmp)];
  for (const Value& v : f.values) out += " " + conformance::show(v);
  if (!f.child.empty()) out += " of " + f.child;
  for (const Filter& child : f.children) out += " " + show(child);
  return out + ")";
}

std::string show(const Order& order) {
  std::string out;
  for (const OrderKey& key : order)
    out += show(key.path) + (key.descending ? " desc" : " asc") + (key.as_text ? " as text" : "") +
           ", ";
  return out;
}

std::string show(const std::vector<Ordinal>& ordinals) {
  std::ostringstream out;
  for (const Ordinal o : ordinals) out << o << ' ';
  return out.str();
}

std::string show(const reference::Group& group) {
  std::string out;
  for (const Value& v : group.values) out += conformance::show(v) + " ";
  out += "|";
  for (const Value& v : group.folds) out += " " + conformance::show(v);
  return out;
}

bool is_nan(const Value& v) {
  return std::holds_alternative<double>(v) && std::isnan(std::get<double>(v));
}

bool same(const Value& a, const Value& b) {
  if (is_nan(a) || is_nan(b)) return is_nan(a) && is_nan(b);
  if (std::holds_alternative<double>(a) && std::holds_alternative<double>(b)) {
    const double x = std::get<double>(a), y = std::get<double>(b);
    if (std::isinf(x) || std::isinf(y)) return x == y;
    // Sums differ by the order of their terms.
    return std::abs(x - y) <= 1e-9 * std::max(std::abs(x), std::abs(y));
  }
  return a == b;
}

bool same(const std::vector<Value>& a, const std::vector<Value>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Value& x, const Value& y) { return same(x, y); });
}

}  // namespace

Path Twin::path_in(const Collection& c) {
  const auto n = roll(10);
  if (n == 0) return record_id();
  if (n == 1) return record_ordinal();
  if (n < 5 && !c.maps.empty()) return entry(c.maps[roll(c.maps.size())].name, key());
  if (n < 7 && !c.series.empty())
    return series(c.series[roll(c.series.size())].name, key(),
                  chance(60) ? Statistic::last : static_cast<Statistic>(1 + roll(12)),
                  chance(80) ? "" : "ds");
  return field(c.fields[roll(c.fields.size())].name);
}

Value Twin::value_at(const Collection& c, const Path& path) {
  const auto number = [&]() -> Value {
    if (chance(50)) return real();
    return static_cast<std::int64_t>(roll(12)) - 3;
  };
  switch (path.kind) {
    case Path::Kind::map:
      return chance(50) ? Value{text()} : number();
    case Path::Kind::series:
      return number();
    case Path::Kind::id:
      return (chance(80) ? "t" : "i") + std::to_string(roll(60));
    case Path::Kind::ordinal:
      return static_cast<std::int64_t>(roll(60));
    default:
      break;
  }
  for (const Field& f : c.fields) {
    if (f.name != path.name) continue;
    if (f.type == Type::scalar) return chance(50) ? Value{text()} : number();
    if (f.type == Type::integer || f.type == Type::time || f.type == Type::real) return number();
    Value value;
    for (int tries = 0; tries < 20 && std::holds_alternative<std::monostate>(value); ++tries)
      value = value_for(f);
    if (!std::holds_alternative<std::monostate>(value)) return value;
    return f.type == Type::reference ? Value{std::int64_t{1}}
           : f.type == Type::boolean ? Value{true}
                                     : Value{text()};
  }
  return text();
}

Filter Twin::leaf(const Collection& c, bool may_any) {
  if (may_any && chance(15)) {
    std::vector<std::pair<std::string, std::string>> children;
    for (const auto& [name, table] : world_)
      for (const Field& f : table.declaration.fields)
        if (f.type == Type::reference && f.target == c.name && !table.records.empty())
          children.emplace_back(name, f.name);
    if (!children.empty()) {
      const auto& [child, reference] = children[roll(children.size())];
      return podium::any(child, reference, filter(world_.at(child).declaration, 1, false));
    }
  }
  const Path path = path_in(c);
  const Value sample = value_at(c, path);
  const auto n = roll(10);
  if (n == 0) return is_null(path, chance(50));
  if (n < 3) {
    std::vector<Value> values;
    for (auto k = roll(4); k > 0; --k) values.push_back(value_at(c, path));
    return in(path, values, chance(40));
  }
  bool text_like = path.kind == Path::Kind::map || path.kind == Path::Kind::id;
  for (const Field& f : c.fields)
    if (path.kind == Path::Kind::field && f.name == path.name)
      text_like = f.type == Type::text || f.type == Type::scalar;
  if (text_like && n < 6) {
    static const char* const likes[] = {"%",       "a%",    "%a%", "_%",   "%1",
                                        "1%",      "A%",    "x%2", "%ber", "pend%",
                                        "stras_e", "%0.1%", "",    "t1_",  "xxx%"};
    static const char* const expressions[] = {"^a", "[0-9]+", "n$",  "a|b",
                                              "^$", "x+2",    "^t1", "ing"};
    const bool negated = chance(35);
    if (n == 3)
      return pattern(Filter::Op::matches, path, expressions[roll(std::size(expressions))], negated);
    return pattern(n == 4 ? Filter::Op::like : Filter::Op::ilike, path,
                   likes[roll(std::size(likes))], negated);
  }
  return compare(path, static_cast<Compare>(1 + roll(6)), sample);
}

Filter Twin::filter(const Collection& c, int depth, bool may_any) {
  if (depth == 0 || chance(25)) return leaf(c, may_any);
  const auto n = roll(12);
  if (n == 0) return {};
  if (n == 1) return none();
  if (n < 4) return not_(filter(c, depth - 1, may_any));
  Filter f;
  f.op = n < 8 ? Filter::Op::and_ : Filter::Op::or_;
  for (auto k = 1 + roll(3); k > 0; --k) f.children.push_back(filter(c, depth - 1, may_any));
  return f;
}

Order Twin::order(const Collection& c) {
  Order order;
  for (auto n = roll(4); n > 0; --n) {
    OrderKey key{path_in(c), chance(50), false};
    // The id of a sequence is a number written down; nobody orders by it.
    if (key.path.kind == Path::Kind::id && c.sequence) key.path = record_ordinal();
    bool dual = key.path.kind == Path::Kind::map;
    for (const Field& f : c.fields)
      if (key.path.kind == Path::Kind::field && f.name == key.path.name)
        dual = f.type == Type::scalar || f.type == Type::text;
    key.as_text = dual && chance(30);
    order.push_back(key);
  }
  return order;
}

void Twin::ask() {
  static const char* const collections[] = {"tasks", "tasks", "tasks", "inputs", "projects"};
  const std::string name = collections[roll(5)];
  const Collection& c = world_.at(name).declaration;
  const CollectionId id = store_.id(name);
  Filter question = filter(c, 3, true);
  // A partition is what most questions begin with.
  if (name == "tasks" && chance(40) && any_of("projects") != 0)
    question = all_of({eq(field("project"), any_of("projects")), question});
  const Order by = order(c);
  const std::vector<Ordinal> expected = reference::answer(world_, name, question, by);
  INFO(name << " where " << show(question) << " order by " << show(by));
  INFO("expected: " << show(expected));
  const std::vector<Ordinal> got = store_->ids(id, question, by);
  INFO("got:      " << show(got));
  REQUIRE(got == expected);

  const std::uint64_t sizes[] = {1, 2, 7, 37, std::numeric_limits<std::uint64_t>::max()};
  Query query{id, question, by, sizes[roll(5)]};
  if (query.limit == 1 && expected.size() > 60) query.limit = 3;
  std::vector<Ordinal> paged;
  do {
    query.cursor = store_
                       ->query(query,
                               [&](const Row& row) {
                                 paged.push_back(row.ordinal());
                                 return true;
                               })
                       .cursor;
    REQUIRE(paged.size() <= expected.size());
  } while (!query.cursor.empty());
  INFO("by pages of " << query.limit << ": " << show(paged));
  REQUIRE(paged == expected);
  if (chance(40)) ask_aggregate(name, question);
}

void Twin::ask_aggregate(const std::string& name, const Filter& question) {
  const Collection& c = world_.at(name).declaration;
  Aggregate ask{store_.id(name), question};
  std::uint64_t fold_count = roll(4);
  if (chance(40)) {
    // The values of what records have, or only which there are: indexes may tell.
    const Path path = path_in(c);
    if (chance(50)) ask.filter = {};
    if (name == "tasks" && chance(50)) ask.filter = eq(field("project"), any_of("projects"));
    ask.filter = all_of({ask.filter, is_null(path, true)});
    if (chance(70))
      ask.groups.push_back(path);
    else
      ask.folds.push_back({});
    if (chance(50)) fold_count = 0;
  } else {
    for (auto n = roll(3); n > 0; --n) ask.groups.push_back(path_in(c));
  }
  std::string asked = "where " + show(ask.filter) + ": ";
  for (auto n = fold_count; n > 0; --n) {
    Aggregate::Fold fold;
    fold.kind = static_cast<Aggregate::Fold::Kind>(1 + roll(4));
    if (fold.kind != Aggregate::Fold::Kind::count) {
      // Something with numbers.
      fold.path = chance(50) && !c.series.empty() ? series(c.series[0].name, key())
                  : name == "tasks"               ? field(chance(50) ? "score" : "label")
                                                  : record_ordinal();
    }
    asked += std::to_string(static_cast<int>(fold.kind)) + " of " + show(fold.path) + ", ";
    ask.folds.push_back(fold);
  }
  for (const Path& path : ask.groups) asked += " by " + show(path);
  INFO(asked);
  std::vector<reference::Group> expected = reference::groups(world_, name, ask);
  std::size_t groups = 0;
  store_->aggregate(ask, [&](std::span<const Cell> values, std::span<const Cell> folds) {
    reference::Group got;
    for (const Cell& cell : values) got.values.push_back(owned(cell));
    for (const Cell& cell : folds) got.folds.push_back(owned(cell));
    ++groups;
    INFO("got the group " << show(got));
    std::string others;
    for (const reference::Group& g : expected) others += show(g) + "; ";
    INFO("expected, and not yet given: " << others);
    const auto same_group =
        std::find_if(expected.begin(), expected.end(), [&](const reference::Group& g) {
          return same(g.values, got.values) && same(g.folds, got.folds);
        });
    REQUIRE(same_group != expected.end());
    expected.erase(same_group);
    return true;
  });
  // Without groups an empty answer is no group or one of nothing.
  if (ask.groups.empty()) return;
  REQUIRE(expected.empty());
}

void Twin::compare_all() {
  for (const auto& [name, table] : world_) {
    const CollectionId c = store_.id(name);
    Query everything{c};
    for (const Field& f : table.declaration.fields)
      everything.columns.push_back(value_of(field(f.name)));
    for (const Map& m : table.declaration.maps) everything.columns.push_back(whole_map(m.name));
    for (const Series& s : table.declaration.series)
      everything.columns.push_back(whole_series(s.name));
    auto record = table.records.begin();
    store_->query(everything, [&](const Row& row) {
      REQUIRE(record != table.records.end());
      INFO(name << " " << record->second.id);
      REQUIRE(row.ordinal() == record->first);
      REQUIRE(row.id() == record->second.id);
      std::size_t i = 0;
      for (const Field& f : table.declaration.fields)
        REQUIRE(
            same(owned(row.cell(i++)), reference::value_at(table, record->second, field(f.name))));
      for (const Map& m : table.declaration.maps) {
        std::map<std::string, std::string> got, want;
        for (const MapEntry& e : row.map(i)) got.emplace(e.key, e.text);
        if (const auto it = record->second.maps.find(m.name); it != record->second.maps.end())
          want = it->second;
        REQUIRE(got == want);
        ++i;
      }
      for (const Series& s : table.declaration.series) {
        std::size_t series_here = 0;
        if (const auto it = record->second.series.find(s.name); it != record->second.series.end())
          for (const auto& [where, points] : it->second) {
            REQUIRE(series_here < row.series(i).size());
            const SeriesEntry& entry_here = row.series(i)[series_here++];
            REQUIRE(entry_here.key == where.first);
            REQUIRE(entry_here.scope == where.second);
            const Summary want = reference::summary_of(points, s.last), got = entry_here.summary;
            REQUIRE(got.count == want.count);
            REQUIRE(reference::same_point(got.last, want.last));
            REQUIRE(reference::same_point(got.first, want.first));
            REQUIRE(reference::same_point(got.min, want.min));
            REQUIRE(reference::same_point(got.max, want.max));
            REQUIRE(same(Value{got.sum}, Value{want.sum}));
          }
        REQUIRE(row.series(i).size() == series_here);
        ++i;
      }
      ++record;
      return true;
    });
    REQUIRE(record == table.records.end());
    for (const auto& [ordinal, r] : table.records)
      for (const auto& [series_name, all] : r.series)
        for (const auto& [where, points] : all)
          for (const auto by : {PointsQuery::By::step, PointsQuery::By::time}) {
            PointsQuery query{c, ordinal, series_name, where.first, where.second};
            query.by = by;
            std::vector<Point> want = points;
            std::sort(want.begin(), want.end(),
                      by == PointsQuery::By::step ? reference::before_by_step
                                                  : reference::before_by_time);
            const std::vector<Point> got = points_of(*store_, query);
            INFO(r.id << " " << where.first << " " << where.second);
            REQUIRE(std::equal(got.begin(), got.end(), want.begin(), want.end(),
                               reference::same_point));
          }
  }
}

}  // namespace podium::conformance
