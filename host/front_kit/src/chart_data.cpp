#include "podium/front_kit/chart_data.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "podium/chart_kit/colors.hpp"
#include "podium/chart_kit/smoothing.hpp"

namespace podium::front {
namespace {

using Json = nlohmann::ordered_json;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double number_of(const Json& value) {
  return value.is_number() && std::isfinite(value.get<double>()) ? value.get<double>() : nothing;
}

/// Colours that are too near each other are told apart by dashes.
bool is_dashed(const std::vector<ChartCurve>& before, const std::string& colour) {
  return std::any_of(before.begin(), before.end(), [&](const ChartCurve& c) {
    return chart_kit::alike(c.colour, colour) && !c.dashed;
  });
}

/// Curves of one group as one: the mean, and the least and greatest, at each x where any has a
/// point. Between its points a curve counts with what a straight line would have.
void gather(std::vector<ChartCurve>& curves) {
  std::vector<ChartCurve> gathered;
  for (std::size_t first = 0; first < curves.size(); ++first) {
    const std::string& label = curves[first].label;
    const auto of_group = [&](const ChartCurve& c) {
      return c.label == label && c.metric == curves[first].metric;
    };
    if (std::any_of(gathered.begin(), gathered.end(), of_group)) continue;
    ChartCurve group;
    group.label = label;
    group.metric = curves[first].metric;
    group.colour = chart_kit::color_of(label);
    std::map<double, std::vector<double>> at;
    std::vector<ChartCurve*> members;
    for (ChartCurve& c : curves)
      if (of_group(c)) members.push_back(&c);
    for (ChartCurve* c : members) {
      std::erase_if(c->shown, [](const auto& p) { return std::isnan(p.second); });
      for (const auto& [x, y] : c->shown) at[x];
    }
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
    group.dashed = is_dashed(gathered, group.colour);
    gathered.push_back(std::move(group));
  }
  curves = std::move(gathered);
}

std::vector<std::pair<double, double>> smoothed(std::vector<std::pair<double, double>> points,
                                                double by) {
  if (by == 0) return points;
  std::vector<double> x, y;
  for (const auto& point : points) {
    x.push_back(point.first);
    y.push_back(point.second);
  }
  chart_kit::Smoothing how;
  how.kind = chart_kit::Smoothing::Kind::ema;
  how.weight = by;
  chart_kit::smooth(how, x, y);
  for (std::size_t i = 0; i < points.size(); ++i) points[i].second = y[i];
  return points;
}

void read_curves(const Json& answer, bool band, ChartData& data) {
  data.x_name = answer.at("x").get<std::string>();
  data.by_time = data.x_name == "time";
  for (const Json& series : answer.at("series")) {
    ChartCurve curve;
    curve.id = series.value("task", "");
    curve.label = series.value("label", "");
    curve.metric = series.at("metric").get<std::string>();
    if (series.contains("scope")) curve.metric += " @ " + series.at("scope").get<std::string>();
    curve.colour = chart_kit::color_of(curve.id.empty() ? curve.name() : curve.id);
    for (const Json& point : series.at("points")) {
      const double y = number_of(point.at(2));
      curve.raw.emplace_back(point.at(data.by_time ? 1 : 0).get<double>(),
                             data.log && !(y > 0) ? nothing : y);
    }
    curve.shown = smoothed(curve.raw, data.smooth);
    curve.dashed = is_dashed(data.curves, curve.colour);
    data.curves.push_back(std::move(curve));
    if (data.y_name.empty()) data.y_name = series.at("metric").get<std::string>();
    if (data.y_name != series.at("metric").get<std::string>()) data.y_name = "value";
  }
  if (band) gather(data.curves);
}

void read_bars(const Json& answer, ChartData& data) {
  std::size_t id = 0, name = 0, column = 0;
  std::vector<std::pair<std::size_t, std::string>> measures;
  const std::size_t behind =
      answer.at("columns").size() - (answer.at("draw").contains("group") ? 1 : 0);
  for (const Json& c : answer.at("columns")) {
    const std::string type = c.at("type").get<std::string>();
    if (c.at("name") == "id") {
      id = column;
    } else if (c.at("name") == "name") {
      name = column;
    } else if (column < behind &&
               (type == "real" || type == "integer" || type == "any" || type == "duration")) {
      measures.emplace_back(column, type);
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
    bar.colour = chart_kit::color_of(text(row.at(id)));
    for (const auto& [m, type] : measures) {
      const auto number = drawn_number(row.at(m), type);
      bar.values.push_back(number && std::isfinite(*number) ? *number : nothing);
    }
    data.bars.push_back(std::move(bar));
  }
}

}  // namespace

std::optional<double> drawn_number(const Json& value, std::string_view type) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // NaN and infinities are texts in an answer; of a parameter, they are what somebody wrote.
  if (!std::isfinite(number) && type != "real") return std::nullopt;
  return number;
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
