// The Pareto front of two measures.
#include <algorithm>
#include <cmath>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

/// Where a point is on an axis, from 0 to 1 of what is drawn.
std::vector<double> places_of(const Front& f, double Front::Point::*value, const Axis& axis) {
  std::vector<double> places;
  double least = NAN, most = NAN;
  for (const auto& p : f.points) {
    const double v = p.*value;
    const double at = !drawable(axis, v) ? NAN : axis.log ? std::log10(v) : v;
    places.push_back(at);
    least = std::fmin(least, at);
    most = std::fmax(most, at);
  }
  for (double& at : places) at = most > least ? (at - least) / (most - least) : 0.5;
  return places;
}

/// Which points have their name beside them: the knee, then those on the front whose names do not
/// lie on another's.
std::vector<bool> named_of(const Front& f) {
  const auto x = places_of(f, &Front::Point::x, f.x), y = places_of(f, &Front::Point::y, f.y);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < f.points.size(); ++i)
    if (f.points[i].knee) order.push_back(i);
  for (std::size_t i = 0; i < f.points.size(); ++i)
    if (f.points[i].on_front && !f.points[i].knee) order.push_back(i);
  std::vector<bool> named(f.points.size(), false);
  std::vector<std::size_t> taken;
  for (const std::size_t i : order) {
    const bool free = std::none_of(taken.begin(), taken.end(), [&](std::size_t j) {
      return std::abs(x[i] - x[j]) < 0.17 && std::abs(y[i] - y[j]) < 0.045;
    });
    if (!free || taken.size() >= 20) continue;
    named[i] = true;
    taken.push_back(i);
  }
  return named;
}

}  // namespace

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
  const std::vector<bool> named = named_of(f);
  Rows rows;
  for (std::size_t i = 0; i < f.points.size(); ++i) {
    const auto& p = f.points[i];
    add_row(table, f.frame, {names.full[i], p.x, p.y, p.on_front, p.knee});
    if (!drawable(across, p.x) || !drawable(up, p.y)) continue;
    rows.row().text("t", names.shown[i]).text("f", names.full[i]);
    rows.number("x", p.x).number("y", p.y).text("c", names.colors[i]);
    rows.text("k", p.knee ? "knee" : p.on_front ? "on the front" : "beaten");
    if (named[i]) rows.number("n", 1);
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
  size["scale"] = {{"type", "ordinal"}, {"domain", kinds}, {"range", {70, 180, 28}}};
  size["legend"] = shape["legend"];
  Json spec = vega_lite(f.frame);
  spec["width"] = f.frame.width;
  spec["height"] = f.frame.height;
  const Json front = Json::array({{{"filter", "datum.k != 'beaten'"}}});
  // What is behind the front is beaten by the point before: hence steps. When more of x is worse,
  // y holds until the next point; when it is better, y holds back to the one before.
  const char* steps = f.x_up ? "step-before" : "step-after";
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
       {{"transform", Json::array({{{"filter", "datum.n"}}})},
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
