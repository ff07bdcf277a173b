#include "podium/front_kit/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/escape.hpp"

namespace podium::front {
namespace {

constexpr std::size_t longest_cell = 300;  ///< characters that a cell shows; the title has all
/// Notebooks typeset what stands between dollars, which is nobody's formula here: names and values.
constexpr const char* no_math = "mathjax_ignore tex2jax_ignore";
constexpr DrawOptions drawn{120, false};  ///< as a terminal of 120 columns shows it, in UTC
constexpr DrawOptions whole{0, false};

std::string column_title(const Json& column) {
  const std::string title = column.value("title", "");
  return safe(title.empty() ? column.at("name").get<std::string>() : title);
}

/// What is shown of a long text: the ends differ more often than the middle.
std::string shortened(const std::string& text) {
  if (text.size() <= longest_cell) return text;
  const auto boundary = [&](std::size_t at) {
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    return at;
  };
  return text.substr(0, boundary(longest_cell / 2)) + "…" +
         text.substr(boundary(text.size() - longest_cell / 2));
}

/// `exact`: what is shown in short is whole as the cell's title.
std::string cell_html(const Json& value, const std::string& type, bool exact) {
  const std::string text = shown(value, type, drawn);
  const std::string brief = shortened(text);
  std::string title;
  if (exact && value.is_number_float()) title = shown(value, type, whole);
  if (brief.size() != text.size()) title = text;
  return fmt::format("<td{}>{}",
                     title.empty() || title == brief ? "" : " title=\"" + escaped(title) + "\"",
                     value.is_null() ? "" : escaped(brief));
}

/// Front ends have looks for tables of their own. End tags that HTML does without are left out: the
/// notebook keeps this text.
std::string rows_html(const Json& table, std::size_t most, bool exact) {
  std::string out = "<table><thead><tr>";
  std::vector<std::string> types;
  for (const Json& column : table.at("columns")) {
    types.push_back(column.at("type").get<std::string>());
    out += "<th>" + escaped(column_title(column));
  }
  out += "<tbody>";
  std::size_t shown = 0;
  for (const Json& row : table.at("rows")) {
    if (shown++ == most) break;
    out += "<tr>";
    for (std::size_t i = 0; i < row.size() && i < types.size(); ++i)
      out += cell_html(row[i], types[i], exact);
  }
  return out + "</table>";
}

std::string count_html(const Json& table, std::size_t most) {
  const std::size_t shown = std::min(table.at("rows").size(), most);
  const bool truncated = table.value("truncated", false);
  if (!truncated && shown == table.at("rows").size())
    return shown == 0 ? "<p>nothing</p>" : std::string();
  const std::string all = table.contains("of") ? table.at("of").dump()
                          : truncated          ? "more"
                                               : std::to_string(table.at("rows").size());
  return fmt::format("<p>{} of {} rows</p>", shown, all);
}

}  // namespace

std::string table_html(const Json& table, std::size_t most, const std::string& id) {
  const std::string mark =
      id.empty() ? std::string()
                 : fmt::format(" podium-snapshot-{0}\" data-podium-snapshot=\"{0}", escaped(id));
  return fmt::format("<div class=\"{}{}\">{}{}</div>", no_math, mark,
                     rows_html(table, most, id.empty()), count_html(table, most));
}

std::string details_html(const Json& details, std::size_t most) {
  std::string out = fmt::format("<div class=\"{}\"><table><tbody>", no_math);
  for (const auto& [name, value] : details.at("fields").items())
    out += "<tr><th>" + escaped(safe(name)) +
           cell_html(value, details.at("types").value(name, "text"), true);
  out += "</table>";
  for (const auto& [name, table] : details.at("sections").items()) {
    if (table.at("rows").empty()) continue;
    out += fmt::format(
        "<details{}><summary>{} ({})</summary>{}{}</details>",
        table.at("rows").size() <= 20 ? " open" : "", escaped(safe(name)),
        table.contains("of") ? table.at("of").dump() : std::to_string(table.at("rows").size()),
        rows_html(table, most, true), count_html(table, most));
  }
  return out + "</div>";
}

std::string progress_html(const Json& progress) {
  const double done = progress.value("done", 0.0), total = progress.value("total", 0.0);
  return fmt::format(
      "<div>{} {}: <progress value=\"{}\" max=\"{}\"></progress> {:.0f} of {:.0f}</div>",
      escaped(progress.value("job_kind", "job")), escaped(progress.value("state", "")), done,
      total > 0 ? total : 1, done, total);
}

}  // namespace podium::front
