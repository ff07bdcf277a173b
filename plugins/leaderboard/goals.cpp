// The goals of a project: who meets them, and how their best came about.
#include "podium/service/goals.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "answers.hpp"
#include "details.hpp"
#include "key.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/principal.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"

namespace podium::leaderboard {
namespace {

struct Goal {
  std::string id, metric, scope, statistic, direction;
  double target = 0;

  bool max() const { return direction == "max"; }
  bool met(const Number& n) const {
    return n.counts() && (max() ? n.value >= target : n.value <= target);
  }
  Path path() const {
    const Statistic s = statistic == "min"   ? Statistic::min
                        : statistic == "max" ? Statistic::max
                                             : Statistic::last;
    return series("metrics", metric, s, scope);
  }
  std::string why_not(const Number& n) const {
    if (!n.there) return "it has no value of " + metric;
    if (std::isnan(n.value)) return metric + " is NaN";
    return metric + " " + spelled(n.value) + (max() ? " is less than " : " is more than ") +
           spelled(target);
  }
};

struct Step {
  std::int64_t at = 0;
  Ordinal ordinal = 0;
  std::string task, name;
  std::vector<Number> values;
};

Number number_of(const Cell& cell) {
  const auto* x = std::get_if<double>(&cell);
  return x ? Number(*x) : Number();
}

}  // namespace

std::string goals_json(const Desk& desk, const Principal& who, std::string_view project,
                       std::optional<std::string> task) {
  PluginContext& context = desk.context();
  const Store& store = context.store();
  const Ordinal place = desk.project(who, project);
  std::string body;
  store.read([&](const Reader& reader) {
    body.clear();
    std::vector<Goal> goals;
    Query q;
    q.filter = eq(field("project"), place);
    for (const char* name : {"metric", "scope", "statistic", "direction", "target"})
      q.columns.push_back(value_of(field(name)));
    context.goals().query(reader, who, q, [&](const Row& row) {
      goals.push_back({std::string(row.id()), cell::text(row.cell(0)), cell::text(row.cell(1)),
                       cell::text(row.cell(2)), cell::text(row.cell(3)),
                       std::get<double>(row.cell(4))});
      return true;
    });
    std::vector<Step> steps;
    std::vector<Column> columns = {value_of(field("completed")), value_of(field("started")),
                                   value_of(field("name"))};
    for (const Goal& g : goals) columns.push_back(value_of(g.path()));
    const auto step_of = [&](const Row& row) {
      Step s{cell::integer(row.cell(0), cell::integer(row.cell(1))),
             row.ordinal(),
             std::string(row.id()),
             cell::text(row.cell(2)),
             {}};
      for (std::size_t i = 0; i < goals.size(); ++i) s.values.push_back(number_of(row.cell(3 + i)));
      return s;
    };
    q = {};
    q.filter = all_of(
        {eq(field("project"), place), eq(field("archived"), false),
         in(field("state"), {Value{std::string("completed")}, Value{std::string("published")}})});
    q.columns = columns;
    if (!goals.empty())
      context.tasks().query(reader, who, q, [&](const Row& row) {
        steps.push_back(step_of(row));
        return true;
      });
    std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
      return std::pair(a.at, a.ordinal) < std::pair(b.at, b.ordinal);
    });
    std::optional<Step> one;
    std::optional<std::int64_t> its_project;
    if (task) {
      const Ordinal o = context.tasks().find(reader, who, *task);
      auto with_project = columns;
      with_project.push_back(value_of(field("project")));
      if (o != 0)
        context.tasks().get(reader, who, o, with_project, [&](const Row& row) {
          one = step_of(row);
          its_project = cell::integer_if(row.cell(columns.size()));
        });
      if (!one || its_project != place)
        throw Error(ErrorCode::not_found,
                    "there is no task '" + task->substr(0, 60) + "' in the project")
            .in("task");
    }
    JsonWriter w(body);
    w.object().key("tasks").value(static_cast<std::int64_t>(steps.size()));
    if (one) {
      w.key("task").value(one->task).key("goals_met");
      if (goals.empty())
        w.null();
      else
        w.value(std::all_of(goals.begin(), goals.end(), [&](const Goal& g) {
          return g.met(one->values[static_cast<std::size_t>(&g - goals.data())]);
        }));
    }
    w.key("goals").array();
    for (std::size_t i = 0; i < goals.size(); ++i) {
      const Goal& g = goals[i];
      w.object().key("id").value(g.id).key("metric").value(g.metric);
      if (!g.scope.empty()) w.key("scope").value(g.scope);
      w.key("statistic").value(g.statistic).key("direction").value(g.direction);
      w.key("target").value(g.target);
      w.key("met_by").value(static_cast<std::int64_t>(std::count_if(
          steps.begin(), steps.end(), [&](const Step& s) { return g.met(s.values[i]); })));
      if (one) {
        const Number& value = one->values[i];
        w.key("value");
        write(w, value);
        w.key("met").value(g.met(value));
        if (!g.met(value)) w.key("reason").value(g.why_not(value));
      }
      // The staircase: each task that was better than all before.
      w.key("best").array();
      Number best;
      for (const Step& s : steps) {
        const Number& value = s.values[i];
        if (!value.counts() ||
            (best.there && !(g.max() ? value.value > best.value : value.value < best.value)))
          continue;
        best = value;
        w.object().key("at").value(s.at).key("task").value(s.task).key("name").value(s.name);
        w.key("value").value(value.value).key("met").value(g.met(value)).end_object();
      }
      w.end_array().end_object();
    }
    w.end_array().end_object();
  });
  return body;
}

}  // namespace podium::leaderboard
