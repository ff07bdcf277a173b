// Parallel coordinates in Vega: Vega-Lite has no axis of its own a dimension, and no brush on each.
#include <algorithm>
#include <cmath>

#include "dimension.hpp"
#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

constexpr int least_step = 84;           // pixels from axis to axis
constexpr std::size_t most_groups = 20;  // in the legend
constexpr int missing_at = 24;           // below the axis: where lines without a value pass

std::string n(std::size_t i) { return std::to_string(i); }

bool drawn(const Parallel::Line& line, std::size_t i) {
  if (i >= line.values.values.size() ||
      std::holds_alternative<std::monostate>(line.values.values[i]))
    return false;
  Axis axis;
  axis.log = line.log;
  return !line.values.numeric() || drawable(axis, *line.values.numbers[i]);
}

/// A scale of one axis, from its bottom to its top.
Json scale_of(const Parallel::Line& line, std::size_t k, std::size_t subjects, int height) {
  Json scale = {{"name", "s" + n(k)}, {"range", {height, 0}}};
  if (!line.values.numeric()) {
    scale["type"] = "point";
    scale["padding"] = 0.5;
    scale["domain"] = texts_of(line.values);
    return scale;
  }
  double least = NAN, most = NAN;
  for (std::size_t i = 0; i < subjects; ++i) {
    if (!drawn(line, i)) continue;
    const double v = *line.values.numbers[i];
    if (std::isnan(least) || v < least) least = v;
    if (std::isnan(most) || v > most) most = v;
  }
  if (std::isnan(least)) least = 1, most = 10;
  if (least == most) {  // in the middle
    const double half = line.log ? 0 : std::max(std::abs(least) / 2, 0.5);
    const double times = line.log ? 2 : 1;
    least = least / times - half;
    most = most * times + half;
    if (!std::isfinite(least) || !std::isfinite(most)) least = -1, most = 1;
  }
  scale["type"] = line.log ? "log" : "linear";
  if (!line.log) scale["zero"] = false;
  scale["domain"] = {least, most};
  return scale;
}

Json axis_of(const Parallel::Line& line, std::size_t k) {
  Json axis = {{"orient", "left"},
               {"scale", "s" + n(k)},
               {"zindex", 1},
               {"labelLimit", least_step - 14},
               {"labelOverlap", "greedy"},
               {"tickCount", 6},
               {"grid", false},
               {"offset", {{"signal", "-scale('x'," + n(k) + ")"}}}};
  if (line.values.numeric()) axis["format"] = ".6~g";
  return axis;
}

/// Drag along an axis to brush it, click on it to clear.
Json brush_of(const Parallel::Line& line, std::size_t k) {
  const std::string b = "b" + n(k), name = "@brush" + n(k);
  const std::string lowest = "height+" + std::to_string(missing_at + 8);
  Json signal = {{"name", b}};
  if (line.brush && line.values.numeric() && std::isfinite(line.brush->first) &&
      std::isfinite(line.brush->second)) {
    const auto end = [&](double at) { return "scale('s" + n(k) + "'," + shown(at) + ")"; };
    signal["update"] = "[" + end(line.brush->first) + "," + end(line.brush->second) + "]";
  } else {
    signal["value"] = nullptr;
  }
  signal["on"] =
      Json::array({{{"events", name + ":mousedown"}, {"update", "[y(),y()]"}},
                   {{"events", "[" + name + ":mousedown, window:mouseup] > window:mousemove!"},
                    {"update", "[" + b + "[0],clamp(y(),-8," + lowest + ")]"}},
                   {{"events", name + ":mouseup"},
                    {"update", b + "&&abs(" + b + "[0]-" + b + "[1])<3?null:" + b}}});
  return signal;
}

