// Curves with bands.
#include <algorithm>
#include <cmath>
#include <map>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

constexpr std::size_t most_dotted = 300;  // points: more make a line fat

/// Subjects each once, and which one each curve is of.
struct Owners {
  std::vector<Subject> subjects;
  std::vector<std::size_t> of;
};

Owners owners_of(const Curves& curves) {
  Owners owners;
  std::map<std::pair<std::string, std::string>, std::size_t> known;
  for (const auto& curve : curves.curves) {
    const auto key = curve.of.id.empty() ? std::pair(std::string(), curve.of.label)
                                         : std::pair(curve.of.id, std::string());
    const auto [at, fresh] = known.emplace(key, owners.subjects.size());
    if (fresh) owners.subjects.push_back(curve.of);
    owners.of.push_back(at->second);
  }
  return owners;
}

std::vector<std::string> metrics_of(const Curves& curves) {
  std::vector<std::string> metrics;
  for (const auto& curve : curves.curves)
    if (std::find(metrics.begin(), metrics.end(), curve.metric) == metrics.end())
      metrics.push_back(curve.metric);
  return metrics;
}

struct Drawn {
  std::string rows;
  AnswerTable table;
  std::size_t points = 0;
  bool bands = false, originals = false, alone = false;
};

Drawn rows_of(const Curves& c, const Owners& owners, const Names& names, bool several) {
  Drawn out;
  const bool banded = std::any_of(c.curves.begin(), c.curves.end(),
                                  [](const auto& curve) { return !curve.low.empty(); });
  const CellType type = c.x.time ? CellType::time : CellType::real;
  std::vector<AnswerTable::Column> columns = {{"name"}, {"metric"}};
  columns.push_back({c.x.title.empty() ? "x" : c.x.title, type});
  columns.push_back({"value", CellType::real});
  if (banded) {
    columns.push_back({"low", CellType::real});
    columns.push_back({"high", CellType::real});
  }
  out.table = table_of(std::move(columns));
  Rows rows;
  for (std::size_t k = 0; k < c.curves.size(); ++k) {
    const Curves::Curve& curve = c.curves[k];
    const std::size_t n = std::min(curve.x.size(), curve.y.size());
    const bool band = curve.low.size() >= n && curve.high.size() >= n && n > 0;
    const auto begin = [&](double x, double y) {
      rows.row().number("s", static_cast<double>(owners.of[k])).number("x", x).number("y", y);
      if (several) rows.text("m", clean(curve.metric));
    };
    std::size_t seen = 0;
    for (std::size_t i = 0; i < n; ++i)
      if (drawable(c.x, curve.x[i]) && drawable(c.y, curve.y[i])) ++seen;
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<Value> cells = {names.full[owners.of[k]], clean(curve.metric)};
      if (c.x.time && std::isfinite(curve.x[i]))
        cells.emplace_back(static_cast<std::int64_t>(curve.x[i]));
      else
        cells.emplace_back(curve.x[i]);
      cells.emplace_back(curve.y[i]);
      if (banded) {
        cells.push_back(band ? Value(curve.low[i]) : Value());
        cells.push_back(band ? Value(curve.high[i]) : Value());
      }
      add_row(out.table, c.frame, std::move(cells));
      if (!drawable(c.x, curve.x[i])) continue;
      // What cannot be drawn is a gap in its line, so it stays as null.
      begin(curve.x[i], drawable(c.y, curve.y[i]) ? curve.y[i] : std::nan(""));
      if (band && drawable(c.y, curve.high[i])) {
        // On a logarithmic axis a band goes no lower than its mean when its foot is below 0.
        rows.number("l", drawable(c.y, curve.low[i]) ? curve.low[i] : curve.y[i]);
        rows.number("h", curve.high[i]);
        out.bands = true;
      }
      if (seen == 1) {
        rows.number("d", 1);
        out.alone = true;
      }
      ++out.points;
    }
    for (std::size_t i = 0; i < std::min(curve.original_x.size(), curve.original_y.size()); ++i) {
      if (!drawable(c.x, curve.original_x[i])) continue;
      const double y = curve.original_y[i];
      begin(curve.original_x[i], drawable(c.y, y) ? y : std::nan(""));
      rows.number("o", 1);
      out.originals = true;
    }
  }
  out.rows = rows.take();
  return out;
}

Json filter(const char* expression) { return Json::array({{{"filter", expression}}}); }

}  // namespace

