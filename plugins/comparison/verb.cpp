#include "verb.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "charts/charts.hpp"
#include "podium/plugin.hpp"
#include "podium/service/tasks.hpp"
#include "sampling.hpp"
#include "smoothing.hpp"
#include "tables.hpp"

namespace podium::comparison {
namespace {

constexpr std::int64_t usual_points = 200, most_points = 100'000, points_of_a_bucket = 4;
constexpr std::size_t most_curves = 200;

struct View {
  const char* word;
  const char* help;
};
constexpr View views[] = {
    {"values", "metrics by task, the best marked"},
    {"parameters", "parameters side by side, and how configurations differ"},
    {"curves", "metrics over steps or time"},
    {"artifacts", "which artifacts there are, and whether they are the same"},
    {"models", "models that the tasks made and read"},
    {"datasets", "data sets that the tasks read"},
    {"source", "commit, uncommitted changes and packages"},
};

double weight_of(const VerbCall& call, const CommandWord& word) {
  double weight = -1;
  const char* const end = word.text.data() + word.text.size();
  const auto [at, error] = std::from_chars(word.text.data(), end, weight);
  if (error != std::errc() || at != end || !(weight >= 0 && weight <= 0.999))
    throw call.wrong(word, "'smooth' is the weight of the average, from 0 to 0.999");
  return weight;
}

std::vector<std::size_t> statistics_of(const VerbCall& call) {
  std::vector<std::size_t> out;
  for (const CommandWord& word : call.words("statistic")) {
    const auto at = std::find(value_statistics.begin(), value_statistics.end(), word.text);
    if (at == value_statistics.end())
      throw call.wrong(word, "'statistic' is last, min, max, first or mean");
    out.push_back(static_cast<std::size_t>(at - value_statistics.begin()));
  }
  if (out.empty()) out.push_back(0);
  return out;
}

}  // namespace

Verb::Usage CompareVerb::usage() const {
  using Kind = ClauseSpec::Kind;
  Usage u;
  u.summary = "What is different between tasks: values, parameters, curves, outputs, source";
  u.arguments = "TASK ...";
  u.most = most_compared;
  u.clauses = {clauses::in(), clauses::where()};
  for (const View& view : views) u.clauses.push_back({view.word, Kind::flag, "", view.help});
  u.clauses.push_back({"metric", Kind::list, "METRICS", "of values and curves: only these"});
  u.clauses.push_back(
      {"statistic", Kind::list, "last|min|max|first|mean", "of values; last, if not said"});
  u.clauses.push_back({"baseline", Kind::word, "TASK", "what the others are held against"});
  u.clauses.push_back({"by", Kind::word, "step|time", "of curves: what goes to the right"});
  u.clauses.push_back({"points", Kind::number, "N", "of each curve at most; 200 if not said"});
  u.clauses.push_back({"smooth", Kind::word, "WEIGHT", "of curves: 0 to 0.999; 0.6 is usual"});
  std::string kinds;
  for (const std::string& kind : chart_kinds()) kinds += (kinds.empty() ? "" : "|") + kind;
  u.clauses.push_back({"chart", Kind::word, kinds, "a chart over the tasks"});
  u.clauses.push_back({"show", Kind::list, "NAMES",
                       "of a chart: its axes; of importance the target, then the parameters"});
  u.clauses.push_back({"group by", Kind::word, "NAME", "of boxes and curves: one a value of it"});
  u.clauses.push_back({"log", Kind::flag, "", "of a chart: logarithmic"});
  u.clauses.push_back({"all", Kind::flag, "", "also what is equal, and archived tasks"});
  u.clauses.push_back(clauses::limit());
  u.examples = {{"compare 0193a5 0193a7", "what differs between two tasks"},
                {"compare best values metric acc, loss statistic last, max",
                 "values of a result that was named"},
                {"compare in vision where params.lr < 0.1 parameters baseline 0193a5",
                 "parameters against one of them"},
                {"compare best curves metric loss smooth 0.6", "overlaid curves"},
                {"compare in vision chart importance show metrics.acc",
                 "how much the metric hangs on each parameter"}};
  return u;
}

CompareVerb::Named CompareVerb::named(const VerbCall& call) const {
  Named out;
  const auto words = call.arguments();
  if (!words.empty() && (call.has("in") || call.has("where")))
    throw call.wrong(words.front(),
                     "tasks are named, or asked for with 'in' and 'where', not both");
  for (const CommandWord& word : words)
    for (const Ordinal o : call.tasks_named(word))
      if (std::find(out.tasks.begin(), out.tasks.end(), o) == out.tasks.end())
        out.tasks.push_back(o);
  const std::size_t most = call.has("chart") ? most_in_chart(call.text("chart")) : most_compared;
  if (out.tasks.size() > most)
    throw call.wrong(words.front(), "at most " + std::to_string(most) + " tasks are compared so; " +
                                        "these are " + std::to_string(out.tasks.size()));
  if (call.has("baseline")) out.baseline = call.task_named(call.words("baseline").front());
  // A chart of a point or a line a task has room for all of them.
  const std::size_t usual = most == most_compared ? usually_compared : most;
  const std::int64_t limit = call.number("limit").value_or(static_cast<std::int64_t>(usual));
  if (limit < 1 || limit > static_cast<std::int64_t>(most))
    throw call.wrong(call.words("limit").front(), "'limit' is from 1 to " + std::to_string(most));
  out.limit = static_cast<std::uint64_t>(limit);
  return out;
}

Selected CompareVerb::selected(const VerbCall& call, const Reader& reader,
                               const Named& given) const {
  std::vector<Ordinal> tasks = given.tasks;
  bool more = false;
  if (call.arguments().empty()) {
    Query query;
    query.filter = call.tasks();
    query.order = {{record_ordinal(), true, false}};
    query.limit = given.limit;
    query.budget = {5'000'000, std::chrono::milliseconds(10'000)};
    const Page page = context_.tasks().query(reader, call.who(), query, [&](const Row& row) {
      tasks.push_back(row.ordinal());
      return true;
    });
    more = !page.cursor.empty();
  }
  // One that is not among them is compared, too: it would be no baseline else.
  if (given.baseline && std::find(tasks.begin(), tasks.end(), *given.baseline) == tasks.end())
    tasks.insert(tasks.begin(), *given.baseline);
  Selected out = select(context_, reader, call.who(), tasks);
  out.more = more;
  return out;
}

/// "loss", or as the query language writes it: "metrics.loss", "metrics.loss@val".
std::vector<MetricName> CompareVerb::metrics(const VerbCall& call) const {
  std::vector<MetricName> out;
  for (const CommandWord& word : call.words("metric")) {
    MetricName name{word.text, {}};
    if (!word.quoted && (word.text.starts_with("metrics.") || word.text.starts_with("metric."))) {
      try {
        const Path path =
            context_.query_language().parse_order(word.text, context_.vocabulary("tasks")).path;
        if (path.kind == Path::Kind::series) {
          name.key = path.key;
          if (!path.scope.empty()) name.scope = path.scope;
        }
      } catch (const Error& e) {
        throw call.placed(word, e);
      }
    }
    out.push_back(std::move(name));
  }
  return out;
}

AnswerChart CompareVerb::curves(const VerbCall& call, const Reader& reader,
                                const Selected& selected) const {
  AnswerChart chart;
  if (const std::string by = call.text("by", "step"); by == "time")
    chart.x = AnswerChart::X::time;
  else if (by != "step")
    throw call.wrong(call.words("by").front(), "'by' is step or time");
  const std::int64_t points = call.number("points").value_or(usual_points);
  if (points < points_of_a_bucket || points > most_points)
    throw call.wrong(call.words("points").front(), "'points' is from 4 to 100000");
  Smoothing smoothing;
  if (call.has("smooth")) {
    smoothing.kind = Smoothing::Kind::ema;
    smoothing.weight = weight_of(call, call.words("smooth").front());
  }
  const auto buckets = static_cast<std::uint32_t>(points / points_of_a_bucket);
  for (const SeriesPlan::Entry& e :
       find_series(context_, reader, call.who(), selected, metrics(call), most_curves)) {
    if (call.cancel().cancelled()) throw Error(ErrorCode::cancelled, "the caller did not wait");
    PointsQuery query;
    query.record = selected.tasks[e.task].ordinal;
    query.series = "metrics";
    query.key = e.key;
    query.scope = e.scope;
    query.by = chart.x == AnswerChart::X::time ? PointsQuery::By::time : PointsQuery::By::step;
    AnswerChart::Series& s = chart.series.emplace_back();
    s.metric = e.key;
    s.scope = e.scope;
    s.task = selected.tasks[e.task].id;
    s.label = selected.tasks[e.task].label;
    s.of = e.summary.count;
    if (smoothing.kind == Smoothing::Kind::none && e.summary.count > points)
      query.buckets = buckets;
    context_.tasks().points(reader, call.who(), query, [&](std::span<const Point> read) {
      s.points.insert(s.points.end(), read.begin(), read.end());
      return true;
    });
    if (smoothing.kind == Smoothing::Kind::none) continue;
    Curve curve;
    for (const Point& p : s.points) {
      curve.x.push_back(static_cast<double>(p.step));
      curve.y.push_back(p.value);
    }
    smooth(smoothing, curve.x, curve.y);
    for (std::size_t i = 0; i < s.points.size(); ++i) s.points[i].value = curve.y[i];
    if (e.summary.count <= points) continue;
    std::vector<Point> kept;
    for (const std::size_t row : rows_kept(curve, Buckets::even, buckets))
      kept.push_back(s.points[row]);
    s.points = std::move(kept);
  }
  return chart;
}

AnswerFigure CompareVerb::figure(const VerbCall& call, const Reader& reader,
                                 const Selected& selected) const {
  ChartQuestion asked;
  asked.kind = call.text("chart");
  for (const CommandWord& word : call.words("show")) asked.names.push_back(word.text);
  asked.group = call.text("group by");
  asked.log = call.has("log");
  try {
    return draw_chart(context_, reader, call.who(), selected, asked);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::invalid) throw;
    // The member that is wrong stands in a word of the line.
    const auto shown = call.words("show");
    std::size_t i = 0;
    const std::string& member = e.field();
    if (member.starts_with("names["))
      std::from_chars(member.data() + 6, member.data() + member.size(), i);
    if (member.starts_with("names") && i < shown.size()) throw call.placed(shown[i], e);
    if (member == "group" && call.has("group by"))
      throw call.placed(call.words("group by").front(), e);
    throw call.placed(call.words("chart").front(), e);
  }
}

Answer CompareVerb::answer(const VerbCall& call, const Reader& reader, const Named& given,
                           const std::string& what) const {
  const Principal& who = call.who();
  const Selected tasks = selected(call, reader, given);
  const bool all = call.has("all");
  std::optional<std::size_t> baseline;
  for (std::size_t t = 0; t < tasks.tasks.size(); ++t)
    if (tasks.tasks[t].ordinal == given.baseline) baseline = t;
  const auto values = [&] {
    ValuesQuestion asked;
    asked.metrics = metrics(call);
    return values_table(tasks, read_values(context_, reader, who, tasks, asked),
                        statistics_of(call), all);
  };
  const auto parameters = [&] {
    ParametersQuestion asked;
    asked.baseline = baseline;
    asked.differing = !all;
    return read_parameters(context_, reader, who, tasks, asked);
  };
  const auto add_source = [&](AnswerDetails& details) {
    const ComparedSource source = read_source(context_, reader, who, tasks, baseline);
    details.section("source", facts_table(tasks, source.fields, all));
    details.section("packages", facts_table(tasks, source.packages, all));
    add_differences(details, tasks, "uncommitted", source.diff);
  };
  const auto add_parameters = [&](AnswerDetails& details) {
    const ComparedParameters found = parameters();
    details.section("parameters", parameters_table(tasks, found.entries));
    for (const ComparedText& text : found.texts)
      add_differences(details, tasks, text.map + "." + text.key, text);
  };
  const auto told = [&](Answer made) {
    if (tasks.more) made.notice("More tasks match than are compared; 'limit' says how many are.");
    return made;
  };
  if (what == "chart") return told(figure(call, reader, tasks));
  if (what == "values") return told(values());
  if (what == "curves") return told(curves(call, reader, tasks));
  if (what == "artifacts") {
    const ComparedArtifacts found = read_artifacts(context_, reader, who, tasks, "", call.cancel());
    Answer made = told(artifacts_table(tasks, found, all));
    if (!found.unread.empty())
      made.notice("The artifacts of " + std::to_string(found.unread.size()) +
                  " of these tasks are not kept by podium.");
    return made;
  }
  if (what == "models") return told(models_table(tasks, read_models(context_, reader, who, tasks)));
  if (what == "datasets")
    return told(datasets_table(tasks, read_datasets(context_, reader, who, tasks), all));
  AnswerDetails details;
  if (what == "parameters") {
    add_parameters(details);
  } else if (what == "source") {
    add_source(details);
  } else {
    details.field("tasks", static_cast<std::int64_t>(tasks.tasks.size()), CellType::integer);
    details.section("values", values());
    add_parameters(details);
    add_source(details);
    details.section("datasets",
                    datasets_table(tasks, read_datasets(context_, reader, who, tasks), all));
    // What says nothing is no part of an overview.
    std::erase_if(details.sections, [](const auto& s) { return s.table.rows.empty(); });
  }
  return told(std::move(details));
}

Answer CompareVerb::run(const VerbCall& call) {
  std::string what;
  for (const View& view : views) {
    if (!call.has(view.word)) continue;
    if (!what.empty())
      throw Error(ErrorCode::invalid, "one of '" + what + "' and '" + view.word +
                                          "' is shown at a time; leave one out");
    what = view.word;
  }
  if (call.has("chart")) {
    if (!what.empty())
      throw Error(ErrorCode::invalid,
                  "one of '" + what + "' and 'chart' is shown at a time; leave one out");
    what = "chart";
    const CommandWord& word = call.words("chart").front();
    std::string known;
    for (const std::string& kind : chart_kinds()) known += (known.empty() ? "" : ", ") + kind;
    if (std::find(chart_kinds().begin(), chart_kinds().end(), word.text) == chart_kinds().end())
      throw call.wrong(word, "there is no chart '" + word.text + "'; there are: " + known);
  } else {
    for (const char* clause : {"show", "group by"})
      if (call.has(clause))
        throw call.wrong(call.words(clause).front(),
                         std::string("'") + clause + "' is of a 'chart'; say which");
  }
  const Named given = named(call);
  std::optional<Answer> made;
  context_.store().read(
      [&](const Reader& reader) { made.emplace(answer(call, reader, given, what)); });
  return *std::move(made);
}

}  // namespace podium::comparison