Json transforms(const Parallel& p) {
  Json out = Json::array();
  std::string path, on;
  for (std::size_t k = 0; k < p.axes.size(); ++k) {
    const std::string a = "datum.a" + n(k), y = "datum.y" + n(k), b = "b" + n(k);
    out.push_back({{"type", "formula"},
                   {"as", "y" + n(k)},
                   {"expr", "isValid(" + a + ")?scale('s" + n(k) + "'," + a + "):height+" +
                                std::to_string(missing_at)}});
    path += (k == 0 ? "'M'+" : "+'L'+") + ("scale('x'," + n(k) + ")+','+" + y);
    on += (k == 0 ? "" : "&&") + ("(!" + b + "||inrange(" + y + ",[min(" + b + "[0]," + b +
                                  "[1]),max(" + b + "[0]," + b + "[1])]))");
  }
  out.push_back({{"type", "formula"}, {"as", "path"}, {"expr", path.empty() ? "''" : path}});
  out.push_back({{"type", "formula"}, {"as", "on"}, {"expr", on.empty() ? "true" : on}});
  return out;
}

Json line_marks(const Parallel& p, const std::optional<std::size_t>& colored_by) {
  Json stroke = {{"field", "c"}};
  if (colored_by) stroke = {{"scale", "color"}, {"field", "a" + n(*colored_by)}};
  Json strokes = Json::array({{{"test", "!datum.on"}, {"value", "#b0b0b0"}}});
  if (colored_by)
    strokes.push_back({{"test", "!isValid(datum.a" + n(*colored_by) + ")"}, {"value", "#b0b0b0"}});
  strokes.push_back(std::move(stroke));
  const std::size_t lines = p.subjects.size();
  const double usual = lines > 1000 ? 0.15 : lines > 200 ? 0.3 : 0.65;
  return {{"type", "path"},
          {"name", "line"},
          {"from", {{"data", "lines"}}},
          {"sort", {{"field", "datum.on"}}},
          {"encode",
           {{"enter", {{"tooltip", {{"field", "f"}}}, {"fill", {{"value", "transparent"}}}}},
            {"update",
             {{"path", {{"field", "path"}}},
              {"stroke", std::move(strokes)},
              {"strokeWidth",
               Json::array({{{"test", "hover===datum.i"}, {"value", 3}}, {{"value", 1.2}}})},
              {"strokeOpacity", Json::array({{{"test", "hover===datum.i"}, {"value", 1}},
                                             {{"test", "!datum.on"}, {"value", 0.1}},
                                             {{"test", "hover!==null"}, {"value", 0.2}},
                                             {{"value", usual}}})}}}}}};
}

/// The values of the line that is pointed at, beside its axes.
Json value_marks(const Parallel& p) {
  Json out = Json::array();
  for (std::size_t k = 0; k < p.axes.size(); ++k) {
    const std::string a = "datum.a" + n(k);
    const std::string text = p.axes[k].values.numeric() ? "format(" + a + ",'.6~g')" : a;
    out.push_back({{"type", "text"},
                   {"from", {{"data", "pointed"}}},
                   {"interactive", false},
                   {"style", "guide-title"},
                   {"encode",
                    {{"update",
                      {{"x", {{"scale", "x"}, {"value", k}, {"offset", 6}}},
                       {"y", {{"field", "y" + n(k)}, {"offset", -6}}},
                       {"limit", {{"value", least_step - 10}}},
                       {"text", {{"signal", "isValid(" + a + ")?" + text + ":''"}}}}}}}});
  }
  return out;
}

Json brush_marks(std::size_t k) {
  const std::string b = "b" + n(k);
  const Json x = {{"scale", "x"}, {"value", k}, {"offset", -9}};
  Json ground = {
      {"type", "rect"},
      {"name", "brush" + n(k)},
      {"encode",
       {{"enter", {{"fill", {{"value", "transparent"}}}, {"cursor", {{"value", "ns-resize"}}}}},
        {"update",
         {{"x", x},
          {"width", {{"value", 18}}},
          {"y", {{"value", -8}}},
          {"height", {{"signal", "height+" + std::to_string(missing_at + 16)}}}}}}}};
  Json shown = {{"type", "rect"},
                {"interactive", false},
                {"encode",
                 {{"update",
                   {{"x", x},
                    {"width", {{"value", 18}}},
                    {"y", {{"signal", b + "?" + b + "[0]:0"}}},
                    {"y2", {{"signal", b + "?" + b + "[1]:0"}}},
                    {"fill", {{"value", "#4c78a8"}}},
                    {"fillOpacity", {{"signal", b + "?0.25:0"}}},
                    {"stroke", {{"value", "#4c78a8"}}},
                    {"strokeOpacity", {{"signal", b + "?0.8:0"}}}}}}}};
  return Json::array({std::move(ground), std::move(shown)});
}

