#include "podium/front_kit/chart_data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

namespace podium::front {
namespace {

using Json = nlohmann::ordered_json;

/// Told apart with colour vision deficiencies too; dashes tell the rest.
constexpr std::array<const char*, 12> colours = {"#1f6fb4", "#d95f02", "#2a9d4a", "#b5179e",
                                                 "#7a5195", "#8c6d31", "#008b8b", "#c0392b",
                                                 "#4363d8", "#e6a400", "#5c5c5c", "#9a6324"};

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double number_of(const Json& value) {
  return value.is_number() && std::isfinite(value.get<double>()) ? value.get<double>() : nothing;
}

std::string name_of(const Json& series) {
  std::string name = series.at("metric").get<std::string>();
  if (series.contains("scope")) name += "@" + series.at("scope").get<std::string>();
  const std::string label = series.value("label", "");
  return label.empty() ? name : label + " " + name;
}

/// Curves of one group as one: the mean, and the least and greatest, at each x where any has a
/// point. Between its points a curve counts with what a straight line would have.
void gather(std::vector<ChartCurve>& curves) {
  std::vector<ChartCurve> gathered;
  for (std::size_t first = 0; first < curves.size(); ++first) {
    const std::string& name = curves[first].name;
    if (std::any_of(gathered.begin(), gathered.end(),
                    [&](const ChartCurve& c) { return c.name == name; }))
      continue;
    ChartCurve group;
    group.name = name;
    group.colour = colour_of(name);
    std::map<double, std::vector<double>> at;
    std::vector<const ChartCurve*> members;
    for (const ChartCurve& c : curves)
      if (c.name == name) members.push_back(&c);
    for (const ChartCurve* c : members)
      for (const auto& [x, y] : c->shown) at[x];
    for (auto& [x, values] : at)
      for (const ChartCurve* c : members) {
        const auto behind = std::lower_bound(c->shown.begin(), c->shown.end(), x,
                                             [](const auto& p, double v) { return p.first < v; });
        if (behind == c->shown.end()) continue;
        if (behind->first == x) {
          values.push_back(behind->second);
        } else if (behind != c->shown.begin()) {
          const auto before = behind - 1;
          values.push_back(before->second + (behind->second - before->second) *
                                                (x - before->first) /
                                                (behind->first - before->first));
        }
      }
    for (const auto& [x, values] : at) {
      if (values.empty()) continue;
      double sum = 0;
      for (const double v : values) sum += v;
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      group.shown.emplace_back(x, sum / static_cast<double>(values.size()));
      group.band.push_back({x, *low, *high});
    }
    gathered.push_back(std::move(group));
  }
  curves = std::move(gathered);
}

void read_curves(const Json& answer, bool band, ChartData& data) {
  data.x_name = answer.at("x").get<std::string>();
  data.by_time = data.x_name == "time";
  for (const Json& series : answer.at("series")) {
    ChartCurve curve;
    curve.name = name_of(series);
    curve.colour = colour_of(series.value("task", curve.name));
    for (const Json& point : series.at("points")) {
      const double y = number_of(point.at(2));
      if (std::isfinite(y) && (!data.log || y > 0))
        curve.raw.emplace_back(point.at(data.by_time ? 1 : 0).get<double>(), y);
    }
    curve.shown = data.smooth > 0 ? smoothed(curve.raw, data.smooth) : curve.raw;
    curve.dashed = std::any_of(data.curves.begin(), data.curves.end(), [&](const ChartCurve& c) {
      return c.colour == curve.colour && !c.dashed;
    });
    data.curves.push_back(std::move(curve));
    if (data.y_name.empty()) data.y_name = series.at("metric").get<std::string>();
    if (data.y_name != series.at("metric").get<std::string>()) data.y_name = "value";
  }
  if (band) gather(data.curves);
}

void read_bars(const Json& answer, ChartData& data) {
  std::size_t id = 0, name = 0, column = 0;
  std::vector<std::size_t> measures;
  for (const Json& c : answer.at("columns")) {
    const std::string type = c.at("type").get<std::string>();
    if (c.at("name") == "id")
      id = column;
    else if (c.at("name") == "name")
      name = column;
    else if (type == "real" || type == "integer" || type == "any" || type == "duration") {
      measures.push_back(column);
      data.measures.push_back(c.at("name").get<std::string>());
    }
    ++column;
  }
  const auto text = [](const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  };
  for (const Json& row : answer.at("rows")) {
    ChartBar bar;
    bar.name = text(row.at(name));
    bar.colour = colour_of(text(row.at(id)));
    for (const std::size_t m : measures) bar.values.push_back(number_of(row.at(m)));
    data.bars.push_back(std::move(bar));
  }
}

}  // namespace

std::string colour_of(std::string_view id) {
  std::uint32_t hash = 2166136261U;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return colours[hash % colours.size()];
}

std::vector<std::pair<double, double>> smoothed(
    const std::vector<std::pair<double, double>>& points, double by) {
  std::vector<std::pair<double, double>> out;
  double sum = 0, weight = 0;
  for (const auto& [x, y] : points) {
    sum = sum * by + y;
    weight = weight * by + 1;
    out.emplace_back(x, sum / weight);
  }
  return out;
}

ChartData chart_data(const Json& answer) {
  const Json draw = answer.value("draw", Json::object());
  ChartData data;
  data.log = draw.value("log", false);
  data.smooth = std::clamp(draw.value("smooth", 0.0), 0.0, 0.999);
  if (answer.at("kind") == "chart")
    read_curves(answer, draw.contains("band"), data);
  else if (draw.value("mark", "") == "bar")
    read_bars(answer, data);
  return data;
}

}  // namespace podium::front
