#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <regex>

namespace podium::conformance::reference {
namespace {

bool missing(const Value& v) { return std::holds_alternative<std::monostate>(v); }

/// Whether a path leads to texts that count as numbers too.
bool is_dual(const Table& table, const Path& path) {
  if (path.kind == Path::Kind::map) return true;
  if (path.kind != Path::Kind::field) return false;
  for (const Field& f : table.declaration.fields)
    if (f.name == path.name) return f.type == Type::scalar;
  return false;
}

/// A long double holds every int64 and every double exactly (on the machines podium runs on).
static_assert(std::numeric_limits<long double>::digits >= 64);
std::optional<long double> as_number(const Value& v) {
  if (const auto* i = std::get_if<std::int64_t>(&v)) return *i;
  if (const auto* d = std::get_if<double>(&v)) return *d;
  return std::nullopt;
}

template <class T>
bool apply(Compare op, const T& a, const T& b) {
  switch (op) {
    case Compare::eq:
      return a == b;
    case Compare::ne:
      return a != b;
    case Compare::lt:
      return a < b;
    case Compare::le:
      return a <= b;
    case Compare::gt:
      return a > b;
    case Compare::ge:
      return a >= b;
  }
  return false;
}

bool compares(bool dual, const Value& left, Compare op, const Value& right) {
  if (missing(left)) return false;
  if (const auto* text = std::get_if<std::string>(&right)) {
    const auto* own = std::get_if<std::string>(&left);
    return own != nullptr && apply(op, *own, *text);
  }
  if (const auto* flag = std::get_if<bool>(&right)) {
    const auto* own = std::get_if<bool>(&left);
    return own != nullptr && apply(op, *own, *flag);
  }
  std::optional<long double> own;
  if (dual) {
    if (const auto number = number_in(std::get<std::string>(left))) own = *number;
  } else {
    own = as_number(left);
  }
  const auto other = as_number(right);
  return own && other && apply(op, *own, *other);  // the machine's NaN is the one that is asked for
}

std::vector<std::string> code_points(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !out.empty())
      out.back().push_back(c);
    else
      out.emplace_back(1, c);
  }
  return out;
}

bool like(const std::vector<std::string>& pattern, const std::vector<std::string>& text) {
  // reach[j]: the pattern so far matches the first j code points.
  std::vector<bool> reach(text.size() + 1, false);
  reach[0] = true;
  for (const std::string& p : pattern) {
    std::vector<bool> next(text.size() + 1, false);
    if (p == "%") {
      bool any = false;
      for (std::size_t j = 0; j <= text.size(); ++j) next[j] = any = any || reach[j];
    } else {
      for (std::size_t j = 0; j < text.size(); ++j)
        next[j + 1] = reach[j] && (p == "_" || p == text[j]);
    }
    reach = next;
  }
  return reach.back();
}

/// As much of case folding as the suite's alphabet needs.
std::string folded(const std::string& text) {
  static const std::map<std::string, std::string> table = {{"Ä", "ä"},  {"Ö", "ö"}, {"Ü", "ü"},
                                                           {"ß", "ss"}, {"Σ", "σ"}, {"ς", "σ"}};
  std::string out;
  for (const std::string& c : code_points(text)) {
    const auto it = table.find(c);
    if (it != table.end()) {
      out += it->second;
    } else if (c.size() == 1 && c[0] >= 'A' && c[0] <= 'Z') {
      out.push_back(static_cast<char>(c[0] - 'A' + 'a'));
    } else {
      out += c;
    }
  }
  return out;
}

bool pattern_holds(Filter::Op op, const std::string& pattern, const std::string& text) {
  if (op == Filter::Op::like) return like(code_points(pattern), code_points(text));
  if (op == Filter::Op::ilike) return like(code_points(folded(pattern)), code_points(folded(text)));
  return std::regex_search(text, std::regex(pattern));
}

/// One key of an order: which group it is in (0 values, 1 texts behind numbers or NaN, 2 missing),
/// and the value inside.
struct Placed {
  int group = 2;
  long double number = 0;
  std::string text;
  bool has_value = false;  ///< not missing, not NaN: the direction turns it
};

