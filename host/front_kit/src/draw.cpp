#include "podium/front_kit/draw.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <vector>

namespace podium::front {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t narrowest = 6;  // that a column is cut to

/// The next character of valid UTF-8.
utf8proc_int32_t next(std::string_view& text) {
  utf8proc_int32_t c = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &c);
  text.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 1);
  return size > 0 ? c : 0xfffd;
}

/// Cut to `width` columns, with an ellipsis.
std::string cut(const std::string& text, std::size_t width) {
  if (width_of(text) <= width) return text;
  std::string_view rest = text;
  std::size_t used = 0;
  while (!rest.empty()) {
    std::string_view behind = rest;
    const int w = utf8proc_charwidth(next(behind));
    if (used + static_cast<std::size_t>(std::max(w, 0)) + 1 > width) break;
    used += static_cast<std::size_t>(std::max(w, 0));
    rest = behind;
  }
  return text.substr(0, text.size() - rest.size()) + "…";
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t w = width_of(text);
  const std::string blanks(width > w ? width - w : 0, ' ');
  return right ? blanks + text : text + blanks;
}

bool is_number(std::string_view type) {
  return type == "integer" || type == "real" || type == "duration" || type == "bytes";
}

std::string time_text(std::int64_t milliseconds, const DrawOptions& options) {
  const std::time_t seconds = static_cast<std::time_t>(
      milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000);
  std::tm parts{};
  if (options.local_time ? !localtime_r(&seconds, &parts) : !gmtime_r(&seconds, &parts))
    return std::to_string(milliseconds);
  char text[64];
  const std::size_t n =
      std::strftime(text, sizeof text, options.local_time ? "%F %T" : "%FT%TZ", &parts);
  return std::string(text, n);
}

std::string duration_text(std::int64_t milliseconds) {
  const std::int64_t s = milliseconds / 1000;
  if (milliseconds < 10'000)
    return fmt::format("{:.1f}s", static_cast<double>(milliseconds) / 1000);
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m {:02}s", s / 60, s % 60);
  if (s < 86'400) return fmt::format("{}h {:02}m", s / 3600, s / 60 % 60);
  return fmt::format("{}d {:02}h", s / 86'400, s / 3600 % 24);
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < std::size(units)) size /= 1024, ++unit;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, units[unit]);
}

/// Lines of cells, aligned. The widest columns give way first.
std::string draw(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right,
                 std::size_t width) {
  std::vector<std::size_t> widths(right.size(), 0);
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));
  if (width > 0) {
    const auto total = [&] {
      std::size_t sum = widths.empty() ? 0 : 2 * (widths.size() - 1);
      for (const std::size_t w : widths) sum += w;
      return sum;
    };
    while (total() > width) {
      const auto widest = std::max_element(widths.begin(), widths.end());
      if (widest == widths.end() || *widest <= narrowest) break;
      *widest -= std::min(total() - width, std::max<std::size_t>((*widest - narrowest) / 4, 1));
    }
  }
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i > 0) text += "  ";
      const std::string cell = width > 0 ? cut(line[i], widths[i]) : line[i];
      text += i + 1 == line.size() && !right[i] ? cell : padded(cell, widths[i], right[i]);
    }
    out += text + '\n';
  }
  return out;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty())
    width += static_cast<std::size_t>(std::max(utf8proc_charwidth(next(text)), 0));
  return width;
}

std::string safe(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const utf8proc_int32_t c = next(text);
    const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    // Marks that turn the direction of what follows.
    const bool turns = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (control)
      out += fmt::format("\\x{:02x}", c);
    else if (turns)
      out += fmt::format("\\u{:04x}", c);
    else
      out += before.substr(0, before.size() - text.size());
  }
  return out;
}

std::string shown(const Json& value, std::string_view type, const DrawOptions& options) {
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return safe(value.get_ref<const std::string&>());
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (type == "time") return time_text(number, options);
    if (type == "duration") return duration_text(number);
    if (type == "bytes") return bytes_text(number);
    return std::to_string(number);
  }
  if (value.is_number()) {
    // A pipe gets the whole number, people the part that they read.
    const auto number = value.get<double>();
    return options.width == 0 ? fmt::format("{}", number) : fmt::format("{:.6g}", number);
  }
  return safe(value.dump());
}

