// The Pareto front of two measures.
#include <algorithm>
#include <cmath>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {

Chart draw(const Front& f) {
  const Names names = names_of(f.points, &Front::Point::of);
  Axis across = f.x, up = f.y;
  if (across.title.empty()) across.title = "x";
  if (up.title.empty()) up.title = "y";
  AnswerTable table = table_of({{"name"},
                                {across.title, CellType::real},
                                {up.title, CellType::real},
                                {"front", CellType::boolean},
                                {"knee", CellType::boolean}});
  Rows rows;
  for (std::size_t i = 0; i < f.points.size(); ++i) {
    const auto& p = f.points[i];
    add_row(table, f.frame, {names.full[i], p.x, p.y, p.on_front, p.knee});
    if (!drawable(across, p.x) || !drawable(up, p.y)) continue;
    rows.row().text("t", names.shown[i]).text("f", names.full[i]);
    rows.number("x", p.x).number("y", p.y).text("c", names.colors[i]);
    rows.text("k", p.knee ? "knee" : p.on_front ? "on the front" : "beaten");
  }
  across.title += f.x_up ? "  (more is better)" : "  (less is better)";
  up.title += f.y_up ? "  (more is better)" : "  (less is better)";
  const Json x = position("x", across), y = position("y", up);
  Json tips = Json::array({channel("f", "nominal", "name"),
                           channel("x", "quantitative", f.x.title.empty() ? "x" : f.x.title),
                           channel("y", "quantitative", f.y.title.empty() ? "y" : f.y.title),
                           channel("k", "nominal", "")});
  const Json kinds = {"on the front", "knee", "beaten"};
  Json shape = channel("k", "nominal", "");
  shape["scale"] = {{"domain", kinds}, {"range", {"circle", "diamond", "circle"}}};
  shape["legend"] = {{"orient", "bottom"}, {"direction", "horizontal"}};
  Json color = channel("k", "nominal", "");
  color["scale"] = {{"domain", kinds}, {"range", {"#4c78a8", "#e45756", "#b0b0b0"}}};
  color["legend"] = shape["legend"];
  Json size = channel("k", "nominal", "");
  size["scale"] = {{"domain", kinds}, {"range", {70, 180, 28}}};
  size["legend"] = shape["legend"];
  Json spec = vega_lite(f.frame);
  spec["width"] = f.frame.width;
  spec["height"] = f.frame.height;
  const Json front = Json::array({{{"filter", "datum.k != 'beaten'"}}});
  // What is behind the front is beaten by the point before: hence steps. When more of x is worse,
  // y holds until the next point; when it is better, y holds back to the one before.
  const char* steps = f.x_up ? "step-before" : "step-after";
  // Beside each other names would lie on each other.
  const auto on = std::count_if(f.points.begin(), f.points.end(),
                                [](const auto& p) { return p.on_front || p.knee; });
  Json layers = Json::array(
      {{{"transform", front},
        {"mark",
         {{"type", "line"},
          {"interpolate", steps},
          {"color", "#4c78a8"},
          {"strokeDash", {4, 3}},
          {"strokeWidth", 1}}},
        {"encoding", {{"x", x}, {"y", y}, {"order", {{"field", "x"}, {"type", "quantitative"}}}}}},
       {{"mark", {{"type", "point"}, {"filled", true}, {"opacity", 0.9}}},
        {"encoding",
         {{"x", x},
          {"y", y},
          {"shape", shape},
          {"color", color},
          {"size", size},
          {"tooltip", tips}}}},
       {{"transform",
         Json::array({{{"filter", on <= 12 ? "datum.k != 'beaten'" : "datum.k == 'knee'"}}})},
        {"mark",
         {{"type", "text"},
          {"align", "left"},
          {"dx", 8},
          {"dy", -8},
          {"fontSize", 10},
          {"limit", 140},
          {"color", "#777777"}}},
        {"encoding", {{"x", x}, {"y", y}, {"text", {{"field", "t"}, {"type", "nominal"}}}}}}});
  spec["layer"] = std::move(layers);
  return finish(f.frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