Placed place(const Table& table, const Record& record, const OrderKey& key) {
  const Value v = value_at(table, record, key.path);
  Placed p;
  if (missing(v)) return p;
  p.group = 0;
  p.has_value = true;
  if (const auto* text = std::get_if<std::string>(&v)) {
    if (is_dual(table, key.path) && !key.as_text) {
      if (const auto number = number_in(*text)) {
        p.number = *number;
        return p;
      }
      p.group = 1;
    }
    p.text = *text;
  } else if (const auto* flag = std::get_if<bool>(&v)) {
    p.number = *flag ? 1 : 0;
  } else {
    p.number = *as_number(v);
    if (std::isnan(p.number)) {
      p.group = 1;
      p.number = 0;
      p.has_value = false;
    }
  }
  return p;
}

}  // namespace

std::optional<double> number_in(const std::string& text) {
  static const std::regex decimal("[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?");
  if (!std::regex_match(text, decimal)) return std::nullopt;
  const double value = std::strtod(text.c_str(), nullptr);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

bool same_point(const Point& a, const Point& b) {
  return a.step == b.step && a.time == b.time &&
         (a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
}

namespace {
std::pair<double, int> value_order(double v) {
  return std::isnan(v) ? std::pair{0.0, 1} : std::pair{v, 0};
}
}  // namespace

bool before_by_step(const Point& a, const Point& b) {
  return std::tuple(a.step, a.time, value_order(a.value)) <
         std::tuple(b.step, b.time, value_order(b.value));
}

bool before_by_time(const Point& a, const Point& b) {
  return std::tuple(a.time, a.step, value_order(a.value)) <
         std::tuple(b.time, b.step, value_order(b.value));
}

Summary summary_of(const std::vector<Point>& points, LastRule rule) {
  Summary s;
  if (points.empty()) return s;
  std::vector<Point> sorted = points;
  std::stable_sort(sorted.begin(), sorted.end(), [rule](const Point& a, const Point& b) {
    if (rule == LastRule::step_time_value) return before_by_step(a, b);
    return std::tuple(a.time, a.step) < std::tuple(b.time, b.step);
  });
  s.first = s.min = s.max = sorted.front();
  s.last = sorted.back();
  s.count = static_cast<std::int64_t>(points.size());
  for (const Point& p : sorted) {
    if (std::isnan(p.value)) continue;
    s.sum += p.value;
    if (std::isnan(s.min.value) || p.value < s.min.value) s.min = p;
    if (std::isnan(s.max.value) || p.value > s.max.value) s.max = p;
  }
  return s;
}

Value value_at(const Table& table, const Record& record, const Path& path) {
  switch (path.kind) {
    case Path::Kind::field: {
      const auto it = record.fields.find(path.name);
      return it == record.fields.end() ? Value{} : it->second;
    }
    case Path::Kind::map: {
      const auto map = record.maps.find(path.name);
      if (map == record.maps.end()) return {};
      const auto it = map->second.find(path.key);
      return it == map->second.end() ? Value{} : Value{it->second};
    }
    case Path::Kind::series: {
      const auto series = record.series.find(path.name);
      if (series == record.series.end()) return {};
      const auto it = series->second.find({path.key, path.scope});
      if (it == series->second.end() || it->second.empty()) return {};
      LastRule rule = LastRule::step_time_value;
      for (const Series& s : table.declaration.series)
        if (s.name == path.name) rule = s.last;
      const Summary s = summary_of(it->second, rule);
      switch (path.statistic) {
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
    case Path::Kind::id:
      return record.id;
    case Path::Kind::ordinal:
      return record.ordinal;
    case Path::Kind::version:
      return record.version;
    case Path::Kind::body:
      return {};
  }
  return {};
}

bool holds(const World& world, const Table& table, const Record& record, const Filter& f) {
  const auto inner = [&](const Filter& child) { return holds(world, table, record, child); };
  switch (f.op) {
    case Filter::Op::all:
      return true;
    case Filter::Op::none:
      return false;
    case Filter::Op::and_:
      return std::all_of(f.children.begin(), f.children.end(), inner);
    case Filter::Op::or_:
      return std::any_of(f.children.begin(), f.children.end(), inner);
    case Filter::Op::not_:
      return !inner(f.children.at(0));
    case Filter::Op::any:
      for (const auto& [ordinal, child] : world.at(f.child).records) {
        const auto reference = child.fields.find(f.path.name);
        if (reference != child.fields.end() && reference->second == Value{record.ordinal} &&
            holds(world, world.at(f.child), child, f.children.at(0)))
          return true;
      }
      return false;
    default:
      break;
  }
  const Value v = value_at(table, record, f.path);
  const bool dual = is_dual(table, f.path);
  switch (f.op) {
    case Filter::Op::compare:
      return compares(dual, v, f.cmp, f.values.at(0));
    case Filter::Op::in: {
      if (missing(v)) return false;
      const Compare op = f.negated ? Compare::ne : Compare::eq;
      const auto one = [&](const Value& value) { return compares(dual, v, op, value); };
      return f.negated ? std::all_of(f.values.begin(), f.values.end(), one)
                       : std::any_of(f.values.begin(), f.values.end(), one);
    }
    case Filter::Op::is_null:
      return missing(v) != f.negated;
    default:
      break;
  }
  if (missing(v)) return false;
  return pattern_holds(f.op, std::get<std::string>(f.values.at(0)), std::get<std::string>(v)) !=
         f.negated;
}

std::vector<Ordinal> answer(const World& world, const std::string& collection, const Filter& filter,
                            const Order& order) {
  const Table& table = world.at(collection);
  struct Found {
    Ordinal ordinal;
    std::vector<Placed> keys;
  };
  std::vector<Found> found;
  for (const auto& [ordinal, record] : table.records) {
    if (!holds(world, table, record, filter)) continue;
    Found row{ordinal, {}};
    for (const OrderKey& key : order) row.keys.push_back(place(table, record, key));
    found.push_back(std::move(row));
  }
  std::sort(found.begin(), found.end(), [&](const Found& a, const Found& b) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Placed &x = a.keys[i], &y = b.keys[i];
      if (x.group != y.group) return x.group < y.group;
      if (x.number != y.number) return (x.number < y.number) != order[i].descending;
      if (x.text != y.text) return (x.text < y.text) != order[i].descending;
    }
    if (!order.empty() && order.back().descending && a.keys.back().has_value)
      return a.ordinal > b.ordinal;
    return a.ordinal < b.ordinal;
  });
  std::vector<Ordinal> ordinals;
  for (const Found& row : found) ordinals.push_back(row.ordinal);
  return ordinals;
}

std::vector<Group> groups(const World& world, const std::string& collection, const Aggregate& ask) {
  const Table& table = world.at(collection);
  const auto equal = [](const Value& a, const Value& b) {
    if (a.index() == b.index() && std::holds_alternative<double>(a) &&
        std::isnan(std::get<double>(a)))
      return std::isnan(std::get<double>(b));
    return a == b;
  };
  std::vector<Group> result;
  for (const auto& [ordinal, record] : table.records) {
    if (!holds(world, table, record, ask.filter)) continue;
    std::vector<Value> values;
    for (const Path& path : ask.groups) values.push_back(value_at(table, record, path));
    auto group = std::find_if(result.begin(), result.end(), [&](const Group& g) {
      return std::equal(g.values.begin(), g.values.end(), values.begin(), equal);
    });
    if (group == result.end()) {
      result.push_back({values, std::vector<Value>(ask.folds.size())});
      group = result.end() - 1;
    }
    for (std::size_t i = 0; i < ask.folds.size(); ++i) {
      Value& fold = group->folds[i];
      using Kind = Aggregate::Fold::Kind;
      if (ask.folds[i].kind == Kind::count) {
        fold = (missing(fold) ? std::int64_t{0} : std::get<std::int64_t>(fold)) + 1;
        continue;
      }
      const Value v = value_at(table, record, ask.folds[i].path);
      std::optional<double> number;
      if (is_dual(table, ask.folds[i].path)) {
        if (!missing(v)) number = number_in(std::get<std::string>(v));
      } else if (const auto n = as_number(v)) {
        number = static_cast<double>(*n);
      }
      if (!number || std::isnan(*number)) continue;
      const bool empty = missing(fold);
      const double so_far = empty ? 0 : std::get<double>(fold);
      switch (ask.folds[i].kind) {
        case Kind::min:
          fold = empty ? *number : std::min(so_far, *number);
          break;
        case Kind::max:
          fold = empty ? *number : std::max(so_far, *number);
          break;
        default:
          fold = so_far + *number;
          break;
      }
    }
  }
  return result;
}

}  // namespace podium::conformance::reference
