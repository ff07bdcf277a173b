#pragma once
// Values, paths, filters and orders: the questions that a Store answers. Plain data, owned,
// copyable.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace podium {

/// A record's handle: ascending in the order of creation within its collection, never used again.
/// Calls take and return ordinals; only the wire has text ids. 0 is no record.
using Ordinal = std::int64_t;

/// A value of a field, owned. A time is int64 milliseconds UTC; a reference is the other's ordinal;
/// a scalar is its text. monostate is "missing".
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// Which number of a series' summary.
enum class Statistic : std::uint8_t {
  last = 1,
  first,
  min,
  max,
  count,
  sum,
  last_step,
  first_step,
  min_step,
  max_step,
  last_time,
  first_time
};

/// Where in a record a value is. A structure, never a dotted text: keys may hold dots.
struct Path {
  enum class Kind : std::uint8_t {
    field = 1,  ///< `name`
    map,        ///< entry `key` of map `name`
    series,     ///< `statistic` of the series (`key`, `scope`) of `name`
    id,         ///< the record's text id (a sequence id in decimal)
    ordinal,
    version,
    body,  ///< the JSON text; readable, never filtered or ordered by
  };
  Kind kind = Kind::field;
  std::string name, key, scope;
  Statistic statistic = Statistic::last;

  bool operator==(const Path&) const = default;
};

inline Path field(std::string name) {
  return {Path::Kind::field, std::move(name), {}, {}, Statistic::last};
}
inline Path entry(std::string map, std::string key) {
  return {Path::Kind::map, std::move(map), std::move(key), {}, Statistic::last};
}
inline Path series(std::string name, std::string key, Statistic s = Statistic::last,
                   std::string scope = {}) {
  return {Path::Kind::series, std::move(name), std::move(key), std::move(scope), s};
}
inline Path record_id() { return {Path::Kind::id, {}, {}, {}, Statistic::last}; }
inline Path record_ordinal() { return {Path::Kind::ordinal, {}, {}, {}, Statistic::last}; }
inline Path record_version() { return {Path::Kind::version, {}, {}, {}, Statistic::last}; }
inline Path record_body() { return {Path::Kind::body, {}, {}, {}, Statistic::last}; }

enum class Compare : std::uint8_t { eq = 1, ne, lt, le, gt, ge };

/// A question about one record. The logic is two-valued: a comparison (also !=, NOT IN, NOT LIKE,
/// as `negated` spells them) with a missing value is false; `not_` is the complement; absence is
/// asked for with `is_null`. NaN equals nothing and differs from everything; it is less and greater
/// than nothing.
///
/// Comparing a map entry or a scalar with a number compares numbers: an entry that spells none does
/// not match (nor with `ne`). Comparing with a text compares texts: eq, ne, IN, LIKE exactly; lt..
/// by bytes. Integers, reals and times compare as numbers with either kind of number; bools with
/// bools; a reference with an ordinal. Any other pairing throws `invalid` when the query is
/// prepared.
struct Filter {
  enum class Op : std::uint8_t {
    all = 1,  ///< every record (the default)
    none,
    and_,
    or_,
    not_,
    compare,  ///< path `cmp` values[0]
    in,       ///< path equals one of `values`
    is_null,  ///< the value is missing (a NaN is not missing); `negated`: it is there. Of a map
              ///< entry whose key is empty: the map as a whole, "it has no entry" (`entry("tags",
              ///< "")`)
    like,     ///< exact; % any run, _ one code point; no escape
    ilike,    ///< like, folded by Unicode case folding
    matches,  ///< RE2, unanchored
    any,      ///< some record of `child` whose reference `path.name` is this record satisfies
              ///< children[0]
  };
  Op op = Op::all;
  Compare cmp = Compare::eq;
  bool negated =
      false;  ///< for in, is_null, like, ilike, matches: NOT IN and so on, false on missing
  Path path;
  std::vector<Value> values;
  std::string child;
  std::vector<Filter> children;

  bool operator==(const Filter&) const = default;
};

inline Filter compare(Path p, Compare c, Value v) {
  Filter f;
  f.op = Filter::Op::compare;
  f.cmp = c;
  f.path = std::move(p);
  f.values = {std::move(v)};
  return f;
}
inline Filter eq(Path p, Value v) { return compare(std::move(p), Compare::eq, std::move(v)); }
inline Filter in(Path p, std::vector<Value> v, bool negated = false) {
  Filter f;
  f.op = Filter::Op::in;
  f.path = std::move(p);
  f.values = std::move(v);
  f.negated = negated;
  return f;
}
inline Filter is_null(Path p, bool negated = false) {
  Filter f;
  f.op = Filter::Op::is_null;
  f.path = std::move(p);
  f.negated = negated;
  return f;
}
/// `op` is like, ilike or matches.
inline Filter pattern(Filter::Op op, Path p, std::string text, bool negated = false) {
  Filter f;
  f.op = op;
  f.path = std::move(p);
  f.values = {Value{std::move(text)}};
  f.negated = negated;
  return f;
}
inline Filter any(std::string child, std::string reference, Filter inner) {
  Filter f;
  f.op = Filter::Op::any;
  f.child = std::move(child);
  f.path = field(std::move(reference));
  f.children.push_back(std::move(inner));
  return f;
}
inline Filter none() {
  Filter f;
  f.op = Filter::Op::none;
  return f;
}
/// Conjunction; `all` arms vanish, one arm stays itself, no arm is `all`.
inline Filter all_of(std::vector<Filter> arms) {
  Filter f;
  f.op = Filter::Op::and_;
  for (auto& a : arms)
    if (a.op != Filter::Op::all) f.children.push_back(std::move(a));
  if (f.children.empty()) return {};
  if (f.children.size() == 1) {
    Filter only = std::move(f.children.front());
    return only;
  }
  return f;
}
inline Filter any_of(std::vector<Filter> arms) {
  if (arms.size() == 1) {
    Filter only = std::move(arms.front());
    return only;
  }
  if (arms.empty()) return none();
  Filter f;
  f.op = Filter::Op::or_;
  f.children = std::move(arms);
  return f;
}
inline Filter not_(Filter inner) {
  Filter f;
  f.op = Filter::Op::not_;
  f.children.push_back(std::move(inner));
  return f;
}

/// One key of an order. Missing values come last in both directions, NaN before them. Of a map
/// entry or scalar: numbers first, then texts; `as_text` orders by the text alone (a sort, never a
/// walk). Every order ends in the ordinal: in the direction of the last key among values, ascending
/// among NaN and missing. With no key the order is the ordinal, ascending.
struct OrderKey {
  Path path;
  bool descending = false;
  bool as_text = false;

  bool operator==(const OrderKey&) const = default;
};
using Order = std::vector<OrderKey>;

}  // namespace podium
