// Estimates with their intervals, below each other.
#include <algorithm>
#include <cmath>
#include <set>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {

Chart draw(const Intervals& v) {
  const Names names = names_of(v.rows, &Intervals::Row::of);
  AnswerTable table = table_of({{"name"},
                                {"value", CellType::real},
                                {"low", CellType::real},
                                {"high", CellType::real},
                                {"group"},
                                {"n", CellType::real}});
  Rows rows;
  Json order = Json::array();
  std::set<std::string> groups;
  for (std::size_t i = 0; i < v.rows.size(); ++i) {
    const auto& row = v.rows[i];
    order.push_back(names.shown[i]);
    const std::string group = row.group.empty() ? "none" : clean(row.group);
    add_row(table, v.frame,
            {names.full[i], row.value, row.low, row.high, clean(row.group), cell(row.n)});
    if (!drawable(v.value, row.value)) continue;
    groups.insert(group);
    rows.row().text("t", names.shown[i]).text("f", names.full[i]).number("v", row.value);
    rows.text("g", group).number("n", row.n);
    if (drawable(v.value, row.low) && drawable(v.value, row.high))
      rows.number("l", row.low).number("h", row.high);
  }
  const std::size_t n = v.rows.size();
  const int step = n <= 30 ? 22 : n <= 80 ? 14 : 9;
  Json y = channel("t", "nominal", "");
  y["sort"] = std::move(order);
  y["axis"] = {{"labelLimit", 220},
               {"ticks", false},
               {"grid", n <= 80},
               {"labelFontSize", std::min(11, step)}};
  Axis axis = v.value;
  if (axis.title.empty()) axis.title = "value";
  const Json x = position("v", axis);
  Json low = x;
  low["field"] = "l";
  Json color = {{"value", "#4c78a8"}};
  if (groups.size() > 1) {
    color = channel("g", "nominal", "group");
    if (groups.size() > 12) color["legend"] = nullptr;
  }
  const Json tips =
      Json::array({channel("f", "nominal", "name"), channel("v", "quantitative", axis.title),
                   channel("l", "quantitative", "from"), channel("h", "quantitative", "to"),
                   channel("n", "quantitative", "n"), channel("g", "nominal", "group")});
  Json spec = vega_lite(v.frame);
  spec["width"] = v.frame.width;
  spec["height"] = {{"step", step}};
  spec["layer"] = Json::array(
      {{{"transform", Json::array({{{"filter", "isValid(datum.l)"}}})},
        {"mark", {{"type", "rule"}, {"strokeWidth", 2}}},
        {"encoding",
         {{"y", y}, {"x", low}, {"x2", {{"field", "h"}}}, {"color", color}, {"tooltip", tips}}}},
       {{"mark", {{"type", "circle"}, {"size", step > 10 ? 60 : 30}, {"opacity", 1}}},
        {"encoding", {{"y", y}, {"x", x}, {"color", color}, {"tooltip", tips}}}}});
  return finish(v.frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
