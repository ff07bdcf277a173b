#include "values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "podium/storage_kit/text.hpp"
#include "summary_columns.hpp"

namespace podium::sqlite {
namespace {

const char* type_name(Type type) {
  switch (type) {
    case Type::text:
      return "a text";
    case Type::integer:
      return "an integer";
    case Type::real:
      return "a real";
    case Type::boolean:
      return "a bool";
    case Type::time:
      return "a time";
    case Type::scalar:
      return "a scalar";
    case Type::reference:
      return "a reference";
  }
  return "of no type";
}

const char* value_name(const Value& value) {
  constexpr const char* names[] = {"nothing", "a bool", "an integer", "a real", "a text"};
  return names[value.index()];
}

bool fits(Type type, const Value& value) {
  switch (type) {
    case Type::text:
    case Type::scalar:
      return std::holds_alternative<std::string>(value);
    case Type::real:
      return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
    case Type::boolean:
      return std::holds_alternative<bool>(value);
    default:
      return std::holds_alternative<std::int64_t>(value);
  }
}

double number(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return std::get<double>(value);
}

}  // namespace

void check_text(std::string_view text, std::string_view what) {
  if (!kit::valid_text(text))
    throw Error(ErrorCode::invalid, fmt::format("{} is not valid UTF-8 or holds U+0000", what));
}

void check_value(const CollectionInfo& info, const FieldInfo& field, const Value& value) {
  if (missing(value)) return;
  if (!fits(field.type, value))
    throw Error(ErrorCode::invalid,
                fmt::format("'{}' of '{}' is {} and was given {}", field.name,
                            info.declaration.name, type_name(field.type), value_name(value)))
        .in(field.name);
  if (const auto* text = std::get_if<std::string>(&value);
      text != nullptr && !kit::valid_text(*text))
    check_text(*text, fmt::format("'{}' of '{}'", field.name, info.declaration.name));
}

int bind_value(Statement& statement, int at, const FieldInfo& field, const Value& value) {
  if (missing(value)) {
    statement.bind_at(at++, nullptr);
    if (!field.extra.empty()) statement.bind_at(at++, nullptr);
    return at;
  }
  switch (field.type) {
    case Type::text:
      statement.bind_at(at, std::get<std::string>(value));
      return at + 1;
    case Type::scalar: {
      const std::string& text = std::get<std::string>(value);
      statement.bind_at(at, text);
      if (const auto spelled = kit::number_of(text))
        statement.bind_at(at + 1, *spelled);
      else
        statement.bind_at(at + 1, nullptr);
      return at + 2;
    }
    case Type::real:
      statement.bind_at(at, stored_value(number(value)));
      statement.bind_at(at + 1, rank_of(number(value)));
      return at + 2;
    case Type::boolean:
      statement.bind_at(at, static_cast<int>(std::get<bool>(value)));
      return at + 1;
    default:
      statement.bind_at(at, std::get<std::int64_t>(value));
      return at + 1;
  }
}

int bind_key_value(Statement& statement, int at, const FieldInfo& field, const Value& value) {
  if (missing(value)) return bind_value(statement, at, field, value);
  if (field.type == Type::real) {
    statement.bind_at(at, rank_of(number(value)));
    statement.bind_at(at + 1, stored_value(number(value)));
    return at + 2;
  }
  if (field.type == Type::scalar) {
    const std::string& text = std::get<std::string>(value);
    if (const auto spelled = kit::number_of(text))
      statement.bind_at(at, *spelled);
    else
      statement.bind_at(at, nullptr);
    statement.bind_at(at + 1, text);
    return at + 2;
  }
  return bind_value(statement, at, field, value);
}

bool holds(const Statement& row, const FieldInfo& field, const Value& value) {
  const int at = field.position;
  if (missing(value) || row.is_null(at)) return missing(value) && row.is_null(at);
  switch (field.type) {
    case Type::text:
    case Type::scalar:
      return row.text(at) == std::get<std::string>(value);
    case Type::real: {
      const double wanted = number(value);
      return row.integer(at + 1) == rank_of(wanted) && row.real(at) == stored_value(wanted);
    }
    case Type::boolean:
      return (row.integer(at) != 0) == std::get<bool>(value);
    default:
      return row.integer(at) == std::get<std::int64_t>(value);
  }
}

kit::Seen seen(const Statement& row, const FieldInfo& field) {
  const int at = field.position;
  kit::Seen result;
  result.dual = field.type == Type::scalar;
  if (row.is_null(at)) return result;
  switch (field.type) {
    case Type::text:
      result.cell = row.text(at);
      break;
    case Type::scalar:
      result.cell = row.text(at);
      if (!row.is_null(at + 1)) result.number = row.real(at + 1);
      break;
    case Type::real:
      result.cell = ranked(row.integer(at + 1), row.real(at));
      break;
    case Type::boolean:
      result.cell = row.integer(at) != 0;
      break;
    default:
      result.cell = row.integer(at);
  }
  return result;
}

}  // namespace podium::sqlite
