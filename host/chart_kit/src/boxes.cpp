// How values are spread, a box a group.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

constexpr std::size_t most_dots = 600;

/// Between the nearest two, as Vega does it too.
double quantile(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - std::floor(place));
}

}  // namespace

std::vector<Boxes::Group> grouped(const std::vector<Subject>& subjects, const Dimension& values,
                                  const std::optional<Dimension>& by) {
  // Numbers as numbers, then texts.
  std::map<std::tuple<int, double, std::string>, Boxes::Group> groups;
  const bool numbers = by && by->numeric();
  for (std::size_t i = 0; i < subjects.size() && i < values.numbers.size(); ++i) {
    if (!values.numbers[i]) continue;
    std::tuple<int, double, std::string> key{0, 0.0, "all"};
    if (by) {
      const bool there =
          i < by->values.size() && !std::holds_alternative<std::monostate>(by->values[i]);
      std::get<2>(key) = shown(there ? by->values[i] : Value());
      if (!there)
        key = {2, 0.0, std::get<2>(key)};
      else if (numbers && !std::isnan(*by->numbers[i]))
        std::get<1>(key) = *by->numbers[i];
      else if (numbers)
        std::get<0>(key) = 1;
    }
    Boxes::Group& group = groups[key];
    group.group = {std::get<2>(key), std::get<2>(key)};
    group.values.push_back(*values.numbers[i]);
    group.of.push_back(subjects[i].label);
  }
  std::vector<Boxes::Group> out;
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  return out;
}

Chart draw(const Boxes& b) {
  const Names names = names_of(b.groups, &Boxes::Group::group);
  AnswerTable table = table_of({{"name"},
                                {"n", CellType::integer},
                                {"min", CellType::real},
                                {"q1", CellType::real},
                                {"median", CellType::real},
                                {"q3", CellType::real},
                                {"max", CellType::real},
                                {"mean", CellType::real}});
  std::size_t all = 0;
  for (const auto& group : b.groups) all += group.values.size();
  const bool dots = all <= most_dots;
  Rows rows;
  Json order = Json::array();
  for (std::size_t g = 0; g < b.groups.size(); ++g) {
    order.push_back(names.shown[g]);
    std::vector<double> finite;
    const auto& group = b.groups[g];
    for (std::size_t i = 0; i < group.values.size(); ++i) {
      const double v = group.values[i];
      if (!std::isnan(v)) finite.push_back(v);
      if (!drawable(b.value, v)) continue;
      rows.row().text("t", names.shown[g]).text("c", names.colors[g]).number("v", v);
      if (dots && i < group.of.size()) rows.text("f", clean(group.of[i]));
    }
    std::vector<Value> cells = {names.full[g], static_cast<std::int64_t>(group.values.size())};
    if (finite.empty()) {
      cells.resize(8);
    } else {
      std::sort(finite.begin(), finite.end());
      for (const double p : {0.0, 0.25, 0.5, 0.75, 1.0}) cells.emplace_back(quantile(finite, p));
      cells.emplace_back(std::accumulate(finite.begin(), finite.end(), 0.0) /
                         static_cast<double>(finite.size()));
    }
    add_row(table, b.frame, std::move(cells));
  }
  // Few boxes stand; many lie below each other, so that their names can be read.
  const bool standing = b.groups.size() <= 8;
  const char *by = standing ? "x" : "y", *along = standing ? "y" : "x";
  const std::size_t n = b.groups.size();
  const int step = n <= 30 ? 22 : n <= 80 ? 14 : 10;
  Json group = channel("t", "nominal", "");
  group["sort"] = std::move(order);
  group["axis"] = {{"labelLimit", standing ? 120 : 200}, {"ticks", false}};
  if (standing) group["axis"]["labelAngle"] = n > 4 ? -30 : 0;
  if (!standing) group["axis"]["labelFontSize"] = std::min(11, step);
  const Json value = position("v", b.value);
  Json color = {{"field", "c"}, {"type", "nominal"}, {"scale", nullptr}, {"legend", nullptr}};
  Json spec = vega_lite(b.frame);
  spec["width"] = b.frame.width;
  spec["height"] = standing ? Json(b.frame.height) : Json{{"step", step}};
  Json layers = Json::array();
  Json box = {{"type", "boxplot"},
              {"size", standing ? 44 : step * 2 / 3},
              {"rule", {{"color", "#777777"}}},
              {"median", {{"color", "#777777"}}}};
  // Where every value is a dot, those far out are there already.
  if (dots) box["outliers"] = false;
  if (dots) box["box"] = {{"opacity", 0.45}};
  if (!dots) box["outliers"] = {{"size", 12}};
  layers.push_back(
      {{"mark", std::move(box)}, {"encoding", {{by, group}, {along, value}, {"color", color}}}});
  if (dots)
    layers.push_back({{"mark", {{"type", "circle"}, {"size", 16}, {"opacity", 0.8}}},
                      {"encoding",
                       {{by, group},
                        {along, value},
                        {"color", color},
                        {"tooltip", Json::array({channel("f", "nominal", "name"),
                                                 channel("t", "nominal", "group"),
                                                 channel("v", "quantitative", b.value.title)})}}}});
  spec["layer"] = std::move(layers);
  return finish(b.frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
