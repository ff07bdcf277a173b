#pragma once
// Writes JSON straight into a text: the fast way out for answers. It does not check the nesting.
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace podium {

/// Appends `text` as a JSON string. The text is valid UTF-8 (as everything in the store is).
inline void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t plain = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out.push_back(hex[c >> 4]);
        out.push_back(hex[c & 15]);
    }
  }
  out.append(text, plain, text.size() - plain);
  out.push_back('"');
}

inline void append_json_number(std::string& out, std::int64_t value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

/// A double in its shortest form that reads back the same, always with a '.', an exponent or both,
/// as "1.0"; NaN and the infinities as the texts "NaN", "Infinity", "-Infinity".
inline void append_json_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  const std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
  out += digits;
  if (digits.find_first_of(".e") == std::string_view::npos) out += ".0";
}

/// Keeps track of commas. Usage: JsonWriter w(out); w.object(); w.key("a").value(1);
/// w.end_object();
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter& object() {
    separate();
    out_.push_back('{');
    comma_ = false;
    return *this;
  }
  JsonWriter& end_object() {
    out_.push_back('}');
    comma_ = true;
    return *this;
  }
  JsonWriter& array() {
    separate();
    out_.push_back('[');
    comma_ = false;
    return *this;
  }
  JsonWriter& end_array() {
    out_.push_back(']');
    comma_ = true;
    return *this;
  }
  JsonWriter& key(std::string_view k) {
    separate();
    append_json_string(out_, k);
    out_.push_back(':');
    comma_ = false;
    return *this;
  }
  JsonWriter& value(std::string_view v) {
    separate();
    append_json_string(out_, v);
    return done();
  }
  JsonWriter& value(const char* v) { return value(std::string_view(v)); }
  JsonWriter& value(const std::string& v) { return value(std::string_view(v)); }
  JsonWriter& value(std::int64_t v) {
    separate();
    append_json_number(out_, v);
    return done();
  }
  JsonWriter& value(int v) { return value(static_cast<std::int64_t>(v)); }
  JsonWriter& value(double v) {
    separate();
    append_json_number(out_, v);
    return done();
  }
  JsonWriter& value(bool v) {
    separate();
    out_ += v ? "true" : "false";
    return done();
  }
  JsonWriter& null() {
    separate();
    out_ += "null";
    return done();
  }
  /// A piece of JSON as it is.
  JsonWriter& raw(std::string_view json) {
    separate();
    out_ += json;
    return done();
  }

 private:
  void separate() {
    if (comma_) out_.push_back(',');
  }
  JsonWriter& done() {
    comma_ = true;
    return *this;
  }
  std::string& out_;
  bool comma_ = false;
};

}  // namespace podium
