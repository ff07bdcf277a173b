// series
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "commands/call.hpp"
#include "commands/table_of.hpp"
#include "commands/verbs/curves.hpp"
#include "commands/verbs/verbs.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

constexpr std::int64_t usual_points = 200, most_points = 100'000;
constexpr std::size_t most_series = 100;
constexpr std::size_t points_a_bucket = 4;  // first, min, max and last

class SeriesVerb final : public Verb {
 public:
  explicit SeriesVerb(const Parts& parts) : Verb("series"), parts_(parts) {}

  Usage usage() const override {
    Usage u;
    u.summary = "Curves of metrics, in so many points that keep their extremes";
    u.arguments = "METRIC ...";
    u.most = most_series;
    u.clauses = {
        {"of", ClauseSpec::Kind::list, "TASKS", "whose; ids, or a result that was named", true},
        {"points", ClauseSpec::Kind::number, "N",
         fmt::format("of each curve at most; {} if not said", usual_points)},
        {"by", ClauseSpec::Kind::word, "step|time", "the order of the points"}};
    u.examples = {{"series metrics.loss of 0193a5", "one curve"},
                  {"series metrics.loss, metrics.acc of best points 50",
                   "two curves of each task of a result"},
                  {"series of 0193a5", "all metrics of a task"}};
    return u;
  }

  Answer run(const VerbCall& call) override {
    return read_curves(parts_, call, tasks_of_clause(call));
  }

 private:
  const Parts& parts_;
};

/// Reads what was asked for.
class Curves {
 public:
  explicit Curves(const Parts& parts) : parts_(parts) {}

  AnswerChart read_all(const VerbCall& call, const std::vector<Ordinal>& tasks) const {
    AnswerChart chart;
    if (call.has("by")) {
      const CommandWord& by = call.words("by").front();
      if (by.text != "step" && by.text != "time")
        throw call.wrong(by, fmt::format("'by' is step or time, not '{}'", by.text));
      chart.x = by.text == "time" ? AnswerChart::X::time : AnswerChart::X::step;
    }
    const std::int64_t points = call.number("points").value_or(usual_points);
    if (points < 1 || points > most_points)
      throw call.wrong(call.words("points").front(),
                       fmt::format("'points' is from 1 to {}", most_points));

    const std::vector<Path> metrics = metrics_of(call);
    parts_.core->store.read([&](const Reader& reader) {
      chart.series.clear();
      for (const Ordinal task : tasks)
        for (auto& found : find(reader, call.who(), task, metrics)) {
          if (chart.series.size() == most_series)
            throw Error(ErrorCode::too_large,
                        fmt::format("these are more than {} curves; name metrics or fewer tasks",
                                    most_series));
          read(reader, call.who(), task, points, chart.x, found);
          chart.series.push_back(std::move(found));
        }
    });
    if (chart.series.empty() && !metrics.empty()) {
      Error missing = call.wrong(call.arguments().front(), "none of the tasks has this metric");
      Error error(ErrorCode::not_found, missing.what());
      error.at(missing.position()).in("metric").with(missing.detail());
      throw error;
    }
    return chart;
  }

 private:
  /// What the arguments name; none: all.
  std::vector<Path> metrics_of(const VerbCall& call) const {
    const EntityVocabulary& words = parts_.words->of("tasks");
    std::vector<Path> paths;
    for (const CommandWord& word : call.arguments()) {
      std::size_t begin = 0;
      while (begin <= word.text.size()) {
        const std::size_t comma = std::min(word.text.find(',', begin), word.text.size());
        const std::string text = word.text.substr(begin, comma - begin);
        paths.push_back(in_place(call, word, [&] {
          Path p = parts_.core->language.parse_order(text, words).path;
          if (p.kind == Path::Kind::series && p.statistic == Statistic::last) return p;
          throw Error(ErrorCode::invalid,
                      fmt::format("'{}' is no metric; write metrics.NAME", text));
        }));
        begin = comma + 1;
      }
    }
    return paths;
  }

  /// The asked series that the task has, without their points.
  std::vector<AnswerChart::Series> find(const Reader& reader, const Principal& who, Ordinal task,
                                        const std::vector<Path>& asked) const {
    std::vector<AnswerChart::Series> found;
    const std::array columns = {value_of(field("name")), whole_series("metrics")};
    parts_.tasks->get(reader, who, task, columns, [&](const Row& row) {
      const Cell name = row.cell(0);
      const auto* label = std::get_if<std::string_view>(&name);
      for (const SeriesEntry& s : row.series(1)) {
        const bool wanted =
            asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const Path& p) {
              return p.key == s.key && p.scope == s.scope;
            });
        if (!wanted) continue;
        AnswerChart::Series& series = found.emplace_back();
        series.metric = s.key;
        series.scope = s.scope;
        series.task = row.id();
        if (label) series.label = *label;
        series.of = s.summary.count;
      }
    });
    return found;
  }

  void read(const Reader& reader, const Principal& who, Ordinal task, std::int64_t most,
            AnswerChart::X x, AnswerChart::Series& series) const {
    PointsQuery query;
    query.record = task;
    query.series = "metrics";
    query.key = series.metric;
    query.scope = series.scope;
    query.by = x == AnswerChart::X::time ? PointsQuery::By::time : PointsQuery::By::step;
    if (series.of > most) {
      if (most < static_cast<std::int64_t>(points_a_bucket))
        query.evenly = static_cast<std::uint32_t>(most);
      else
        query.buckets =
            static_cast<std::uint32_t>(most / static_cast<std::int64_t>(points_a_bucket));
    }
    parts_.tasks->points(reader, who, query, [&](std::span<const Point> points) {
      series.points.insert(series.points.end(), points.begin(), points.end());
      return true;
    });
  }

  const Parts& parts_;
};

}  // namespace

std::vector<Ordinal> tasks_of_clause(const VerbCall& call) {
  std::vector<Ordinal> tasks;
  for (const CommandWord& word : call.words("of"))
    for (const Ordinal o : call.tasks_named(word)) tasks.push_back(o);
  return tasks;
}

AnswerChart read_curves(const Parts& parts, const VerbCall& call,
                        const std::vector<Ordinal>& tasks) {
  return Curves(parts).read_all(call, tasks);
}

std::unique_ptr<Verb> make_series_verb(const Parts& parts) {
  return std::make_unique<SeriesVerb>(parts);
}

}  // namespace podium::host::commands
