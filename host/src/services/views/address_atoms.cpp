#include "services/views/address_atoms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "http/percent.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/text.hpp"
#include "query/podium_vocabulary.hpp"
#include "query/statistics.hpp"

namespace podium::host {
namespace {

constexpr std::pair<std::string_view, std::string_view> prefixes[] = {
    {"p", "params"}, {"m", "metrics"}, {"t", "tags"}, {"x", "properties"}};

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void append_escape(std::string& out, char c) {
  constexpr char hex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += hex[byte >> 4];
  out += hex[byte & 15];
}

std::optional<Value> special(std::string_view text) {
  if (text == "null") return Value{};
  if (text == "true") return Value{true};
  if (text == "false") return Value{false};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return Value{std::numeric_limits<double>::quiet_NaN()};
  if (text == "Infinity") return Value{infinity};
  if (text == "-Infinity") return Value{-infinity};
  const char* end = text.data() + text.size();
  std::int64_t integer = 0;
  if (const auto r = std::from_chars(text.data(), end, integer);
      r.ec == std::errc() && r.ptr == end)
    return Value{integer};
  double number = 0;
  if (const auto r = std::from_chars(text.data(), end, number);
      r.ec == std::errc() && r.ptr == end && std::isfinite(number))
    return Value{number};
  return std::nullopt;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name != "n" &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

std::string unknown_name(const std::string& name) { return "n:" + encode_atom(name); }

}  // namespace

std::string encode_atom(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool inside = i > 0 && i + 1 < text.size();
    const bool plain = is_alnum(c) || c == '_' || (c == '-' && i > 0) ||
                       (c == '.' && inside && is_alnum(text[i - 1]) && is_alnum(text[i + 1]));
    if (plain)
      out += c;
    else
      append_escape(out, c);
  }
  return out;
}

std::optional<std::string> decode_atom(std::string_view raw) {
  auto out = percent_decode(raw, true);
  if (out && !kit::valid_text(*out)) return std::nullopt;
  return out;
}

namespace address {

std::string free_text(std::string_view text) {
  constexpr std::string_view readable = "-_.~:,()*/!";
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || readable.find(c) != std::string_view::npos)
      out += c;
    else
      append_escape(out, c);
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = std::min(text.find(by), text.size());
    out.push_back(text.substr(0, end));
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

std::string value_atom(const Value& v) {
  if (const auto* text = std::get_if<std::string>(&v)) {
    const bool ambiguous = text->empty() || text->front() == '\'' || special(*text);
    return ambiguous ? encode_atom("'" + *text) : encode_atom(*text);
  }
  if (const auto* flag = std::get_if<bool>(&v)) return *flag ? "true" : "false";
  std::string number;
  if (const auto* integer = std::get_if<std::int64_t>(&v)) {
    append_json_number(number, *integer);
  } else if (const auto* real = std::get_if<double>(&v)) {
    append_json_number(number, *real);
    std::erase(number, '"');  // NaN and the infinities
  } else {
    return "null";
  }
  std::string out;
  for (const char c : number) {
    if (c == '+')
      append_escape(out, c);
    else
      out += c;
  }
  return out;
}

std::optional<Value> value_of_atom(std::string_view raw) {
  auto text = decode_atom(raw);
  if (!text) return std::nullopt;
  if (auto known = special(*text)) return known;
  if (!text->empty() && text->front() == '\'') text->erase(0, 1);
  return Value{std::move(*text)};
}

std::string word_atom(const std::optional<std::string>& word) {
  if (!word) return "null";
  const bool ambiguous = word->empty() || word->front() == '\'' || *word == "null";
  return ambiguous ? encode_atom("'" + *word) : encode_atom(*word);
}

std::optional<std::optional<std::string>> word_of_atom(std::string_view raw) {
  auto text = decode_atom(raw);
  if (!text) return std::nullopt;
  if (*text == "null") return std::optional<std::string>();
  if (!text->empty() && text->front() == '\'') text->erase(0, 1);
  return text;
}

std::string name_atoms(const std::string& name, const Table& table) {
  try {
    const TableColumn column = table.column(name);
    const Path& path = column.column.path;
    if (column.column.kind == Column::Kind::value &&
        (path.kind == Path::Kind::map || path.kind == Path::Kind::series)) {
      std::string prefix = path.name;
      for (const auto& [letter, whole] : prefixes)
        if (whole == path.name) prefix = letter;
      std::string out = prefix + ":" + encode_atom(path.key);
      if (path.kind == Path::Kind::map) return out;
      if (path.statistic == Statistic::last && path.scope.empty()) return out;
      for (const auto& [word, statistic] : query::statistics)
        if (statistic == path.statistic) out += fmt::format(":{}", word);
      return path.scope.empty() ? out : out + ":" + encode_atom(path.scope);
    }
    if (is_plain_name(name)) return name;
  } catch (const Error&) {  // kept as it is
  }
  return unknown_name(name);
}

std::optional<std::string> name_of_atoms(std::string_view raw, const Table& table) {
  const auto parts = split(raw, ':');
  std::vector<std::string> texts;
  for (const std::string_view part : parts) {
    auto text = decode_atom(part);
    if (!text || text->empty()) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  if (texts.size() == 1) return is_plain_name(texts[0]) ? std::optional(texts[0]) : std::nullopt;
  if (texts[0] == "n" && texts.size() == 2) return texts[1];
  std::string name = texts[0];
  for (const auto& [letter, whole] : prefixes)
    if (letter == texts[0]) name = whole;
  const Collection& c = table.words().collection();
  const bool map =
      std::any_of(c.maps.begin(), c.maps.end(), [&](const Map& m) { return m.name == name; });
  const bool series = std::any_of(c.series.begin(), c.series.end(),
                                  [&](const Series& s) { return s.name == name; });
  if (map && texts.size() == 2) return print(OrderKey{entry(name, texts[1])}, table.words());
  if (!series || texts.size() > 4) return std::nullopt;
  Statistic statistic = Statistic::last;
  if (texts.size() > 2) {
    const auto known = query::statistic_of(texts[2]);
    if (!known) return std::nullopt;
    statistic = *known;
  }
  return print(OrderKey{podium::series(name, texts[1], statistic,
                                       texts.size() > 3 ? texts[3] : std::string())},
               table.words());
}

}  // namespace address
}  // namespace podium::host
