#include "podium/front_kit/figure.hpp"

#include <nlohmann/json.hpp>

#include "podium/chart_kit/charts.hpp"
#include "podium/front_kit/chart_data.hpp"

namespace podium::front {
namespace {

using chart_kit::Chart;
using chart_kit::Dimension;

chart_kit::Frame frame() {
  chart_kit::Frame frame;
  frame.table_rows = 0;  // the answer is the table
  return frame;
}

Chart curves(const Json& answer) {
  ChartData data = chart_data(answer);
  chart_kit::Curves chart;
  chart.frame = frame();
  chart.layout = chart_kit::Curves::Layout::fitting;
  chart.x.title = data.x_name;
  chart.x.time = data.by_time;
  chart.y.log = data.log;
  for (ChartCurve& of : data.curves) {
    auto& curve = chart.curves.emplace_back();
    curve.of = {of.id, of.id.empty() && of.label.empty() ? of.metric : of.label, of.colour};
    curve.metric = of.metric;
    for (const auto& [x, y] : of.shown) {
      curve.x.push_back(x);
      curve.y.push_back(y);
    }
    for (const auto& span : of.band) {
      curve.low.push_back(span.low);
      curve.high.push_back(span.high);
      chart.band = "mean, between least and greatest";
    }
    if (data.smooth == 0 || !of.band.empty()) continue;
    for (const auto& [x, y] : of.raw) {
      curve.original_x.push_back(x);
      curve.original_y.push_back(y);
    }
  }
  return draw(chart);
}

/// A table's columns by their place: behind `id` and `name` those that are drawn, then the group.
class Drawn {
 public:
  explicit Drawn(const Json& answer) : answer_(answer), draw_(answer.at("draw")) {
    for (const Json& row : answer.at("rows"))
      subjects_.push_back({text(row.at(0)), text(row.at(1)), {}});
  }
  bool log() const { return draw_.value("log", false); }
  const std::vector<chart_kit::Subject>& subjects() const { return subjects_; }
  std::size_t count() const { return answer_.at("columns").size() - 2 - (grouped() ? 1 : 0); }

  Dimension operator[](std::size_t i) const { return column(2 + i); }
  chart_kit::Axis axis(std::size_t i) const {
    const Json& column = answer_.at("columns").at(2 + i);
    chart_kit::Axis axis;
    axis.title = column.at("name").get<std::string>();
    axis.time = column.at("type") == "time";
    axis.log = log() && !axis.time;
    return axis;
  }
  std::optional<Dimension> group() const {
    return grouped() ? std::optional(column(answer_.at("columns").size() - 1)) : std::nullopt;
  }
  /// The same, its values names even where they are numbers: each has a color of its own.
  std::optional<Dimension> named_group() const {
    auto out = group();
    if (out) out->numbers.assign(out->values.size(), std::nullopt);
    return out;
  }

 private:
  bool grouped() const { return draw_.contains("group"); }
  static std::string text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  Dimension column(std::size_t at) const {
    const Json& column = answer_.at("columns").at(at);
    Dimension out;
    out.name = column.at("name").get<std::string>();
    for (const Json& row : answer_.at("rows")) {
      const Json& value = row.at(at);
      out.numbers.push_back(drawn_number(value, column.at("type").get<std::string>()));
      if (value.is_null())
        out.values.emplace_back();
      else if (value.is_boolean())
        out.values.emplace_back(value.get<bool>());
      else if (value.is_number_integer())
        out.values.emplace_back(value.get<std::int64_t>());
      else if (value.is_number())
        out.values.emplace_back(value.get<double>());
      else
        out.values.emplace_back(text(value));
    }
    return out;
  }

  const Json& answer_;
  const Json& draw_;
  std::vector<chart_kit::Subject> subjects_;
};

Chart bars(const Drawn& drawn) {
  chart_kit::Bars chart;
  chart.frame = frame();
  chart.subjects = drawn.subjects();
  chart.log = drawn.log();
  for (std::size_t i = 0; i < drawn.count(); ++i) {
    Dimension column = drawn[i];
    if (column.numeric())
      chart.measures.push_back({std::move(column.name), std::move(column.numbers)});
  }
  return draw(chart);
}

Chart scatter(const Drawn& drawn) {
  chart_kit::Scatter chart;
  chart.frame = frame();
  chart.x = drawn.axis(0);
  chart.y = drawn.axis(1);
  chart.subjects = drawn.subjects();
  chart.across = drawn[0];
  chart.up = drawn[1];
  chart.color = drawn.named_group();
  return draw(chart);
}

Chart boxes(const Drawn& drawn) {
  chart_kit::Boxes chart;
  chart.frame = frame();
  const Dimension values = drawn[0];
  chart.value = drawn.axis(0);
  const auto by = drawn.group();
  if (by) chart.frame.title = values.name + " by " + by->name;
  chart.groups = chart_kit::grouped(drawn.subjects(), values, by);
  return draw(chart);
}

Chart parallel(const Drawn& drawn) {
  chart_kit::Parallel chart;
  chart.frame = frame();
  chart.subjects = drawn.subjects();
  chart.groups = drawn.named_group();
  for (std::size_t i = 0; i < drawn.count(); ++i) {
    auto& axis = chart.axes.emplace_back();
    axis.values = drawn[i];
    axis.log = drawn.log() && axis.values.numeric();
  }
  return draw(chart);
}

std::optional<Figure> of(Chart chart) {
  return Figure{std::move(chart.figure.media_type), std::move(chart.figure.specification)};
}

}  // namespace

std::optional<Figure> figure_of(const Json& answer) {
  if (answer.at("kind") == "chart") return of(curves(answer));
  const std::string mark = answer.value("draw", Json::object()).value("mark", "");
  if (mark == "bar") return of(bars(Drawn(answer)));
  if (mark == "scatter") return of(scatter(Drawn(answer)));
  if (mark == "box") return of(boxes(Drawn(answer)));
  if (mark == "parallel") return of(parallel(Drawn(answer)));
  return std::nullopt;
}

}  // namespace podium::front
