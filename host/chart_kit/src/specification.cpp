#include "specification.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace podium::chart_kit {
namespace {

constexpr std::size_t most_beside = 14, most_below = 45;

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// `{"url":...}` or `{"values":...}`, as the text of one data source.
std::string source(const Frame& frame, const std::string& rows, const char* name) {
  std::string text = "{\"name\":\"";
  text += name;
  if (frame.data_url.empty())
    text += "\",\"values\":" + rows + "}";
  else
    text += "\",\"url\":" + dumped(frame.data_url) + ",\"format\":{\"type\":\"json\"}}";
  return text;
}

Chart placed(const Frame& frame, const char* type, std::string specification, std::string rows,
             AnswerTable table) {
  Chart chart;
  chart.figure.title = clean(frame.title);
  chart.figure.media_type = type;
  chart.figure.specification = std::move(specification);
  chart.figure.table = std::move(table);
  if (!frame.data_url.empty()) chart.rows = std::move(rows);
  return chart;
}

/// A specification whose member "data" is written before the others: rows are text already.
std::string with_data(const Json& specification, const std::string& data) {
  std::string text = "{\"data\":" + data;
  const std::string rest = dumped(specification);
  text += rest.size() > 2 ? "," : "";
  return text.append(rest, 1, rest.size() - 1);
}

/// Empty axes look like a mistake.
void say_when_empty(Json& specification, const std::string& rows) {
  if (rows != "[]") return;
  Json& title = specification["title"];
  if (title.is_null() || title.at("text").get_ref<const std::string&>().empty())
    title = {{"text", "Nothing to draw"}, {"anchor", "start"}};
  else
    title["subtitle"] = "nothing to draw";
}

}  // namespace

Json vega_lite(const Frame& frame) {
  Json spec = {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"},
               {"config",
                {{"axis", {{"labelLimit", 200}, {"titleLimit", frame.width}}},
                 {"axisX", {{"labelFlush", false}}},
                 {"legend", {{"labelLimit", 220}, {"titleLimit", 220}, {"symbolLimit", 0}}},
                 {"header", {{"labelLimit", 300}, {"labelFontWeight", "bold"}}},
                 {"view", {{"stroke", nullptr}}}}}};
  if (Json title = title_of(frame, frame.width); !title.is_null()) spec["title"] = std::move(title);
  return spec;
}

Json title_of(const Frame& frame, int width) {
  if (frame.title.empty() && frame.subtitle.empty()) return nullptr;
  Json title = {{"anchor", "start"}, {"limit", width}};
  if (frame.title.empty()) {  // below no title a subtitle would not be drawn
    title.update({{"text", clean(frame.subtitle)},
                  {"color", "#888888"},
                  {"fontSize", 11},
                  {"fontWeight", "normal"}});
    return title;
  }
  title["text"] = clean(frame.title);
  if (!frame.subtitle.empty()) {
    title["subtitle"] = clean(frame.subtitle);
    title["subtitleColor"] = "#888888";
  }
  return title;
}

Json channel(const char* field, const char* type, const std::string& title) {
  Json out = {{"field", field}, {"type", type}};
  if (title.empty())
    out["title"] = nullptr;
  else
    out["title"] = shortened(clean(title), 80);
  return out;
}

Json position(const char* field, const Axis& axis, bool zero) {
  Json out = channel(field, axis.time ? "temporal" : "quantitative", axis.title);
  Json scale = Json::object();
  if (axis.log)
    scale = {{"type", "log"}, {"nice", false}};
  else if (!axis.time)
    scale["zero"] = zero;
  const auto end = [&](const std::optional<double>& at) {
    return at && std::isfinite(*at) && (!axis.log || *at > 0);
  };
  if (end(axis.least)) scale["domainMin"] = *axis.least;
  if (end(axis.most)) scale["domainMax"] = *axis.most;
  // Ends that were said are ends: no rounder ones beyond them.
  if (end(axis.least) || end(axis.most)) scale["nice"] = false;
  if (!scale.empty()) out["scale"] = std::move(scale);
  // Decades rather than a line for each of their tenths.
  if (axis.log) out["axis"] = {{"tickCount", 6}, {"format", ".6~g"}};
  return out;
}

bool drawable(const Axis& axis, double value) {
  return std::isfinite(value) && (!axis.log || value > 0);
}

bool has_legend(std::size_t subjects) { return subjects > 1 && subjects <= most_below; }

std::string legend_note(std::size_t subjects, const char* what) {
  return subjects <= most_below
             ? std::string()
             : std::to_string(subjects) + " " + what + "; their names are in the tooltips";
}

Json colored(const char* field, const Names& names, const std::vector<std::size_t>& used,
             int width) {
  Json domain = Json::array(), range = Json::array();
  for (const std::size_t i : used) {
    domain.push_back(names.shown[i]);
    range.push_back(names.colors[i]);
  }
  Json out = channel(field, "nominal", "");
  out["scale"] = {{"domain", std::move(domain)}, {"range", std::move(range)}};
  out["legend"] = {{"symbolOpacity", 1}};
  if (!has_legend(used.size())) {
    out["legend"] = nullptr;
  } else if (used.size() > most_beside) {
    const int columns = std::max(1, width / 210);
    out["legend"].update({{"orient", "bottom"}, {"columns", columns}, {"labelLimit", 180}});
  }
  return out;
}

Json lookup(const Names& names, const std::vector<std::size_t>& used) {
  Json values = Json::array();
  for (const std::size_t i : used)
    values.push_back({{"s", i}, {"t", names.shown[i]}, {"f", names.full[i]}});
  return {{"lookup", "s"},
          {"from",
           {{"data", {{"name", "subjects"}, {"values", std::move(values)}}},
            {"key", "s"},
            {"fields", {"t", "f"}}}}};
}

Frame noted(Frame frame, const std::vector<std::string>& notes) {
  for (const std::string& note : notes) {
    if (note.empty()) continue;
    if (!frame.subtitle.empty()) frame.subtitle += "; ";
    frame.subtitle += note;
  }
  return frame;
}

Chart finish(const Frame& frame, Json specification, std::string rows, AnswerTable table) {
  say_when_empty(specification, rows);
  std::string text = with_data(specification, source(frame, rows, "rows"));
  return placed(frame, vega_lite_type, std::move(text), std::move(rows), std::move(table));
}

Chart finish_vega(const Frame& frame, Json specification, Json more_data, std::string rows,
                  AnswerTable table) {
  say_when_empty(specification, rows);
  std::string data = "[" + source(frame, rows, "source");
  for (const Json& set : more_data) data += "," + dumped(set);
  data += "]";
  std::string text = with_data(specification, data);
  return placed(frame, vega_type, std::move(text), std::move(rows), std::move(table));
}

AnswerTable table_of(std::vector<AnswerTable::Column> columns) {
  AnswerTable table;
  std::set<std::string> taken;
  for (auto& column : columns) {
    column.name = clean(column.name);
    while (!taken.insert(column.name).second) column.name += "'";
  }
  table.columns = std::move(columns);
  table.of = 0;
  return table;
}

void add_row(AnswerTable& table, const Frame& frame, std::vector<Value> cells) {
  ++*table.of;
  if (table.rows.size() < frame.table_rows)
    table.rows.push_back(std::move(cells));
  else
    table.truncated = true;
}

Value cell(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

}  // namespace podium::chart_kit
