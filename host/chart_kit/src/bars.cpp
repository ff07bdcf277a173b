// Bars of single values: the "Summary" of a comparison.
#include <algorithm>
#include <cmath>

#include "rows.hpp"
#include "specification.hpp"

namespace podium::chart_kit {
namespace {

constexpr std::size_t most_clustered = 90;  // bars

double least_of(const Bars::Measure& m, bool greatest) {
  double out = std::nan("");
  for (const auto& value : m.values)
    if (value && std::isfinite(*value) && *value != 0) {
      const double size = std::abs(*value);
      if (std::isnan(out) || (greatest ? size > out : size < out)) out = size;
    }
  return out;
}

/// Whether all measures can be read off one axis.
bool alike(const Bars& bars) {
  double small = std::nan(""), large = std::nan("");
  for (const auto& m : bars.measures) {
    const double size = least_of(m, true);
    if (std::isnan(size)) continue;
    if (std::isnan(small) || size < small) small = size;
    if (std::isnan(large) || size > large) large = size;
  }
  return std::isnan(small) || large <= 20 * small;
}

bool has_spans(const Bars& bars) {
  return std::any_of(bars.measures.begin(), bars.measures.end(),
                     [](const auto& m) { return !m.low.empty() && !m.high.empty(); });
}

std::optional<double> at(const std::vector<std::optional<double>>& values, std::size_t i) {
  return i < values.size() ? values[i] : std::optional<double>();
}

/// ClearML's rule for numbers that would be long.
bool long_numbers(const Bars& bars) {
  double most = 0;
  for (const auto& m : bars.measures) {
    const double size = least_of(m, true);
    if (!std::isnan(size)) most = std::max(most, size);
  }
  return most >= 1e9 || (most > 0 && most < 1e-5);
}

Json mark_of(const Bars& bars) {
  if (bars.log) return {{"type", "circle"}, {"size", 50}, {"opacity", 1}};
  return {{"type", "bar"}};
}

/// Names below each other, bars to the right: names stay readable however many there are.
Json lying(const Bars& bars, const Names& names, bool several, bool spans) {
  const std::size_t n = bars.subjects.size();
  const int step = n <= 30 ? 20 : n <= 80 ? 13 : 9;
  Json order = Json::array();
  for (const std::string& name : names.shown) order.push_back(name);
  Json y = channel("t", "nominal", "");
  y["sort"] = std::move(order);
  y["axis"] = {{"labelLimit", 200}, {"ticks", false}, {"labelFontSize", std::min(11, step)}};
  Axis axis;
  axis.log = bars.log;
  if (!several && !bars.measures.empty()) axis.title = bars.measures.front().name;
  Json x = position("v", axis, true);
  x["axis"] = {{"tickCount", 5}, {"format", long_numbers(bars) && !several ? ".1e" : ".6~g"}};
  Json color = {{"field", "c"}, {"type", "nominal"}, {"scale", nullptr}, {"legend", nullptr}};
  Json tips = Json::array({channel("f", "nominal", "name"), channel("m", "nominal", "measure"),
                           channel("v", "quantitative", "value")});
  Json layers = Json::array();
  layers.push_back({{"mark", mark_of(bars)},
                    {"encoding", {{"y", y}, {"x", x}, {"color", color}, {"tooltip", tips}}}});
  if (spans) {
    Json low = x;
    low["field"] = "l";
    layers.push_back({{"transform", Json::array({{{"filter", "isValid(datum.l)"}}})},
                      {"mark", {{"type", "rule"}, {"color", "#777777"}}},
                      {"encoding", {{"y", y}, {"x", low}, {"x2", {{"field", "h"}}}}}});
  }
  Json spec;
  if (!several) {
    spec["width"] = bars.frame.width;
    spec["height"] = {{"step", step}};
    spec["layer"] = std::move(layers);
    return spec;
  }
  Json measures = Json::array();
  for (const auto& m : bars.measures) measures.push_back(clean(m.name));
  spec["facet"] = {
      {"field", "m"}, {"type", "nominal"}, {"title", nullptr}, {"sort", std::move(measures)}};
  spec["columns"] = 2;
  spec["spec"] = {{"width", (bars.frame.width - 80) / 2},
                  {"height", {{"step", step}}},
                  {"layer", std::move(layers)}};
  spec["resolve"] = {{"scale", {{"x", "independent"}}}};
  return spec;
}

Json clustered(const Bars& bars, const Names& names, bool spans) {
  std::vector<std::size_t> used(bars.subjects.size());
  for (std::size_t i = 0; i < used.size(); ++i) used[i] = i;
  Json order = Json::array(), measures = Json::array();
  for (const std::string& name : names.shown) order.push_back(name);
  for (const auto& m : bars.measures) measures.push_back(clean(m.name));
  Json x = channel("m", "nominal", "");
  x["sort"] = std::move(measures);
  x["axis"] = {{"labelAngle", bars.measures.size() > 6 ? -40 : 0}, {"labelLimit", 140}};
  Json offset = {{"field", "t"}, {"type", "nominal"}, {"sort", std::move(order)}};
  Axis axis;
  axis.log = bars.log;
  Json y = position("v", axis, true);
  y["title"] = nullptr;
  if (long_numbers(bars)) y["axis"] = {{"format", ".1e"}};
  const Json color = colored("t", names, used, bars.frame.width);
  const Json tips =
      Json::array({channel("f", "nominal", "name"), channel("m", "nominal", "measure"),
                   channel("v", "quantitative", "value")});
  Json layers = Json::array();
  layers.push_back(
      {{"mark", mark_of(bars)},
       {"encoding",
        {{"x", x}, {"xOffset", offset}, {"y", y}, {"color", color}, {"tooltip", tips}}}});
  if (spans) {
    Json low = y;
    low["field"] = "l";
    layers.push_back(
        {{"transform", Json::array({{{"filter", "isValid(datum.l)"}}})},
         {"mark", {{"type", "rule"}, {"color", "#777777"}}},
         {"encoding", {{"x", x}, {"xOffset", offset}, {"y", low}, {"y2", {{"field", "h"}}}}}});
  }
  Json spec = {{"width", bars.frame.width}, {"height", bars.frame.height}};
  spec["layer"] = std::move(layers);
  return spec;
}

}  // namespace

Chart draw(const Bars& bars) {
  const Names names = names_of(bars.subjects);
  const bool spans = has_spans(bars), several = bars.measures.size() > 1;
  Axis value;
  value.log = bars.log;
  std::vector<AnswerTable::Column> columns = {{"name"}};
  for (const auto& m : bars.measures) columns.push_back({m.name, CellType::real});
  AnswerTable table = table_of(std::move(columns));
  Rows rows;
  for (std::size_t i = 0; i < bars.subjects.size(); ++i) {
    std::vector<Value> cells = {names.full[i]};
    for (const auto& m : bars.measures) {
      const auto v = at(m.values, i);
      cells.push_back(cell(v));
      if (!v || !drawable(value, *v)) continue;
      rows.row().text("t", names.shown[i]).text("f", names.full[i]).text("m", clean(m.name));
      rows.number("v", *v).text("c", names.colors[i]);
      const auto low = at(m.low, i), high = at(m.high, i);
      if (low && high && drawable(value, *low) && drawable(value, *high))
        rows.number("l", *low).number("h", *high);
    }
    add_row(table, bars.frame, std::move(cells));
  }
  const bool cluster = several && (bars.layout == Bars::Layout::clustered ||
                                   (bars.layout == Bars::Layout::fitting && alike(bars) &&
                                    bars.subjects.size() * bars.measures.size() <= most_clustered));
  Json spec = vega_lite(bars.frame);
  spec.update(cluster ? clustered(bars, names, spans) : lying(bars, names, several, spans));
  return finish(bars.frame, std::move(spec), rows.take(), std::move(table));
}

}  // namespace podium::chart_kit
