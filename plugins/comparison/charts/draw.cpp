// Charts of tasks that are compared: what each is made of is read here, and drawn by the chart kit.
#include <algorithm>
#include <cmath>
#include <map>

#include "charts/charts.hpp"
#include "charts/names.hpp"
#include "importance/explain.hpp"
#include "podium/error.hpp"
#include "podium/http/message.hpp"
#include "podium/plugin.hpp"
#include "values.hpp"

namespace podium::comparison {
namespace {

using chart_kit::Chart;

constexpr std::size_t most_rows = 40'000;  // of curves: what a browser draws without a pause
constexpr std::size_t most_metrics = 24, most_axes = 20, usual_axes = 12;

struct Asked {
  PluginContext& context;
  const Reader& reader;
  const Principal& who;
  const Selected& selected;
  const ChartQuestion& q;
  const Cancel& cancel;
};

Error wrong(const char* member, const std::string& what) {
  return Error(ErrorCode::invalid, std::string("'") + member + "' " + what).in(member);
}

chart_kit::Subject subject(const ComparedTask& task) { return {task.id, task.label, task.color}; }

std::vector<chart_kit::Subject> subjects(const Selected& selected) {
  std::vector<chart_kit::Subject> out;
  for (const ComparedTask& task : selected.tasks) out.push_back(subject(task));
  return out;
}

bool log_of(const ChartQuestion& q, const std::string& axis) {
  return q.log || std::find(q.log_axes.begin(), q.log_axes.end(), axis) != q.log_axes.end();
}

Frame read(const Asked& a, const std::vector<std::string>& names, const char* member) {
  return read_frame(a.context, a.reader, a.who, a.selected.tasks, names, member);
}

chart_kit::Dimension dimension(Frame::Column&& column) {
  return {std::move(column.name), std::move(column.values), std::move(column.numbers)};
}

/// One column of a member that is a name, not a list of them.
chart_kit::Dimension read_one(const Asked& a, const std::string& name, const char* member) {
  try {
    return dimension(std::move(read(a, {name}, member).columns.front()));
  } catch (Error& e) {
    if (e.field() == std::string(member) + "[0]") e.in(member);
    throw;
  }
}

/// Milliseconds as the unit that is read most easily.
const char* scale_elapsed(std::vector<chart_kit::Curves::Curve>& curves) {
  double most = 0;
  for (const auto& curve : curves)
    for (const double x : curve.x)
      if (std::isfinite(x)) most = std::max(most, x);
  const double unit = most < 600'000 ? 1000 : most < 10'800'000 ? 60'000 : 3'600'000;
  for (auto& curve : curves) {
    for (double& x : curve.x) x /= unit;
    for (double& x : curve.original_x) x /= unit;
  }
  return unit == 1000     ? "seconds since the start"
         : unit == 60'000 ? "minutes since the start"
                          : "hours since the start";
}

std::string metric_text(const std::string& key, const std::string& scope) {
  return scope.empty() ? key : key + " @ " + scope;
}

Chart draw_curves(const Asked& a) {
  SeriesQuestion asked;
  if (a.q.series) {
    asked = *a.q.series;
  } else {
    for (std::size_t i = 0; i < a.q.names.size(); ++i)
      asked.metrics.push_back(
          metric_of(a.context, a.q.names[i], "names[" + std::to_string(i) + "]"));
    if (!a.q.group.empty()) asked.group_by = {a.q.group};
  }
  SeriesPlan plan = plan_series(a.context, a.reader, a.who, a.selected, asked);
  std::map<std::pair<std::string, std::string>, std::size_t> metrics;
  for (const auto& entry : plan.entries) ++metrics[{entry.key, entry.scope}];
  if (metrics.size() > most_metrics)
    throw wrong(a.q.series ? "metrics" : "names",
                "would be a chart of " + std::to_string(metrics.size()) +
                    " metrics; name at most " + std::to_string(most_metrics));
  const std::size_t curves = std::max<std::size_t>(
      plan.groups.empty() ? plan.entries.size() : plan.groups.size() * metrics.size(), 1);
  asked.buckets = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(most_rows / (4 * curves), 12, asked.buckets));
  const SeriesAnswer answer =
      read_series(a.context, a.reader, a.who, std::move(plan), asked, a.cancel);
  chart_kit::Curves chart;
  chart.frame = a.q.frame;
  for (const Series& series : answer.series) {
    auto& curve = chart.curves.emplace_back();
    const std::string id = answer.groups.empty() ? answer.selected.tasks[series.owner].id
                                                 : "group " + std::to_string(series.owner);
    curve.of = {id, series.label, series.color};
    curve.metric = metric_text(series.key, series.scope);
    curve.x = series.line.x;
    curve.y = series.line.y;
    curve.low = series.low;
    curve.high = series.high;
    curve.original_x = series.original.x;
    curve.original_y = series.original.y;
  }
  if (!answer.groups.empty() && asked.band == Band::spread)
    chart.band = "mean ± standard deviation";
  if (!answer.groups.empty() && asked.band == Band::range)
    chart.band = "mean, between least and greatest";
  chart.x.log = log_of(a.q, "x") && asked.x != X::time;
  chart.y.log = log_of(a.q, "y");
  if (a.q.log) chart.x.log = false;  // of a curve "logarithmic" means upwards
  chart.x.time = asked.x == X::time;
  chart.x.title = asked.x == X::step   ? "step"
                  : asked.x == X::time ? "time"
                  : asked.x == X::elapsed
                      ? scale_elapsed(chart.curves)
                      : metric_text(asked.x_metric.key, asked.x_metric.scope.value_or(""));
  if (chart.frame.title.empty() && metrics.size() == 1)
    chart.frame.title = metric_text(metrics.begin()->first.first, metrics.begin()->first.second);
  return chart_kit::draw(chart);
}

Chart draw_summary(const Asked& a) {
  ValuesQuestion asked;
  for (std::size_t i = 0; i < a.q.names.size(); ++i)
    asked.metrics.push_back(metric_of(a.context, a.q.names[i], "names[" + std::to_string(i) + "]"));
  const auto statistic = static_cast<std::size_t>(
      std::find(value_statistics.begin(), value_statistics.end(), a.q.statistic) -
      value_statistics.begin());
  if (statistic == value_statistics.size())
    throw wrong("statistic", "is last, min, max, first or mean");
  chart_kit::Bars bars;
  bars.frame = a.q.frame;
  if (bars.frame.title.empty()) bars.frame.title = "Summary";
  bars.subjects = subjects(a.selected);
  bars.log = log_of(a.q, "y");
  for (const MetricValues& m : read_values(a.context, a.reader, a.who, a.selected, asked)) {
    if (a.q.names.empty() && !m.single) continue;
    auto& measure = bars.measures.emplace_back();
    measure.name = metric_text(m.key, m.scope);
    for (const auto& cell : m.cells)
      measure.values.push_back(cell.points > 0 ? std::optional(cell.values[statistic])
                                               : std::nullopt);
    if (bars.measures.size() > most_metrics)
      throw wrong("names", "would be a chart of more than " + std::to_string(most_metrics) +
                               " metrics; name fewer");
  }
  if (bars.measures.empty() && a.q.names.empty() && !a.selected.tasks.empty())
    throw wrong("names", "must name metrics: none of these tasks' metrics is a single value");
  return chart_kit::draw(bars);
}

Chart draw_scatter(const Asked& a) {
  if (a.q.names.size() != 2) throw wrong("names", "of a scatter plot are two: right and up");
  chart_kit::Scatter chart;
  chart.frame = a.q.frame;
  chart.subjects = subjects(a.selected);
  Frame frame = read(a, a.q.names, "names");
  chart.across = dimension(std::move(frame.columns[0]));
  chart.up = dimension(std::move(frame.columns[1]));
  chart.x.log = log_of(a.q, "x");
  chart.y.log = log_of(a.q, "y");
  if (!a.q.color.empty()) chart.color = read_one(a, a.q.color, "color");
  return chart_kit::draw(chart);
}

Chart draw_box(const Asked& a) {
  if (a.q.names.size() != 1) throw wrong("names", "of boxes is one: what is spread");
  const auto values = read_one(a, a.q.names.front(), "names");
  if (!values.numeric() && !a.selected.tasks.empty())
    throw wrong("names", "must name something that is a number in every task that has it");
  chart_kit::Boxes chart;
  chart.frame = a.q.frame;
  chart.value = {values.name, log_of(a.q, "y")};
  if (chart.frame.title.empty())
    chart.frame.title = values.name + (a.q.group.empty() ? "" : " by " + a.q.group);
  std::optional<chart_kit::Dimension> by;
  if (!a.q.group.empty()) by = read_one(a, a.q.group, "group");
  chart.groups = chart_kit::grouped(subjects(a.selected), values, by);
  if (chart.groups.size() > most_compared)
    throw wrong("group", "has " + std::to_string(chart.groups.size()) +
                             " different values; a chart shows at most " +
                             std::to_string(most_compared) + " boxes");
  return chart_kit::draw(chart);
}

/// Parameters that differ, and the metrics that goals speak of, else the first one.
std::vector<std::string> usual_names(const Asked& a) {
  auto names = differing_parameters(a.context, a.reader, a.who, a.selected, usual_axes);
  const auto metrics = read_values(a.context, a.reader, a.who, a.selected, {});
  std::vector<std::string> found;
  for (const MetricValues& m : metrics)
    if (m.from_goal && found.size() < 3) found.push_back(spelled_metric(m.key, m.scope));
  if (found.empty() && !metrics.empty())
    found.push_back(spelled_metric(metrics.front().key, metrics.front().scope));
  names.insert(names.end(), found.begin(), found.end());
  return names;
}

Chart draw_parallel(const Asked& a) {
  const auto names = a.q.names.empty() ? usual_names(a) : a.q.names;
  if (names.size() > most_axes)
    throw wrong("names", "of parallel axes are at most " + std::to_string(most_axes));
  if (!a.q.names.empty() && names.size() < 2)
    throw wrong("names", "of parallel axes are two or more");
  chart_kit::Parallel chart;
  chart.frame = a.q.frame;
  chart.subjects = subjects(a.selected);
  chart.color = a.q.color;
  Frame frame = read(a, names, "names");
  for (auto& column : frame.columns) {
    auto& axis = chart.axes.emplace_back();
    axis.values = dimension(std::move(column));
    axis.log = log_of(a.q, axis.values.name) && axis.values.numeric();
  }
  if (!a.q.color.empty() &&
      std::none_of(chart.axes.begin(), chart.axes.end(), [&](const auto& axis) {
        return axis.values.name == a.q.color && axis.values.numeric();
      }))
    throw wrong("color", "must be one of the axes, and of numbers");
  for (const auto& [name, ends] : a.q.brushes) {
    const auto at = std::find_if(chart.axes.begin(), chart.axes.end(),
                                 [&](const auto& axis) { return axis.values.name == name; });
    if (at == chart.axes.end() || !at->values.numeric())
      throw wrong("brush", "is of axes of numbers that are in the chart");
    at->brush = ends;
  }
  return chart_kit::draw(chart);
}

Chart draw_importance(const Asked& a) {
  if (a.q.names.empty()) throw wrong("names", "begin with the target");
  ImportanceQuestion asked;
  asked.target = a.q.names.front();
  asked.parameters.assign(a.q.names.begin() + 1, a.q.names.end());
  try {
    return draw(explain(a.context, a.reader, a.who, a.selected, asked, a.cancel), a.q.frame);
  } catch (Error& e) {
    if (e.field() == "target" || e.field().starts_with("parameters")) e.in("names");
    throw;
  }
}

class Never final : public Cancel {
 public:
  bool cancelled() const noexcept override { return false; }
};

}  // namespace

