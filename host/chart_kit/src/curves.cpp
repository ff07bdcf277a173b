// Curves with bands.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

constexpr std::size_t most_dotted = 300;    // points: more make a line fat
constexpr std::size_t most_pointed = 4000;  // points that tell what they are when pointed at

/// Lengths of lines and gaps in turn.
constexpr std::array<std::array<int, 4>, 4> dashes = {
    {{1, 0, 1, 0}, {6, 3, 6, 3}, {2, 2, 2, 2}, {9, 3, 2, 3}}};

/// Of a legend, so that dashes are seen in it.
Json line_symbols() {
  return {{"symbolType", "stroke"}, {"symbolSize", 300}, {"symbolStrokeWidth", 2}};
}

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

/// Whether one axis up shows all metrics.
bool fit(const Curves& curves, const std::vector<std::string>& metrics) {
  if (curves.layout != Curves::Layout::fitting || metrics.size() > dashes.size()) return false;
  if (curves.y.log) return true;
  std::map<std::string, double> sizes;
  for (const auto& curve : curves.curves)
    for (const double y : curve.y)
      if (std::isfinite(y)) {
        double& size = sizes[curve.metric];
        size = std::max(size, std::abs(y));
      }
  double least = INFINITY, most = 0;
  for (const auto& [metric, size] : sizes) {
    if (size == 0) continue;
    least = std::min(least, size);
    most = std::max(most, size);
  }
  return most <= 20 * least;
}

/// Of each subject the first dash that none before it of nearly its color has.
std::vector<std::size_t> dashes_of(const Names& names) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < names.colors.size(); ++i) {
    std::set<std::size_t> taken;
    for (std::size_t k = 0; k < i; ++k)
      if (alike(names.colors[k], names.colors[i])) taken.insert(out[k]);
    std::size_t dash = 0;
    while (dash + 1 < dashes.size() && taken.contains(dash)) ++dash;
    out.push_back(dash);
  }
  return out;
}

/// The channel of dashes: of metrics on one pair of axes with a legend of their own, else of
/// subjects, in the legend of their colors. Null where colors are enough.
Json dash_channel(const std::vector<std::string>& metrics, bool together, const Names& names,
                  const Json& color) {
  Json domain = Json::array(), range = Json::array();
  if (together) {
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      domain.push_back(clean(metrics[i]));
      range.push_back(dashes[i]);
    }
    Json out = channel("m", "nominal", "");
    out["scale"] = {{"domain", std::move(domain)}, {"range", std::move(range)}};
    out["legend"] = line_symbols();
    return out;
  }
  if (!has_legend(names.shown.size())) return nullptr;
  const auto own = dashes_of(names);
  if (std::count(own.begin(), own.end(), 0U) == static_cast<std::ptrdiff_t>(own.size()))
    return nullptr;
  for (std::size_t i = 0; i < own.size(); ++i) {
    domain.push_back(names.shown[i]);
    range.push_back(dashes[own[i]]);
  }
  Json out = color;
  out["scale"] = {{"domain", std::move(domain)}, {"range", std::move(range)}};
  return out;
}

std::string title_of(const std::vector<std::string>& metrics) {
  std::string out;
  for (const std::string& metric : metrics) out += (out.empty() ? "" : ", ") + metric;
  return out;
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

}  // namespace

Chart draw(const Curves& c) {
  const Owners owners = owners_of(c);
  const Names names = names_of(owners.subjects);
  const std::vector<std::string> metrics = metrics_of(c);
  const bool several = metrics.size() > 1, together = several && fit(c, metrics);
  const bool facets = several && !together;
  Drawn drawn = rows_of(c, owners, names, several);
  std::vector<std::size_t> used(owners.subjects.size());
  for (std::size_t i = 0; i < used.size(); ++i) used[i] = i;

  Axis up = c.y;
  if (up.title.empty() && !facets) up.title = title_of(metrics);
  const int width = facets ? (c.frame.width - 60) / 2 : c.frame.width;
  const bool clip = c.x.least || c.x.most || c.y.least || c.y.most;
  Json color = colored("t", names, used, c.frame.width);
  if (!color["legend"].is_null()) color["legend"].update(line_symbols());
  const Json dash = dash_channel(metrics, together, names, color);
  Json x = position("x", c.x);
  if (facets) x["axis"]["tickCount"] = 5;
  const Json y = position("y", up);
  Json tips = Json::array({channel("f", "nominal", "name")});
  const Json name_tips = tips;
  Json x_tip =
      channel("x", c.x.time ? "temporal" : "quantitative", c.x.title.empty() ? "x" : c.x.title);
  if (c.x.time) x_tip["format"] = "%Y-%m-%d %H:%M:%S";
  tips.push_back(std::move(x_tip));
  if (together) tips.push_back(channel("m", "nominal", "metric"));
  tips.push_back(channel("y", "quantitative", up.title.empty() || together ? "value" : up.title));
  const auto layer = [&](const char* of, Json mark, Json encoding) {
    mark["clip"] = clip;
    encoding.update({{"x", x}, {"color", color}});
    if (!encoding.contains("y")) encoding["y"] = y;
    if (together) encoding["detail"] = {{"field", "m"}, {"type", "nominal"}};
    return Json{{"transform", Json::array({{{"filter", of}}})},
                {"mark", std::move(mark)},
                {"encoding", std::move(encoding)}};
  };
  Json layers = Json::array();
  if (drawn.bands) {
    Json low = y;
    low["field"] = "l";
    layers.push_back(layer("isValid(datum.l)", {{"type", "area"}, {"opacity", 0.18}},
                           {{"y", low}, {"y2", {{"field", "h"}}}}));
  }
  if (drawn.originals)
    layers.push_back(layer("datum.o", {{"type", "line"}, {"strokeWidth", 1}, {"opacity", 0.35}},
                           Json::object()));
  const bool dotted = drawn.points <= most_dotted, many = owners.subjects.size() > 40;
  Json line = layer("!datum.o", {{"type", "line"}, {"strokeWidth", many ? 1 : 1.5}},
                    {{"tooltip", dotted ? tips : name_tips}});
  if (dotted) line["mark"]["point"] = {{"size", 18}};
  if (!dash.is_null()) line["encoding"]["strokeDash"] = dash;
  if (has_legend(owners.subjects.size())) {
    line["params"] = Json::array({{{"name", "picked"},
                                   {"select", {{"type", "point"}, {"fields", {"t"}}}},
                                   {"bind", "legend"}}});
    line["encoding"]["opacity"] = {{"condition", {{"param", "picked"}, {"value", 1}}},
                                   {"value", 0.12}};
  } else if (many) {
    line["mark"]["opacity"] = 0.6;
  }
  layers.push_back(std::move(line));
  if (!dotted && drawn.points <= most_pointed)
    layers.push_back(layer("!datum.o && isValid(datum.y)",
                           {{"type", "circle"}, {"size", 50}, {"opacity", 0}},
                           {{"tooltip", tips}}));
  if (drawn.alone)  // A curve of one point is no line.
    layers.push_back(layer("datum.d && isValid(datum.y)",
                           {{"type", "circle"}, {"size", 60}, {"opacity", 1}},
                           {{"tooltip", tips}}));

  const Frame frame = noted(c.frame, {names.full.size() == 1 ? names.full.front() : std::string(),
                                      drawn.bands ? c.band : std::string(),
                                      legend_note(owners.subjects.size(), "curves")});
  Json spec = vega_lite(frame);
  spec["transform"] = Json::array({lookup(names, used)});
  if (facets) {
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
