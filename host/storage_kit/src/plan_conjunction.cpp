// Taking filters apart: what the arms of an AND bind.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "plan_sets.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/named_values.hpp"

namespace podium::kit {
namespace {

// Integers up to here are the same as doubles.
constexpr std::int64_t exact_limit = std::int64_t{1} << 53;
// More combinations than this are not worth a seek each.
constexpr std::size_t max_combinations = 256;

void flatten(const Filter& f, std::vector<const Filter*>& arms) {
  if (f.op == Filter::Op::and_) {
    for (const Filter& child : f.children) flatten(child, arms);
  } else if (f.op != Filter::Op::all) {
    arms.push_back(&f);
  }
}

// The values that an arm binds a field to, if it does.
std::optional<std::vector<Value>> bound_values(const Filter& f, const Collection& c) {
  const bool null = f.op == Filter::Op::is_null && !f.negated;
  if ((!null && !names_values(f)) || f.path.kind != Path::Kind::field) return std::nullopt;
  if (null) return std::vector<Value>{Value{}};
  const Type type = field_of(c, f.path.name).type;
  std::vector<Value> values;
  for (const Value& v : f.values) {
    Literal literal = literal_for(type, v);
    if (literal.use == Literal::Use::unservable) return std::nullopt;
    if (literal.use == Literal::Use::never) continue;
    if (std::find(values.begin(), values.end(), literal.value) == values.end())
      values.push_back(std::move(literal.value));
  }
  return values;
}

}  // namespace

std::optional<Ordinal> sequence_ordinal(const Collection& c, std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc{} || end != id.data() + id.size() || number < c.first) return std::nullopt;
  if (std::to_string(number) != id) return std::nullopt;
  const auto ordinal = static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(c.first) + 1;
  if (ordinal > static_cast<std::uint64_t>(std::numeric_limits<Ordinal>::max()))
    return std::nullopt;
  return static_cast<Ordinal>(ordinal);
}

std::string sequence_id(const Collection& c, Ordinal ordinal) {
  return std::to_string(c.first + (ordinal - 1));
}

std::optional<double> exact_number(const Value& v) {
  if (const auto* d = std::get_if<double>(&v)) {
    if (std::isnan(*d)) return std::nullopt;
    return *d;
  }
  if (const auto* i = std::get_if<std::int64_t>(&v))
    if (*i >= -exact_limit && *i <= exact_limit) return static_cast<double>(*i);
  return std::nullopt;
}

Literal literal_for(Type type, const Value& v) {
  using Use = Literal::Use;
  switch (type) {
    case Type::text:
    case Type::scalar:
      // A scalar compared with a number compares numbers, which its index does not hold.
      if (std::holds_alternative<std::string>(v)) return {Use::usable, v};
      return {Use::unservable, {}};
    case Type::boolean:
      if (std::holds_alternative<bool>(v)) return {Use::usable, v};
      return {Use::unservable, {}};
    case Type::integer:
    case Type::time:
    case Type::reference:
      if (std::holds_alternative<std::int64_t>(v)) return {Use::usable, v};
      if (const auto* d = std::get_if<double>(&v)) {
        if (std::isnan(*d) || std::trunc(*d) != *d) return {Use::never, {}};
        if (std::fabs(*d) > static_cast<double>(exact_limit)) return {Use::unservable, {}};
        return {Use::usable, Value{static_cast<std::int64_t>(*d)}};
      }
      return {Use::unservable, {}};
    case Type::real:
      if (const auto* d = std::get_if<double>(&v); d != nullptr && std::isnan(*d))
        return {Use::never, {}};
      if (const auto d = exact_number(v)) return {Use::usable, Value{*d}};
      return {Use::unservable, {}};
  }
  return {Use::unservable, {}};
}

const Equality* Conjunction::equality(const std::string& field) const {
  const auto at = std::find_if(equalities.begin(), equalities.end(),
                               [&](const Equality& e) { return e.field == field; });
  return at == equalities.end() ? nullptr : &*at;
}

std::uint64_t Conjunction::all() const {
  if (arms.size() > static_cast<std::size_t>(max_covered)) return ~std::uint64_t{0};
  return (std::uint64_t{1} << arms.size()) - 1;
}

