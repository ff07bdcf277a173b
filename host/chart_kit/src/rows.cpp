#include "rows.hpp"

#include <charconv>
#include <cmath>

#include "names.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::chart_kit {

void append_drawn(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char buffer[40];
  const bool whole = value == std::trunc(value) && std::abs(value) < 9e15;
  const auto end =
      whole
          ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value)).ptr
          : std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 9).ptr;
  out.append(buffer, end);
}

Rows& Rows::row() {
  if (open_) text_.push_back('}');
  if (any_) text_.push_back(',');
  text_.push_back('{');
  any_ = open_ = true;
  comma_ = false;
  return *this;
}

void Rows::field(const char* name) {
  if (comma_) text_.push_back(',');
  comma_ = true;
  append_json_string(text_, name);
  text_.push_back(':');
}

Rows& Rows::number(const char* name, double value) {
  field(name);
  append_drawn(text_, value);
  return *this;
}

Rows& Rows::number(const char* name, const std::optional<double>& value) {
  if (value) return number(name, *value);
  field(name);
  text_ += "null";
  return *this;
}

Rows& Rows::text(const char* name, std::string_view value) {
  field(name);
  append_json_string(text_, value);
  return *this;
}

Rows& Rows::value(const char* name, const Value& value) {
  if (const auto* number_of = std::get_if<double>(&value)) return number(name, *number_of);
  if (const auto* whole = std::get_if<std::int64_t>(&value))
    return number(name, static_cast<double>(*whole));
  if (std::holds_alternative<std::monostate>(value)) return number(name, std::optional<double>());
  return text(name, shown(value));
}

std::string Rows::take() {
  if (open_) text_.push_back('}');
  text_.push_back(']');
  return std::move(text_);
}

std::string shown(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[40];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string shown(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return clean(*text);
  if (const auto* number = std::get_if<double>(&value)) return shown(*number);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return "none";
}

}  // namespace podium::chart_kit
