#include "importance/explain.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <thread>

#include "charts/names.hpp"
#include "podium/error.hpp"
#include "podium/http/message.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t least_tasks = 5, most_parameters = 100;
constexpr unsigned most_threads = 4;

/// A column as a feature of those tasks that have the target.
struct Made {
  Feature feature;
  std::size_t have = 0, distinct = 0;
};

Made feature_of(const Frame::Column& column, const std::vector<std::size_t>& rows) {
  Made made;
  made.feature.name = column.name;
  made.feature.categorical = !Frame::numeric(column);
  std::map<std::string, std::int32_t> codes;
  std::set<double> numbers;
  if (made.feature.categorical)
    for (const std::size_t row : rows)
      if (!std::holds_alternative<std::monostate>(column.values[row]))
        codes.emplace(text_of(column.values[row]), 0);
  std::int32_t next = 0;
  for (auto& [text, code] : codes) code = next++;
  for (const std::size_t row : rows) {
    const bool there = !std::holds_alternative<std::monostate>(column.values[row]);
    made.have += there ? 1 : 0;
    if (made.feature.categorical) {
      made.feature.codes.push_back(there ? codes.at(text_of(column.values[row])) : -1);
      continue;
    }
    auto number = column.numbers[row];
    if (number && !std::isfinite(*number)) number.reset();
    if (number) numbers.insert(*number);
    made.feature.numbers.push_back(number);
  }
  made.distinct = made.feature.categorical ? codes.size() : numbers.size();
  return made;
}

/// Numbers, or the two values of what is true or false.
std::vector<std::optional<double>> numbers_of(const Feature& feature, const Frame::Column& column,
                                              const std::vector<std::size_t>& rows) {
  if (!feature.categorical) return feature.numbers;
  std::vector<std::optional<double>> out;
  for (const std::size_t row : rows) {
    std::string text = text_of(column.values[row]);
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (text == "true")
      out.emplace_back(1);
    else if (text == "false")
      out.emplace_back(0);
    else if (std::holds_alternative<std::monostate>(column.values[row]))
      out.emplace_back();
    else
      return {};
  }
  return out;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < 5; ++i) out += (i ? ", " : "") + names[i];
  if (names.size() > 5) out += " and " + std::to_string(names.size() - 5) + " more";
  return out;
}

}  // namespace

Explained explain(PluginContext& context, const Reader& reader, const Principal& who,
                  const Selected& selected, const ImportanceQuestion& asked, const Cancel& cancel) {
  Explained out;
  out.target = asked.target;
  out.forest = asked.forest;
  out.forest.threads = std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
  const std::vector<std::string> target_name = {asked.target};
  Frame target;
  try {
    target = read_frame(context, reader, who, selected.tasks, target_name, "target");
  } catch (Error& e) {
    if (e.field() == "target[0]") e.in("target");
    throw;
  }
  std::vector<std::size_t> rows;
  std::vector<double> y;
  const auto& values = target.columns.front();
  for (std::size_t i = 0; i < selected.tasks.size(); ++i)
    if (values.numbers[i] && std::isfinite(*values.numbers[i])) {
      rows.push_back(i);
      y.push_back(*values.numbers[i]);
    }
  out.tasks = rows.size();
  if (rows.size() < least_tasks)
    throw Error(ErrorCode::invalid, "'target' must be a number in " + std::to_string(least_tasks) +
                                        " tasks or more; of these " +
                                        std::to_string(selected.tasks.size()) + " it is in " +
                                        std::to_string(rows.size()))
        .in("target");
  const auto names = asked.parameters.empty()
                         ? differing_parameters(context, reader, who, selected, most_parameters)
                         : asked.parameters;
  const Frame frame = read_frame(context, reader, who, selected.tasks, names, "parameters");
  std::vector<Feature> features;
  std::vector<std::string> own, same;
  for (const Frame::Column& column : frame.columns) {
    if (column.name == asked.target) continue;
    Made made = feature_of(column, rows);
    const bool missing = made.have < rows.size();
    if (made.distinct + (missing ? 1 : 0) < 2) {
      same.push_back(column.name);
      continue;
    }
    // A name of each task explains everything, and says nothing.
    if (made.feature.categorical && made.distinct == made.have && made.have > 2) {
      own.push_back(column.name);
      continue;
    }
    auto& p = out.parameters.emplace_back();
    p.name = column.name;
    p.categorical = made.feature.categorical;
    p.tasks = made.have;
    p.distinct = made.distinct;
    const auto numbers = numbers_of(made.feature, column, rows);
    p.pearson = pearson(numbers, y);
    p.spearman = spearman(numbers, y);
    features.push_back(std::move(made.feature));
  }
  if (!own.empty())
    out.notices.push_back("Left out, for every task has a text of its own: " + list_of(own) + ".");
  if (!same.empty() && !asked.parameters.empty())
    out.notices.push_back("Left out, for all tasks have the same: " + list_of(same) + ".");
  if (features.empty()) {
    out.notices.push_back("There are no parameters that differ among the tasks.");
    return out;
  }
  if (rows.size() < selected.tasks.size())
    out.notices.push_back(std::to_string(selected.tasks.size() - rows.size()) + " of " +
                          std::to_string(selected.tasks.size()) +
                          " tasks do not have the target and do not count.");
  const ForestImportance found = importance_of(features, y, out.forest, &cancel);
  out.score = found.score;
  if (found.score <= 0.05)
    out.notices.push_back(
        "The forest explains next to nothing of the target (R² of unseen tasks is " +
        [&] {
          char text[32];
          std::snprintf(text, sizeof text, "%.2f", found.score);
          return std::string(text);
        }() +
        "): the importances mean little.");
  double all = 0;
  for (const auto& f : found.features) all += std::max(f.mean, 0.0);
  for (std::size_t i = 0; i < features.size(); ++i) {
    auto& p = out.parameters[i];
    p.importance = found.features[i].mean;
    p.deviation = found.features[i].deviation;
    p.share = all > 0 ? std::max(p.importance, 0.0) / all : 0;
  }
  std::stable_sort(out.parameters.begin(), out.parameters.end(),
                   [](const auto& a, const auto& b) { return a.importance > b.importance; });
  return out;
}

chart_kit::Chart draw(const Explained& explained, chart_kit::Frame frame) {
  chart_kit::Importance chart;
  char score[32];
  std::snprintf(score, sizeof score, "%.2f", explained.score);
  if (frame.title.empty()) frame.title = "What " + explained.target + " hangs on";
  if (frame.subtitle.empty())
    frame.subtitle = std::to_string(explained.tasks) + " tasks; R² of unseen tasks " + score;
  chart.frame = std::move(frame);
  chart.importance_title = "fall of R² when it is shuffled";
  for (const auto& p : explained.parameters)
    chart.bars.push_back({p.name, p.importance, p.deviation, p.spearman});
  return chart_kit::draw(chart);
}

}  // namespace podium::comparison