/// A legend of groups, as far as they can be told apart.
void add_groups(const Dimension& groups, std::size_t subjects, Json& spec, Json& scales) {
  const std::vector<std::string> texts = groups_of(groups, subjects);
  if (texts.empty() || texts.size() > most_groups) return;
  Json range = Json::array();
  for (const std::string& text : texts) range.push_back(color_of(text));
  scales.push_back(
      {{"name", "groups"}, {"type", "ordinal"}, {"domain", texts}, {"range", std::move(range)}});
  spec["legends"] = Json::array({{{"stroke", "groups"},
                                  {"type", "symbol"},
                                  {"symbolType", "stroke"},
                                  {"title", shortened(clean(groups.name), 24)},
                                  {"titleLimit", 160},
                                  {"labelLimit", 160},
                                  {"offset", 24}}});
}

struct Content {
  std::string rows;
  AnswerTable table;
  std::vector<bool> missing;  ///< an axis each
};

Content content_of(const Parallel& p, const Names& names) {
  Content out;
  std::vector<AnswerTable::Column> columns = {{"name"}};
  for (const auto& axis : p.axes) columns.push_back({axis.values.name, type_of(axis.values)});
  if (p.groups) columns.push_back({p.groups->name, type_of(*p.groups)});
  out.table = table_of(std::move(columns));
  out.missing.assign(p.axes.size(), false);
  Rows rows;
  std::vector<std::string> fields;
  for (std::size_t k = 0; k < p.axes.size(); ++k) fields.push_back("a" + n(k));
  for (std::size_t i = 0; i < p.subjects.size(); ++i) {
    std::vector<Value> cells = {names.full[i]};
    rows.row().number("i", static_cast<double>(i)).text("f", names.full[i]);
    rows.text("c", p.groups ? color_of(group_of(*p.groups, i)) : names.colors[i]);
    for (std::size_t k = 0; k < p.axes.size(); ++k) {
      const auto& axis = p.axes[k];
      cells.push_back(cell_of(axis.values, i));
      if (!drawn(axis, i)) {
        out.missing[k] = true;
        rows.number(fields[k].c_str(), std::optional<double>());
      } else if (axis.values.numeric()) {
        rows.number(fields[k].c_str(), axis.values.numbers[i]);
      } else {
        rows.text(fields[k].c_str(), shortened(shown(axis.values.values[i])));
      }
    }
    if (p.groups) cells.push_back(cell_of(*p.groups, i));
    add_row(out.table, p.frame, std::move(cells));
  }
  out.rows = rows.take();
  return out;
}

}  // namespace

