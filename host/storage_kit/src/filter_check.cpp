// Whether a filter or an order fits a declaration.
#include <fmt/format.h>

#include "podium/error.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::kit {
namespace {

constexpr int deepest = 64;

[[noreturn]] void invalid(const std::string& message) { throw Error(ErrorCode::invalid, message); }

/// What a path's values are compared with.
enum class Class { text, number, dual, boolean, reference };

/// The path as people write it, for messages only.
std::string spell(const Path& path) {
  switch (path.kind) {
    case Path::Kind::field:
      return path.name;
    case Path::Kind::map:
    case Path::Kind::series:
      return path.name + "." + path.key;
    case Path::Kind::id:
      return "id";
    case Path::Kind::ordinal:
      return "ordinal";
    case Path::Kind::version:
      return "version";
    case Path::Kind::body:
      return "body";
  }
  return "?";
}

Class class_of(const Path& path, const Collection& c) {
  switch (path.kind) {
    case Path::Kind::field:
      switch (field_of(c, path.name).type) {
        case Type::text:
          return Class::text;
        case Type::integer:
        case Type::real:
        case Type::time:
          return Class::number;
        case Type::boolean:
          return Class::boolean;
        case Type::scalar:
          return Class::dual;
        case Type::reference:
          return Class::reference;
      }
      break;
    case Path::Kind::map:
      map_of(c, path.name);
      return Class::dual;
    case Path::Kind::series:
      series_of(c, path.name);
      if (path.statistic < Statistic::last || path.statistic > Statistic::first_time)
        invalid(fmt::format("'{}' of '{}' names no known statistic", spell(path), c.name));
      return Class::number;
    case Path::Kind::id:
      return Class::text;
    case Path::Kind::ordinal:
    case Path::Kind::version:
      return Class::number;
    case Path::Kind::body:
      invalid(fmt::format("the body of '{}' can be read, but not filtered or ordered by", c.name));
  }
  invalid(fmt::format("a path of '{}' is of no known kind", c.name));
}

void check_value(const Value& value, const Path& path, Class kind, const Collection& c) {
  const bool is_text = std::holds_alternative<std::string>(value);
  const bool is_integer = std::holds_alternative<std::int64_t>(value);
  const bool is_number = is_integer || std::holds_alternative<double>(value);
  if (std::holds_alternative<std::monostate>(value))
    invalid(
        fmt::format("'{}' of '{}' is compared with nothing; ask for IS NULL", spell(path), c.name));
  const auto need = [&](bool fits, std::string_view what) {
    if (!fits)
      invalid(fmt::format("'{}' of '{}' can be compared with {} only", spell(path), c.name, what));
  };
  switch (kind) {
    case Class::text:
      need(is_text, "a text");
      break;
    case Class::number:
      need(is_number, "a number");
      break;
    case Class::dual:
      need(is_text || is_number, "a text or a number");
      break;
    case Class::boolean:
      need(std::holds_alternative<bool>(value), "true or false");
      break;
    case Class::reference:
      need(is_integer, "the ordinal of a record");
      break;
  }
  if (is_text && !valid_text(std::get<std::string>(value)))
    invalid(
        fmt::format("'{}' of '{}' is compared with a text that is not valid UTF-8 without U+0000",
                    spell(path), c.name));
}

void check(const Filter& filter, const Collection& c, const Declarations& lookup, int depth,
           bool inside_any) {
  if (filter.path.kind == Path::Kind::map && filter.path.key.empty() &&
      filter.op != Filter::Op::is_null)
    invalid(fmt::format("'{}' of '{}' needs a key; without one only IS NULL can be asked",
                        filter.path.name, c.name));
  if (depth > deepest) invalid(fmt::format("the filter is nested deeper than {} levels", deepest));
  const auto shape = [&](bool fits, std::string_view what) {
    if (!fits) invalid(fmt::format("a filter on '{}' is malformed: {}", c.name, what));
  };
  const auto leaf = [&] { shape(filter.children.empty(), "a comparison has no filters inside"); };
  switch (filter.op) {
    case Filter::Op::all:
    case Filter::Op::none:
      leaf();
      return;
    case Filter::Op::and_:
    case Filter::Op::or_:
      for (const Filter& child : filter.children) check(child, c, lookup, depth + 1, inside_any);
      return;
    case Filter::Op::not_:
      shape(filter.children.size() == 1, "NOT has one filter inside");
      check(filter.children.front(), c, lookup, depth + 1, inside_any);
      return;
    case Filter::Op::compare:
      leaf();
      shape(filter.values.size() == 1, "a comparison has one value");
      shape(filter.cmp >= Compare::eq && filter.cmp <= Compare::ge, "the comparison is not known");
      check_value(filter.values.front(), filter.path, class_of(filter.path, c), c);
      return;
    case Filter::Op::in: {
      leaf();
      const Class kind = class_of(filter.path, c);
      for (const Value& value : filter.values) check_value(value, filter.path, kind, c);
      return;
    }
    case Filter::Op::is_null:
      leaf();
      shape(filter.values.empty(), "IS NULL has no value");
      class_of(filter.path, c);
      return;
    case Filter::Op::like:
    case Filter::Op::ilike:
    case Filter::Op::matches: {
      leaf();
      const Class kind = class_of(filter.path, c);
      if (kind != Class::text && kind != Class::dual)
        invalid(fmt::format("'{}' of '{}' is no text, so no pattern can match it",
                            spell(filter.path), c.name));
      shape(filter.values.size() == 1 && std::holds_alternative<std::string>(filter.values.front()),
            "a pattern is one text");
      check_value(filter.values.front(), filter.path, kind, c);
      if (filter.op == Filter::Op::matches)
        Pattern(filter.op, std::get<std::string>(filter.values.front()));
      return;
    }
    case Filter::Op::any: {
      if (inside_any) invalid("any(...) inside any(...) is one level too deep");
      shape(filter.children.size() == 1, "any has one filter inside");
      const Collection& child = lookup.by_name(filter.child);
      const Field& reference = field_of(child, filter.path.name);
      if (filter.path.kind != Path::Kind::field || reference.type != Type::reference ||
          reference.target != c.name)
        invalid(fmt::format("'{}' of '{}' is no reference to '{}'", filter.path.name, child.name,
                            c.name));
      check(filter.children.front(), child, lookup, depth + 1, true);
      return;
    }
  }
  shape(false, "an operator is not known");
}

}  // namespace

void check(const Filter& filter, const Collection& c, const Declarations& lookup) {
  check(filter, c, lookup, 1, false);
}

void check(const Order& order, const Collection& c) {
  for (const OrderKey& key : order) {
    const Class kind = class_of(key.path, c);
    if (key.as_text && kind != Class::dual && kind != Class::text)
      invalid(fmt::format("'{}' of '{}' is no text, so it cannot be ordered as one",
                          spell(key.path), c.name));
  }
}

}  // namespace podium::kit