Chart draw(const Curves& c) {
  const Owners owners = owners_of(c);
  const Names names = names_of(owners.subjects);
  const std::vector<std::string> metrics = metrics_of(c);
  const bool several = metrics.size() > 1;
  Drawn drawn = rows_of(c, owners, names, several);
  std::vector<std::size_t> used(owners.subjects.size());
  for (std::size_t i = 0; i < used.size(); ++i) used[i] = i;

  Axis up = c.y;
  if (up.title.empty() && !several && !metrics.empty()) up.title = metrics.front();
  const int width = several ? (c.frame.width - 60) / 2 : c.frame.width;
  const bool clip = c.x.least || c.x.most || c.y.least || c.y.most;
  const Json color = colored("t", names, used, c.frame.width);
  Json x = position("x", c.x);
  if (several) x["axis"]["tickCount"] = 5;
  const Json y = position("y", up);
  const Json dimmed = {{"condition", {{"param", "picked"}, {"value", 1}}}, {"value", 0.12}};
  Json layers = Json::array();
  if (drawn.bands) {
    Json low = y;
    low["field"] = "l";
    layers.push_back(
        {{"transform", filter("isValid(datum.l)")},
         {"mark", {{"type", "area"}, {"opacity", 0.18}, {"clip", clip}}},
         {"encoding", {{"x", x}, {"y", low}, {"y2", {{"field", "h"}}}, {"color", color}}}});
  }
  if (drawn.originals)
    layers.push_back(
        {{"transform", filter("datum.o")},
         {"mark", {{"type", "line"}, {"strokeWidth", 1}, {"clip", clip}, {"opacity", 0.35}}},
         {"encoding", {{"x", x}, {"y", y}, {"color", color}}}});
  Json name_tip = channel("f", "nominal", "name");
  Json tips = Json::array({name_tip});
  Json x_tip =
      channel("x", c.x.time ? "temporal" : "quantitative", c.x.title.empty() ? "x" : c.x.title);
  if (c.x.time) x_tip["format"] = "%Y-%m-%d %H:%M:%S";
  tips.push_back(std::move(x_tip));
  tips.push_back(channel("y", "quantitative", up.title.empty() ? "value" : up.title));
  const bool dotted = drawn.points <= most_dotted;
  Json line = {
      {"transform", filter("!datum.o")},
      {"params", Json::array({{{"name", "picked"},
                               {"select", {{"type", "point"}, {"fields", {"t"}}}},
                               {"bind", "legend"}}})},
      {"mark",
       {{"type", "line"}, {"clip", clip}, {"strokeWidth", owners.subjects.size() > 40 ? 1 : 1.5}}},
      {"encoding",
       {{"x", x},
        {"y", y},
        {"color", color},
        {"opacity", dimmed},
        {"tooltip", dotted ? tips : Json::array({name_tip})}}}};
  if (dotted) line["mark"]["point"] = {{"size", 18}};
  if (!has_legend(owners.subjects.size())) {
    line.erase("params");
    line["encoding"].erase("opacity");
    if (owners.subjects.size() > 40) line["mark"]["opacity"] = 0.6;
  }
  layers.push_back(std::move(line));
  if (drawn.alone)  // A curve of one point is no line.
    layers.push_back({{"transform", filter("datum.d && isValid(datum.y)")},
                      {"mark", {{"type", "circle"}, {"size", 60}, {"opacity", 1}, {"clip", clip}}},
                      {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"tooltip", tips}}}});

  const Frame frame = noted(c.frame, {drawn.bands ? c.band : std::string(),
                                      legend_note(owners.subjects.size(), "curves")});
  Json spec = vega_lite(frame);
  spec["transform"] = Json::array({lookup(names, used)});
  if (several) {
    Json order = Json::array();
    for (const std::string& metric : metrics) order.push_back(clean(metric));
    spec["facet"] = {{"field", "m"}, {"type", "nominal"}, {"title", nullptr}, {"sort", order}};
    spec["columns"] = 2;
    spec["spec"] = {{"width", width}, {"height", frame.height * 2 / 3}, {"layer", layers}};
    spec["resolve"] = {{"scale", {{"y", "independent"}}}, {"axis", {{"x", "independent"}}}};
  } else {
    spec["width"] = width;
    spec["height"] = frame.height;
    spec["layer"] = std::move(layers);
  }
  return finish(frame, std::move(spec), std::move(drawn.rows), std::move(drawn.table));
}

}  // namespace podium::chart_kit