Conjunction conjunction_of(const Filter& filter, const Collection& c, const Conjunction* outer) {
  Conjunction result;
  if (outer != nullptr) {
    result.equalities = outer->equalities;
    for (Equality& e : result.equalities) {
      e.arms = 0;
      e.own = false;
    }
    result.scope = outer->scope;
  }
  flatten(filter, result.arms);
  for (std::size_t i = 0; i < result.arms.size(); ++i) {
    auto values = bound_values(*result.arms[i], c);
    if (!values) continue;
    const std::string& name = result.arms[i]->path.name;
    auto at = std::find_if(result.equalities.begin(), result.equalities.end(),
                           [&](const Equality& e) { return e.field == name; });
    if (at == result.equalities.end()) {
      at = result.equalities.insert(at, Equality{name, std::move(*values), 0, true});
    } else {
      std::erase_if(at->values, [&](const Value& v) {
        return std::find(values->begin(), values->end(), v) == values->end();
      });
    }
    at->arms |= arm_bit(i);
    at->own = true;
  }
  if (const Equality* e = result.equality(c.partition); e != nullptr && e->own) {
    result.scope.emplace();
    for (const Value& v : e->values) {
      if (std::holds_alternative<std::monostate>(v))
        result.scope->push_back(0);
      else if (std::get<std::int64_t>(v) > 0)
        result.scope->push_back(std::get<std::int64_t>(v));
    }
    std::sort(result.scope->begin(), result.scope->end());
    result.scope_arms = e->arms;
  }
  return result;
}

Prefix prefix_of(const std::vector<std::string>& fields, const Conjunction& conjunction,
                 const Collection& c, std::size_t at_most) {
  Prefix prefix;
  for (; prefix.fields < std::min(fields.size(), at_most); ++prefix.fields) {
    const Equality* e = conjunction.equality(fields[prefix.fields]);
    if (e == nullptr || prefix.combinations.size() * e->values.size() > max_combinations) break;
    std::vector<std::vector<Value>> longer;
    for (const auto& combination : prefix.combinations)
      for (const Value& v : e->values) {
        longer.push_back(combination);
        longer.back().push_back(v);
      }
    prefix.combinations = std::move(longer);
    prefix.arms |= e->arms;
    prefix.own = prefix.own || e->own;
    if (e->field == c.partition) prefix.scoped = true;
  }
  return prefix;
}

Bounds bounds_on(const Path& path, const Conjunction& conjunction, const Collection& c) {
  Bounds bounds;
  for (std::size_t i = 0; i < conjunction.arms.size(); ++i) {
    const Filter& f = *conjunction.arms[i];
    if (f.op != Filter::Op::compare || !(f.path == path) || f.cmp == Compare::ne) continue;
    Value value;
    if (path.kind == Path::Kind::field) {
      const Type type = field_of(c, path.name).type;
      if (type == Type::scalar || type == Type::boolean) continue;
      if (type != Type::real && std::holds_alternative<double>(f.values[0])) {
        // Between integers: the bound itself is compared, it need not be one of them.
        if (!exact_number(f.values[0]) || type == Type::text) continue;
        value = f.values[0];
      } else {
        const Literal literal = literal_for(type, f.values[0]);
        if (literal.use != Literal::Use::usable) continue;
        value = literal.value;
      }
    } else if (path.kind == Path::Kind::ordinal) {
      if (!std::holds_alternative<std::int64_t>(f.values[0])) continue;
      value = f.values[0];
    } else if (path.kind == Path::Kind::id) {
      if (!std::holds_alternative<std::string>(f.values[0])) continue;
      value = f.values[0];
    } else {
      const auto number = exact_number(f.values[0]);
      if (!number) continue;
      value = *number;
    }
    const bool lower = f.cmp == Compare::gt || f.cmp == Compare::ge || f.cmp == Compare::eq;
    const bool upper = f.cmp == Compare::lt || f.cmp == Compare::le || f.cmp == Compare::eq;
    const bool inclusive = f.cmp != Compare::gt && f.cmp != Compare::lt;
    // A second bound on the same side stays to be tested.
    if ((lower && bounds.from) || (upper && bounds.to)) continue;
    if (lower) bounds.from = IndexRange::Bound{value, inclusive};
    if (upper) bounds.to = IndexRange::Bound{value, inclusive};
    bounds.arms |= arm_bit(i);
  }
  return bounds;
}

}  // namespace podium::kit