Chart draw(const Parallel& p) {
  const Names names = names_of(p.subjects);
  Content content = content_of(p, names);
  const int width = std::max(
      p.frame.width, least_step * static_cast<int>(std::max<std::size_t>(p.axes.size(), 2) - 1));
  const int height = p.frame.height;
  std::optional<std::size_t> colored_by;
  for (std::size_t k = 0; k < p.axes.size(); ++k)
    if (!p.color.empty() && p.axes[k].values.name == p.color && p.axes[k].values.numeric())
      colored_by = k;

  Json places = Json::array(), axes = Json::array(), scales = Json::array();
  Json titles = Json::array();
  Json signals =
      Json::array({{{"name", "hover"},
                    {"value", nullptr},
                    {"on", Json::array({{{"events", "@line:mouseover"}, {"update", "datum.i"}},
                                        {{"events", "@line:mouseout"}, {"update", "null"}}})}}});
  for (std::size_t k = 0; k < p.axes.size(); ++k) {
    places.push_back(k);
    scales.push_back(scale_of(p.axes[k], k, p.subjects.size(), height));
    axes.push_back(axis_of(p.axes[k], k));
    signals.push_back(brush_of(p.axes[k], k));
    titles.push_back({{"k", k},
                      {"title", shortened(clean(p.axes[k].values.name), 40)},
                      {"missing", static_cast<bool>(content.missing[k])}});
  }
  Json x = {{"name", "x"}, {"type", "point"}, {"domain", places}, {"range", {0, width}}};
  scales.insert(scales.begin(), std::move(x));

  const Json at = {{"scale", "x"}, {"field", "k"}};
  // Names stand above their axes in turn, one row and the other, where they would meet.
  const bool two_rows = p.axes.size() > 1 && width / static_cast<int>(p.axes.size() - 1) < 150;
  Json marks = Json::array();
  marks.push_back(
      {{"type", "text"},
       {"from", {{"data", "axes"}}},
       {"style", "guide-title"},
       {"encode",
        {{"update",
          {{"x", at},
           {"y", {{"signal", two_rows ? "datum.k % 2 ? -14 : -30" : "-14"}}},
           {"align", {{"value", "center"}}},
           {"limit",
            {{"value", width / static_cast<int>(std::max<std::size_t>(p.axes.size(), 2) - 1) *
                               (two_rows ? 2 : 1) -
                           10}}},
           {"text", {{"field", "title"}}}}}}}});
  marks.push_back({{"type", "text"},
                   {"from", {{"data", "axes"}}},
                   {"style", "guide-label"},
                   {"encode",
                    {{"update",
                      {{"x", at},
                       {"y", {{"signal", "height+" + std::to_string(missing_at)}}},
                       {"dx", {{"value", -6}}},
                       {"align", {{"value", "right"}}},
                       {"baseline", {{"value", "middle"}}},
                       {"opacity", {{"signal", "datum.missing ? 1 : 0"}}},
                       {"text", {{"value", "none"}}}}}}}});
  marks.push_back(line_marks(p, colored_by));
  for (std::size_t k = 0; k < p.axes.size(); ++k)
    for (Json& mark : brush_marks(k)) marks.push_back(std::move(mark));
  for (Json& mark : value_marks(p)) marks.push_back(std::move(mark));

  Json spec = {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
               {"width", width},
               {"height", height},
               {"padding", 8},
               {"autosize", "pad"}};
  if (Json title = title_of(p.frame, width); !title.is_null()) {
    title["offset"] = 12;
    spec["title"] = std::move(title);
  }
  if (p.groups && !colored_by) add_groups(*p.groups, p.subjects.size(), spec, scales);
  if (colored_by) {
    const Json of = scales[*colored_by + 1];
    scales.push_back({{"name", "color"},
                      {"type", of["type"]},
                      {"domain", of["domain"]},
                      {"range", {{"scheme", "viridis"}}}});
    if (of["type"] == "linear") scales.back()["zero"] = false;
    spec["legends"] = Json::array({{{"stroke", "color"},
                                    {"type", "gradient"},
                                    {"title", shortened(clean(p.color), 24)},
                                    {"titleLimit", 160},
                                    {"offset", 24},
                                    {"gradientLength", std::min(height, 200)}}});
  }
  spec["signals"] = std::move(signals);
  spec["scales"] = std::move(scales);
  spec["axes"] = std::move(axes);
  spec["marks"] = std::move(marks);
  Json data = Json::array();
  data.push_back({{"name", "axes"}, {"values", std::move(titles)}});
  data.push_back({{"name", "lines"}, {"source", "source"}, {"transform", transforms(p)}});
  data.push_back({{"name", "pointed"},
                  {"source", "lines"},
                  {"transform", Json::array({{{"type", "filter"}, {"expr", "hover===datum.i"}}})}});
  return finish_vega(p.frame, std::move(spec), std::move(data), std::move(content.rows),
                     std::move(content.table));
}

}  // namespace podium::chart_kit