const std::vector<std::string>& chart_kinds() {
  static const std::vector<std::string> kinds = {"curves", "summary",  "scatter",
                                                 "box",    "parallel", "importance"};
  return kinds;
}

std::size_t most_in_chart(const std::string& kind) {
  return kind == "curves" || kind == "summary" ? most_compared : most_charted;
}

Chart draw_chart(PluginContext& context, const Reader& reader, const Principal& who,
                 const Selected& selected, const ChartQuestion& q, const Cancel& cancel) {
  const Asked asked{context, reader, who, selected, q, cancel};
  if (q.kind == "curves") return draw_curves(asked);
  if (q.kind == "summary") return draw_summary(asked);
  if (q.kind == "scatter") return draw_scatter(asked);
  if (q.kind == "box") return draw_box(asked);
  if (q.kind == "parallel") return draw_parallel(asked);
  if (q.kind == "importance") return draw_importance(asked);
  std::string kinds;
  for (const std::string& kind : chart_kinds())
    kinds += (kinds.empty() ? "" : kind == chart_kinds().back() ? " or " : ", ") + kind;
  throw wrong("kind", "is " + kinds);
}

AnswerFigure draw_chart(PluginContext& context, const Reader& reader, const Principal& who,
                        const Selected& selected, const ChartQuestion& q) {
  return draw_chart(context, reader, who, selected, q, Never()).figure;
}

}  // namespace podium::comparison
