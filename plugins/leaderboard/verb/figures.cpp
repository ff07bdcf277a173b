#include "figures.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "podium/chart_kit/charts.hpp"
#include "tables.hpp"

namespace podium::leaderboard {
namespace {

using chart_kit::Subject;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_rows = 100, most_moments = 200;

Subject subject_of(const Json& row) {
  return {row.at("candidate").get<std::string>(), label_text(row.at("label")), {}};
}

double number(const Json& row, const char* name) {
  const auto at = row.find(name);
  return at == row.end() ? nan : number_of(*at).value_or(nan);
}

std::string left_out(std::size_t all) {
  return all > most_rows ? "the first " + std::to_string(most_rows) + " of " + std::to_string(all)
                         : std::string();
}

}  // namespace

AnswerFigure intervals_figure(const Definition& d, const Json& trust, const std::string& title) {
  chart_kit::Intervals v;
  v.frame.title = title;
  v.frame.subtitle = left_out(trust.at("rows").size());
  v.value.title = d.metrics.front().name;
  for (const Json& row : trust.at("rows")) {
    if (v.rows.size() == most_rows) break;
    chart_kit::Intervals::Row r;
    r.of = subject_of(row);
    r.value = number(row, "mean");
    r.low = number(row, "low");
    r.high = number(row, "high");
    r.group = row.value("letter", std::string());
    r.n = row.at("n").get<double>();
    v.rows.push_back(std::move(r));
  }
  return chart_kit::draw(v).figure;
}

AnswerFigure rank_intervals_figure(const Definition&, const Json& trust, const std::string& title) {
  chart_kit::Intervals v;
  v.frame.title = title;
  v.frame.subtitle = left_out(trust.at("rows").size());
  v.value.title = "rank";
  for (const Json& row : trust.at("rows")) {
    if (v.rows.size() == most_rows) break;
    chart_kit::Intervals::Row r;
    r.of = subject_of(row);
    r.value = number(row, "rank");
    r.low = number(row, "rank_low");
    r.high = number(row, "rank_high");
    r.group = row.value("letter", std::string());
    r.n = row.at("n").get<double>();
    v.rows.push_back(std::move(r));
  }
  return chart_kit::draw(v).figure;
}

AnswerFigure front_figure(const Json& pareto, const std::string& title) {
  const Json& axes = pareto.at("axes");
  const std::string x = axes.at(0).at("name"), y = axes.at(1).at("name");
  chart_kit::Front f;
  f.frame.title = title;
  f.x.title = x;
  f.y.title = y;
  f.x_up = axes.at(0).at("direction") == "max";
  f.y_up = axes.at(1).at("direction") == "max";
  for (const Json& row : pareto.at("rows")) {
    chart_kit::Front::Point p;
    p.of = subject_of(row);
    p.x = number(row.at("point"), x.c_str());
    p.y = number(row.at("point"), y.c_str());
    p.on_front = row.at("front") == 1;
    p.knee = row.at("knee").get<bool>();
    f.points.push_back(std::move(p));
  }
  return chart_kit::draw(f).figure;
}

AnswerFigure ranks_figure(const Json& ranks, const std::string& title) {
  chart_kit::Ranks r;
  r.frame.title = title;
  r.x.time = true;
  r.x.title = "at";
  // Each line has a place at every moment at which any changed: else lines would slide for hours.
  std::vector<std::int64_t> moments = {ranks.at("to").get<std::int64_t>()};
  for (const Json& candidate : ranks.at("candidates"))
    for (const Json& step : candidate.at("ranks")) moments.push_back(step.at(0));
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  if (moments.size() > most_moments) {
    std::vector<std::int64_t> some;
    for (std::size_t i = 0; i < most_moments; ++i)
      some.push_back(moments[i * (moments.size() - 1) / (most_moments - 1)]);
    moments = std::move(some);
    r.frame.subtitle =
        "at " + std::to_string(most_moments) + " of the moments at which ranks changed";
  }
  for (const Json& candidate : ranks.at("candidates")) {
    chart_kit::Ranks::Path path;
    path.of = subject_of(candidate);
    const Json& steps = candidate.at("ranks");
    std::size_t next = 0;
    std::optional<double> now;
    for (const std::int64_t at : moments) {
      for (; next < steps.size() && steps[next].at(0).get<std::int64_t>() <= at; ++next)
        now = number_of(steps[next].at(1));
      path.x.push_back(static_cast<double>(at));
      path.rank.push_back(now);
    }
    r.paths.push_back(std::move(path));
  }
  return chart_kit::draw(r).figure;
}

}  // namespace podium::leaderboard
