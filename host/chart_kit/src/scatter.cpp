// A point a task.
#include <algorithm>
#include <cmath>

#include "dimension.hpp"
#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {

bool Dimension::numeric() const {
  bool any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::holds_alternative<std::monostate>(values[i])) continue;
    if (i >= numbers.size() || !numbers[i]) return false;
    any = true;
  }
  return any;
}

std::vector<std::string> texts_of(const Dimension& dimension) {
  std::vector<std::string> out;
  for (const Value& value : dimension.values)
    if (std::string text = shortened(shown(value)); !std::holds_alternative<std::monostate>(value))
      if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  const bool numbers = dimension.numeric();
  std::sort(out.begin(), out.end(), [&](const std::string& a, const std::string& b) {
    return numbers ? std::strtod(a.c_str(), nullptr) < std::strtod(b.c_str(), nullptr) : a < b;
  });
  return out;
}

std::vector<std::string> groups_of(const Dimension& dimension, std::size_t subjects) {
  std::vector<std::string> out = texts_of(dimension);
  const auto missing = [](const Value& v) { return std::holds_alternative<std::monostate>(v); };
  const std::string none = shown(Value());
  if ((dimension.values.size() < subjects ||
       std::any_of(dimension.values.begin(), dimension.values.end(), missing)) &&
      std::find(out.begin(), out.end(), none) == out.end())
    out.push_back(none);
  return out;
}

namespace {

/// A position: of numbers on the axis, of texts by name.
Json placed(const char* field, const Dimension& dimension, Axis axis) {
  if (axis.title.empty()) axis.title = dimension.name;
  if (dimension.numeric()) return position(field, axis);
  Json out = channel(field, "nominal", axis.title);
  out["sort"] = texts_of(dimension);
  out["axis"] = {{"labelLimit", 140}};
  if (*field == 'x') {
    const auto texts = texts_of(dimension);
    const bool few = texts.size() <= 5 && std::all_of(texts.begin(), texts.end(),
                                                      [](auto& text) { return text.size() <= 18; });
    out["axis"]["labelAngle"] = few ? 0 : -35;
  }
  return out;
}

/// False when the value cannot be drawn.
bool put(Rows& rows, const char* field, const Dimension& dimension, const Axis& axis,
         std::size_t i) {
  if (dimension.numeric()) {
    rows.number(field, *dimension.numbers[i]);
    return drawable(axis, *dimension.numbers[i]);
  }
  rows.text(field, shortened(shown(dimension.values[i])));
  return true;
}

bool there(const Dimension& dimension, const Axis& axis, std::size_t i) {
  if (i >= dimension.values.size() || std::holds_alternative<std::monostate>(dimension.values[i]))
    return false;
  return !dimension.numeric() || drawable(axis, *dimension.numbers[i]);
}

}  // namespace

Chart draw(const Scatter& s) {
  const Names names = names_of(s.subjects);
  const Axis plain;
  const bool shaded = s.color && s.color->numeric();
  AnswerTable table = [&] {
    std::vector<AnswerTable::Column> columns = {
        {"name"}, {s.across.name, type_of(s.across)}, {s.up.name, type_of(s.up)}};
    if (s.color) columns.push_back({s.color->name, type_of(*s.color)});
    return table_of(std::move(columns));
  }();
  Rows rows;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < s.subjects.size(); ++i) {
    std::vector<Value> cells = {names.full[i], cell_of(s.across, i), cell_of(s.up, i)};
    if (s.color) cells.push_back(cell_of(*s.color, i));
    add_row(table, s.frame, std::move(cells));
    if (!there(s.across, s.x, i) || !there(s.up, s.y, i)) {
      ++left_out;
      continue;
    }
    rows.row().text("f", names.full[i]);
    put(rows, "x", s.across, s.x, i);
    put(rows, "y", s.up, s.y, i);
    if (!s.color)
      rows.text("c", names.colors[i]);
    else if (shaded && there(*s.color, plain, i))
      rows.number("g", *s.color->numbers[i]);
    else if (!shaded)
      rows.text("g", group_of(*s.color, i));
  }
  Frame frame = s.frame;
  if (left_out > 0)
    frame = noted(frame, {std::to_string(left_out) + (left_out == 1 ? " task is" : " tasks are") +
                          " without a value to draw"});
  Json spec = vega_lite(frame);
  spec["width"] = frame.width;
  spec["height"] = frame.height;
  spec["mark"] = {{"type", "point"},
                  {"filled", true},
                  {"size", s.subjects.size() > 500 ? 24 : 50},
                  {"opacity", s.subjects.size() > 200 ? 0.55 : 0.8}};
  const Json x = placed("x", s.across, s.x), y = placed("y", s.up, s.y);
  Json color = {{"field", "c"}, {"type", "nominal"}, {"scale", nullptr}, {"legend", nullptr}};
  Json tips = Json::array({channel("f", "nominal", "name")});
  for (const Json* axis : {&x, &y})
    tips.push_back(
        {{"field", (*axis)["field"]}, {"type", (*axis)["type"]}, {"title", (*axis)["title"]}});
  if (s.color) {
    color = channel("g", shaded ? "quantitative" : "nominal", s.color->name);
    if (shaded) {
      color["scale"] = {{"scheme", "viridis"}};
    } else {
      const auto groups = groups_of(*s.color, s.subjects.size());
      color["scale"] = {{"range", Json::array()}, {"domain", groups}};
      for (const std::string& group : groups) color["scale"]["range"].push_back(color_of(group));
      if (groups.size() > 20) color["legend"] = nullptr;
    }
    tips.push_back(channel("g", shaded ? "quantitative" : "nominal", s.color->name));
  }
  spec["encoding"] = {{"x", x}, {"y", y}, {"color", color}, {"tooltip", tips}};
  return finish(frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