std::string draw_table(const Json& table, const DrawOptions& options) {
  std::vector<std::vector<std::string>> lines(1);
  std::vector<bool> right;
  std::vector<std::string> types;
  for (const Json& c : table.at("columns")) {
    const std::string title = c.value("title", std::string());
    lines[0].push_back(safe(title.empty() ? c.at("name").get<std::string>() : title));
    types.push_back(c.at("type").get<std::string>());
    right.push_back(is_number(types.back()));
  }
  for (const Json& row : table.at("rows")) {
    auto& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) line.push_back(shown(row[i], types[i], options));
  }
  return draw(lines, right, options.width);
}

std::string draw_details(const Json& details, const DrawOptions& options) {
  std::vector<std::vector<std::string>> lines;
  for (const auto& [name, value] : details.at("fields").items())
    lines.push_back(
        {safe(name), shown(value, details.at("types").at(name).get<std::string>(), options)});
  std::string out = draw(lines, {false, false}, options.width);
  for (const auto& [name, table] : details.at("sections").items()) {
    out += '\n' + safe(name) + '\n';
    out += draw_table(table, options);
    if (table.at("truncated").get<bool>())
      out += fmt::format("({} of {})\n", table.at("rows").size(),
                         table.contains("of") ? table.at("of").dump() : "more");
  }
  return out;
}

std::string draw_chart(const Json& chart, const DrawOptions& options) {
  std::vector<std::vector<std::string>> lines = {
      {"task", "metric", "points", "first", "last", "min", "max", ""}};
  const auto real = [&](const Json& v) { return shown(v, "real", options); };
  for (const Json& s : chart.at("series")) {
    const Json& points = s.at("points");
    const auto value = [](const Json& p) {
      return p[2].is_number() ? p[2].get<double>() : std::nan("");
    };
    double least = std::nan(""), greatest = std::nan("");
    for (const Json& p : points) {
      least = std::fmin(least, value(p));
      greatest = std::fmax(greatest, value(p));
    }
    std::string metric = safe(s.at("metric").get<std::string>());
    if (s.contains("scope")) metric += "@" + safe(s.at("scope").get<std::string>());
    std::string task = safe(s.value("label", std::string()));
    if (task.empty()) task = safe(s.value("task", std::string()));
    lines.push_back(
        {task, metric, s.at("of").dump(), points.empty() ? "-" : real(points.front()[2]),
         points.empty() ? "-" : real(points.back()[2]), points.empty() ? "-" : real(least),
         points.empty() ? "-" : real(greatest), s.at("sparkline").get<std::string>()});
  }
  return draw(lines, {false, false, true, true, true, true, true, false}, options.width);
}

namespace {

std::string csv_cell(const Json& value, std::string_view type) {
  if (value.is_null()) return {};
  if (!value.is_string())
    return value.is_number_float() ? fmt::format("{}", value.get<double>()) : value.dump();
  std::string text = value.get<std::string>();
  const bool number =
      type == "real" && (text == "NaN" || text == "Infinity" || text == "-Infinity");
  if (!number && !text.empty() &&
      std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos)
    text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

/// The rows of an answer: a figure's stand in it.
const Json& table_in(const Json& answer) {
  return answer.at("kind") == "figure" ? answer.at("table") : answer;
}

std::string csv_line(const std::vector<std::string>& cells) {
  return fmt::format("{}\r\n", fmt::join(cells, ","));
}

}  // namespace

std::string csv_of(const Json& answer) {
  std::string out;
  std::vector<std::string> cells;
  if (answer.at("kind") == "chart") {
    out = csv_line({"task", "metric", "scope", "step", "time", "value"});
    for (const Json& s : answer.at("series"))
      for (const Json& p : s.at("points"))
        out += csv_line({csv_cell(s.value("task", ""), "id"), csv_cell(s.at("metric"), "text"),
                         csv_cell(s.value("scope", ""), "text"), p[0].dump(), p[1].dump(),
                         csv_cell(p[2], "real")});
    return out;
  }
  const Json& table = table_in(answer);
  for (const Json& c : table.at("columns")) cells.push_back(csv_cell(c.at("name"), "text"));
  out = csv_line(cells);
  for (const Json& row : table.at("rows")) {
    cells.clear();
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.push_back(csv_cell(row[i], table.at("columns")[i].at("type").get<std::string>()));
    out += csv_line(cells);
  }
  return out;
}

std::string jsonl_of(const Json& answer) {
  if (answer.at("kind") != "table" && answer.at("kind") != "figure") return answer.dump() + '\n';
  const Json& table = table_in(answer);
  std::string out;
  for (const Json& row : table.at("rows")) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i)
      object[table.at("columns")[i].at("name").get<std::string>()] = row[i];
    out += object.dump() + '\n';
  }
  return out;
}

}  // namespace podium::front
