#include "podium/front_kit/vegalite.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "podium/front_kit/chart_data.hpp"
#include "podium/front_kit/draw.hpp"

namespace podium::front {
namespace {

constexpr int width = 600, height = 320;

/// Six digits are more than a screen shows, and a third of the bytes of all.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double power = std::pow(10, 6 - std::ceil(std::log10(std::abs(value))));
  return std::isfinite(power) && power != 0 ? std::round(value * power) / power : value;
}

Json base(Json values) {
  return {{"$schema", "https://vega.github.io/schema/vega-lite/v5.json"},
          {"width", width},
          {"height", height},
          {"data", {{"values", std::move(values)}}}};
}

Json scale_of(bool log) {
  Json scale = {{"zero", false}};
  if (log) scale["type"] = "log";
  return scale;
}

/// One field with its title; the field's name is ours, the title other people's.
Json channel(const char* field, const char* type, const std::string& title) {
  return {{"field", field}, {"type", type}, {"title", safe(title)}};
}

Json colours(const std::vector<std::pair<std::string, std::string>>& named) {
  Json domain = Json::array(), range = Json::array();
  for (const auto& [name, colour] : named) {
    domain.push_back(name);
    range.push_back(colour);
  }
  return {{"domain", std::move(domain)}, {"range", std::move(range)}};
}

/// A name for each curve that no other has.
std::vector<std::string> names_of(const ChartData& data) {
  std::vector<std::string> names;
  std::map<std::string, int> seen;
  for (const auto& curve : data.curves) {
    std::string name = safe(curve.name);
    if (const int before = seen[name]++; before > 0) name += " #" + std::to_string(before + 1);
    names.push_back(std::move(name));
  }
  return names;
}

Json curves(const Json& answer) {
  const ChartData data = chart_data(answer);
  const std::vector<std::string> names = names_of(data);
  Json lines = Json::array(), ghosts = Json::array(), spans = Json::array();
  std::vector<std::pair<std::string, std::string>> named;
  Json dashes = Json::array();
  for (std::size_t i = 0; i < data.curves.size(); ++i) {
    const auto& curve = data.curves[i];
    named.emplace_back(names[i], curve.colour);
    dashes.push_back(curve.dashed ? Json::array({6, 3}) : Json::array({1, 0}));
    for (const auto& [x, y] : curve.shown)
      lines.push_back({{"x", x}, {"y", rounded(y)}, {"s", names[i]}});
    if (data.smooth > 0 && curve.band.empty())
      for (const auto& [x, y] : curve.raw)
        ghosts.push_back({{"x", x}, {"y", rounded(y)}, {"s", names[i]}});
    for (const auto& span : curve.band)
      spans.push_back(
          {{"x", span.x}, {"y", rounded(span.low)}, {"y2", rounded(span.high)}, {"s", names[i]}});
  }
  Json colour = channel("s", "nominal", "");
  colour["scale"] = colours(named);
  colour["legend"] = {{"title", nullptr}, {"labelLimit", 300}};
  const bool several =
      std::any_of(data.curves.begin(), data.curves.end(), [](const auto& c) { return c.dashed; });
  const Json x = channel("x", data.by_time ? "temporal" : "quantitative", data.x_name);
  Json y = channel("y", "quantitative", data.y_name);
  y["scale"] = scale_of(data.log);
  const auto layer = [&](Json values, Json mark, Json up) {
    return Json{{"data", {{"values", std::move(values)}}},
                {"mark", std::move(mark)},
                {"encoding", {{"x", x}, {"y", std::move(up)}, {"color", colour}}}};
  };
  Json layers = Json::array();
  if (!spans.empty()) {
    Json area = layer(std::move(spans), {{"type", "area"}, {"opacity", 0.2}}, y);
    area["encoding"]["y2"] = {{"field", "y2"}};
    layers.push_back(std::move(area));
  }
  if (!ghosts.empty())
    layers.push_back(layer(std::move(ghosts), {{"type", "line"}, {"opacity", 0.25}}, y));
  Json line =
      layer(std::move(lines), {{"type", "line"}, {"point", {{"size", 12}}}, {"tooltip", true}}, y);
  if (several) {
    Json dash = channel("s", "nominal", "");
    dash["scale"] = {{"domain", colour["scale"]["domain"]}, {"range", std::move(dashes)}};
    dash["legend"] = nullptr;
    line["encoding"]["strokeDash"] = std::move(dash);
  }
  layers.push_back(std::move(line));
  Json spec = base(Json::array());
  spec.erase("data");
  spec["layer"] = std::move(layers);
  return spec;
}

Json bars(const Json& answer) {
  const ChartData data = chart_data(answer);
  Json values = Json::array();
  std::vector<std::pair<std::string, std::string>> named;
  std::set<std::string> seen;
  for (const auto& bar : data.bars) {
    std::string name = safe(bar.name);
    while (!seen.insert(name).second) name += "'";
    named.emplace_back(name, bar.colour);
    for (std::size_t m = 0; m < bar.values.size(); ++m)
      if (std::isfinite(bar.values[m]) && (!data.log || bar.values[m] > 0))
        values.push_back(
            {{"t", name}, {"m", safe(data.measures[m])}, {"y", rounded(bar.values[m])}});
  }
  Json spec = base(std::move(values));
  spec["mark"] = {{"type", "bar"}, {"tooltip", true}};
  Json x = channel("t", "nominal", "");
  x["sort"] = nullptr;
  x["axis"] = {{"labelLimit", 120}};
  Json y = channel("y", "quantitative", data.measures.size() == 1 ? data.measures[0] : "value");
  if (data.log) y["scale"] = {{"type", "log"}};
  Json colour = channel("t", "nominal", "");
  colour["scale"] = colours(named);
  colour["legend"] = nullptr;
  spec["encoding"] = {{"x", std::move(x)}, {"y", std::move(y)}, {"color", std::move(colour)}};
  if (data.measures.size() > 1) {
    spec["encoding"]["xOffset"] = channel("m", "nominal", "");
    spec["encoding"]["opacity"] = channel("m", "nominal", "");
  }
  return spec;
}

/// A table's columns by their place: behind `id` and `name` those that are drawn, then the group.
struct Columns {
  std::vector<std::string> names, types;
  std::size_t drawn = 0;
  bool grouped = false;
};

Columns columns_of(const Json& answer) {
  Columns columns;
  for (const Json& c : answer.at("columns")) {
    columns.names.push_back(c.at("name").get<std::string>());
    columns.types.push_back(c.at("type").get<std::string>());
  }
  columns.grouped = answer.at("draw").contains("group");
  columns.drawn = columns.names.size() - 2 - (columns.grouped ? 1 : 0);
  return columns;
}

std::string text_of_cell(const Json& value) {
  return safe(value.is_string() ? value.get<std::string>()
              : value.is_null() ? std::string("none")
                                : value.dump());
}

/// A parameter is a text; one that spells a number is drawn as one.
Json drawn_value(const Json& value) {
  if (!value.is_string()) return value.is_number() ? Json(rounded(value.get<double>())) : value;
  const std::string& text = value.get_ref<const std::string&>();
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (!text.empty() && end == text.c_str() + text.size() && std::isfinite(number)) return number;
  return safe(text);
}

bool all_numbers(const Json& answer, std::size_t column) {
  return std::all_of(answer.at("rows").begin(), answer.at("rows").end(), [&](const Json& row) {
    return row.at(column).is_null() || drawn_value(row.at(column)).is_number();
  });
}

void colour_by_group(Json& spec, const Json& answer, const Columns& columns) {
  if (!columns.grouped) return;
  std::map<std::string, std::string> groups;
  for (const Json& row : answer.at("rows")) {
    const std::string group = text_of_cell(row.back());
    groups[group] = colour_of(group);
  }
  Json colour = channel("g", "nominal", columns.names.back());
  colour["scale"] = colours({groups.begin(), groups.end()});
  spec["encoding"]["color"] = std::move(colour);
}

Json scatter(const Json& answer) {
  const Columns columns = columns_of(answer);
  const bool log = answer.at("draw").value("log", false);
  Json values = Json::array();
  const bool numbers[] = {all_numbers(answer, 2), all_numbers(answer, 3)};
  for (const Json& row : answer.at("rows")) {
    if (row.at(2).is_null() || row.at(3).is_null()) continue;
    Json point = {{"x", numbers[0] ? drawn_value(row.at(2)) : Json(text_of_cell(row.at(2)))},
                  {"y", numbers[1] ? drawn_value(row.at(3)) : Json(text_of_cell(row.at(3)))},
                  {"t", text_of_cell(row.at(1))}};
    if (log && ((numbers[0] && point["x"].get<double>() <= 0) ||
                (numbers[1] && point["y"].get<double>() <= 0)))
      continue;
    if (columns.grouped) point["g"] = text_of_cell(row.back());
    values.push_back(std::move(point));
  }
  Json spec = base(std::move(values));
  spec["mark"] = {{"type", "point"}, {"filled", true}};
  Json axes[2];
  for (int i = 0; i < 2; ++i) {
    axes[i] = channel(i == 0 ? "x" : "y", numbers[i] ? "quantitative" : "nominal",
                      columns.names[static_cast<std::size_t>(2 + i)]);
    if (numbers[i]) axes[i]["scale"] = scale_of(log);
  }
  spec["encoding"] = {
      {"x", axes[0]},
      {"y", axes[1]},
      {"tooltip", Json::array({channel("t", "nominal", "task"), axes[0], axes[1]})}};
  for (Json& tip : spec["encoding"]["tooltip"]) tip.erase("scale");
  colour_by_group(spec, answer, columns);
  return spec;
}

Json boxes(const Json& answer) {
  const Columns columns = columns_of(answer);
  const bool log = answer.at("draw").value("log", false);
  Json values = Json::array();
  for (const Json& row : answer.at("rows")) {
    const Json value = drawn_value(row.at(2));
    if (!value.is_number() || (log && value.get<double>() <= 0)) continue;
    values.push_back(
        {{"g", columns.grouped ? text_of_cell(row.back()) : std::string("all")}, {"y", value}});
  }
  Json spec = base(std::move(values));
  spec["mark"] = {{"type", "boxplot"}, {"size", 30}};
  Json y = channel("y", "quantitative", columns.names[2]);
  y["scale"] = scale_of(log);
  spec["encoding"] = {
      {"x", channel("g", "nominal", columns.grouped ? columns.names.back() : std::string())},
      {"y", std::move(y)}};
  colour_by_group(spec, answer, columns);
  if (columns.grouped) spec["encoding"]["color"]["legend"] = nullptr;
  return spec;
}

/// Each axis is drawn from 0 to 1 of its own; its ends and, of texts, its values are written on it.
Json parallel(const Json& answer) {
  const Columns columns = columns_of(answer);
  const bool log = answer.at("draw").value("log", false);
  Json lines = Json::array(), marks = Json::array(), order = Json::array();
  const std::size_t rows = answer.at("rows").size();
  std::vector<std::vector<double>> part(rows, std::vector<double>(columns.drawn, std::nan("")));
  for (std::size_t c = 0; c < columns.drawn; ++c) {
    const std::string axis = std::to_string(c + 1) + ". " + safe(columns.names[c + 2]);
    order.push_back(axis);
    const bool numbers = all_numbers(answer, c + 2);
    std::map<std::string, double> places;
    double least = 0, most = 0;
    bool any = false;
    const auto place = [&](const Json& value) {
      const double v = value.get<double>();
      return log && v > 0 ? std::log10(v) : v;
    };
    for (const Json& row : answer.at("rows")) {
      const Json& value = row.at(c + 2);
      if (value.is_null()) continue;
      if (!numbers) {
        places[text_of_cell(value)] = 0;
        continue;
      }
      const double v = place(drawn_value(value));
      least = any ? std::min(least, v) : v;
      most = any ? std::max(most, v) : v;
      any = true;
    }
    double next = 0;
    for (auto& [text, at] : places) {
      at = places.size() > 1 ? next++ / static_cast<double>(places.size() - 1) : 0.5;
      if (places.size() <= 12) marks.push_back({{"k", axis}, {"v", at}, {"l", text}});
    }
    if (numbers && any) {
      const auto label = [&](double v) {
        return shown(Json(log ? std::pow(10, v) : v), "real", {120, false});
      };
      marks.push_back({{"k", axis}, {"v", 0}, {"l", label(least)}});
      if (most > least) marks.push_back({{"k", axis}, {"v", 1}, {"l", label(most)}});
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const Json& value = answer.at("rows").at(r).at(c + 2);
      if (value.is_null()) continue;
      part[r][c] = !numbers       ? places[text_of_cell(value)]
                   : most > least ? (place(drawn_value(value)) - least) / (most - least)
                                  : 0;
    }
    for (std::size_t r = 0; r < rows; ++r) {
      const Json& row = answer.at("rows").at(r);
      if (std::isnan(part[r][c])) continue;
      Json point = {{"k", axis},
                    {"v", rounded(part[r][c])},
                    {"i", r},
                    {"t", text_of_cell(row.at(1))},
                    {"l", text_of_cell(row.at(c + 2))}};
      if (columns.grouped) point["g"] = text_of_cell(row.back());
      lines.push_back(std::move(point));
    }
  }
  Json spec = base(Json::array());
  spec.erase("data");
  Json x = channel("k", "nominal", "");
  x["sort"] = order;
  x["axis"] = {{"labelAngle", 0}, {"domain", false}, {"grid", true}, {"labelLimit", 160}};
  Json y = channel("v", "quantitative", "");
  y["axis"] = nullptr;
  Json line = {
      {"data", {{"values", std::move(lines)}}},
      {"mark", {{"type", "line"}, {"opacity", 0.5}, {"point", {{"size", 16}}}}},
      {"encoding",
       {{"x", x},
        {"y", y},
        {"detail", {{"field", "i"}, {"type", "nominal"}}},
        {"tooltip", Json::array({channel("t", "nominal", "task"), channel("k", "nominal", "name"),
                                 channel("l", "nominal", "value")})}}}};
  colour_by_group(line, answer, columns);
  Json text = {{"data", {{"values", std::move(marks)}}},
               {"mark", {{"type", "text"}, {"align", "left"}, {"dx", 6}, {"fontSize", 10}}},
               {"encoding", {{"x", x}, {"y", y}, {"text", {{"field", "l"}, {"type", "nominal"}}}}}};
  spec["layer"] = Json::array({std::move(line), std::move(text)});
  return spec;
}

}  // namespace

Json vegalite_of(const Json& answer) {
  if (answer.at("kind") == "chart") return curves(answer);
  const std::string mark = answer.value("draw", Json::object()).value("mark", "");
  if (mark == "bar") return bars(answer);
  if (mark == "scatter") return scatter(answer);
  if (mark == "box") return boxes(answer);
  if (mark == "parallel") return parallel(answer);
  return nullptr;
}

}  // namespace podium::front
