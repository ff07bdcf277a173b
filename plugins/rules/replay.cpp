#include "replay.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "past.hpp"
#include "podium/service/goals.hpp"

namespace podium::rules {
namespace {

constexpr const char* own_times[] = {"started", "completed", "published", "archived_at"};

Value value_of_json(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  return {};
}

/// What happened to the task at a moment: something of the history, or a point, or time passed.
struct Event {
  std::int64_t at = 0;
  std::ptrdiff_t told = -1;    ///< index of a change that the history tells
  std::ptrdiff_t series = -1;  ///< index of the series
  Point point;
};

std::vector<PastGoal> goals_of(PluginContext& context, const Reader& reader, const Principal& who,
                               Ordinal project) {
  static const std::vector<Column> columns = {
      value_of(field("metric")), value_of(field("scope")), value_of(field("statistic")),
      value_of(field("direction")), value_of(field("target"))};
  std::vector<PastGoal> out;
  Query query;
  query.filter = eq(field("project"), project);
  query.columns = columns;
  context.goals().query(reader, who, query, [&](const Row& row) {
    PastGoal g;
    g.metric = cell::text(row.cell(0));
    g.scope = cell::text(row.cell(1));
    const std::string statistic = cell::text(row.cell(2));
    g.statistic = statistic == "min"   ? Statistic::min
                  : statistic == "max" ? Statistic::max
                                       : Statistic::last;
    g.at_least = cell::text(row.cell(3)) != "min";
    const Cell target = row.cell(4);
    if (const auto* number = std::get_if<double>(&target)) g.target = *number;
    out.push_back(std::move(g));
    return true;
  });
  return out;
}

}  // namespace

Replayer::Replayer(PluginContext& context, const Ids& ids, const Question& question,
                   const Principal& who)
    : context_(context), ids_(ids), question_(question), who_(who) {}

std::optional<Replay> Replayer::operator()(const Reader& reader, Ordinal task,
                                           std::uint64_t& points) {
  Columns columns;
  const std::size_t project = columns.add(value_of(field("project"))),
                    name = columns.add(value_of(field("name"))),
                    created = columns.add(value_of(field("created"))),
                    all = columns.add(whole_series("metrics"));
  std::vector<std::size_t> time_columns;
  for (const char* t : own_times) time_columns.push_back(columns.add(value_of(field(t))));
  columns.add(question_);

  bool goals = false, everything = question_.rule.quiet != 0;
  std::set<std::pair<std::string, std::string>> wanted;
  for (const Path* path : question_.paths) {
    if (path->kind == Path::Kind::series) wanted.emplace(path->key, path->scope);
    if (path->kind != Path::Kind::field) continue;
    goals = goals || path->name == "goals_met";
    everything = everything || path->name == "iteration" || path->name == "active" ||
                 path->name == "run_time";
  }

  // The past as the history tells it: each change with what was before and after.
  struct Change {
    std::int64_t at;
    std::vector<std::pair<std::string, Value>> after;
  };
  std::vector<Change> changes;
  std::map<std::string, Value> first;
  static const std::vector<Column> history_columns = {value_of(field("at")),
                                                      value_of(record_body())};
  Query query;
  query.collection = ids_.history;
  query.filter = eq(field("task"), task);
  query.order = {{field("at"), false, false}};
  query.columns = history_columns;
  std::set<std::string> references;
  for (const Field& f : context_.store().declaration(ids_.tasks).fields)
    if (f.type == Type::reference) references.insert(f.name);
  reader.query(query, [&](const Row& row) {
    const Json body = Json::parse(cell::text(row.cell(1)), nullptr, false);
    if (!body.is_object() || !body.contains("new")) return true;
    Change change{cell::integer(row.cell(0)), {}};
    for (const auto& [key, value] : body["new"].items()) {
      if (references.contains(key)) continue;  // told by id, asked by ordinal
      change.after.emplace_back(key, value_of_json(value));
      if (!first.contains(key))
        first[key] = body.contains("old") && body["old"].contains(key)
                         ? value_of_json(body["old"][key])
                         : Value{};
    }
    changes.push_back(std::move(change));
    return true;
  });

  std::optional<Replay> out;
  reader.get(ids_.tasks, task, columns.all(), [&](const Row& row) {
    Past past(context_.store(), reader, columns, row, assumed_);
    if (goals) past.goals = goals_of(context_, reader, who_, cell::integer(row.cell(project)));
    for (const PastGoal& g : past.goals) wanted.emplace(g.metric, g.scope);
    for (std::size_t i = 0; i < std::size(own_times); ++i)
      past.times[own_times[i]] = cell::integer_if(row.cell(time_columns[i]));
    past.told = first;

    std::vector<Event> events;
    const std::int64_t born = cell::integer(row.cell(created));
    events.push_back({born, -1, -1, {}});
    for (std::size_t i = 0; i < changes.size(); ++i)
      events.push_back({changes[i].at, static_cast<std::ptrdiff_t>(i), -1, {}});
    for (const auto& [word, at] : past.times)
      if (at) events.push_back({*at, -1, -1, {}});
    for (const SeriesEntry& s : row.series(all))
      if (everything || wanted.contains({std::string(s.key), std::string(s.scope)}))
        past.series.push_back({std::string(s.key), std::string(s.scope), {}});
    for (std::size_t i = 0; i < past.series.size(); ++i) {
      PointsQuery ask;
      ask.collection = ids_.tasks;
      ask.record = task;
      ask.series = "metrics";
      ask.key = past.series[i].key;
      ask.scope = past.series[i].scope;
      ask.by = PointsQuery::By::time;
      ask.limit = points + 1;
      std::uint64_t read = 0;
      reader.points(ask, [&](std::span<const Point> block) {
        for (const Point& p : block)
          events.push_back({p.time, -1, static_cast<std::ptrdiff_t>(i), p});
        read += block.size();
        return true;
      });
      if (read > points) return;
      points -= read;
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const Event& a, const Event& b) { return a.at < b.at; });

    Replay replay;
    replay.task = row.id();
    replay.name = cell::text(row.cell(name));
    bool held = false, acted = false;
    std::int64_t alive = born;
    const auto fires = [&](std::int64_t at, const Event* by) {
      if (++replay.times > 1) return;
      replay.at = at;
      if (by == nullptr || by->series < 0) return;
      const PastSeries& s = past.series[static_cast<std::size_t>(by->series)];
      replay.metric = s.key;
      replay.scope = s.scope;
      replay.point = by->point;
    };
    const std::int64_t quiet = question_.rule.quiet;
    for (const Event& event : events) {
      // It was quiet up to this event.
      if (quiet != 0 && held && !acted && event.at - alive >= quiet) {
        fires(alive + quiet, nullptr);
        acted = true;
      }
      past.moment = event.at;
      if (event.told >= 0)
        for (const auto& [key, value] : changes[static_cast<std::size_t>(event.told)].after)
          past.told[key] = value;
      if (event.series >= 0)
        kit::add(past.series[static_cast<std::size_t>(event.series)].summary, event.point,
                 LastRule::step_time_value);
      past.life = std::max(past.life, event.at);
      if (event.series >= 0 || event.told >= 0) {
        alive = event.at;
        acted = false;
      }
      const bool holds = (*question_.holds)(past);
      if (holds && !held) {
        alive = event.at;
        acted = false;
        if (quiet == 0) fires(event.at, &event);
      }
      held = holds;
    }
    out = std::move(replay);
  });
  return out;
}

}  // namespace podium::rules
