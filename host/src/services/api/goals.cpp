// /api/v1/projects/{id}/goals and /api/v1/tasks/{id}/goals
#include <array>
#include <nlohmann/json.hpp>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/goals/goal.hpp"
#include "services/records.hpp"

namespace podium::host {
namespace {

constexpr std::string_view fields[] = {"metric", "scope",   "statistic", "direction",
                                       "target", "created", "updated"};

constexpr std::string_view goal_schema =
    R"({"title":"Goal","type":"object","required":["id","metric","scope","statistic","direction",)"
    R"("target","created","updated","version"],"properties":{"id":{"type":"string"},)"
    R"("metric":{"type":"string"},"scope":{"type":"string"},)"
    R"("statistic":{"enum":["last","min","max"]},"direction":{"enum":["max","min"]},)"
    R"("target":{"type":"number"},"created":{"type":"integer"},"updated":{"type":"integer"},)"
    R"("version":{"type":"integer"}}})";
constexpr std::string_view new_goal_schema =
    R"({"title":"NewGoal","type":"object","required":["metric","direction","target"],)"
    R"("additionalProperties":false,"properties":{)"
    R"("metric":{"type":"string","minLength":1,"maxLength":1024},)"
    R"("scope":{"type":"string","maxLength":1024,"description":"name@digest of a data set"},)"
    R"("statistic":{"enum":["last","min","max"],"description":"last when absent"},)"
    R"("direction":{"enum":["max","min"],"description":"max: at least the target"},)"
    R"("target":{"type":"number"}}})";
constexpr std::string_view goal_edit_schema =
    R"({"title":"GoalEdit","type":"object","additionalProperties":false,"properties":{)"
    R"("statistic":{"enum":["last","min","max"]},"direction":{"enum":["max","min"]},)"
    R"("target":{"type":"number"}}})";
constexpr std::string_view judged_schema =
    R"({"title":"JudgedGoals","type":"object","required":["goals_met","goals"],"properties":{)"
    R"("goals_met":{"type":["boolean","null"],"description":"null: the project has no goals"},)"
    R"("goals":{"type":"array","items":{"type":"object","required":["id","metric","scope",)"
    R"("statistic","direction","target","value","met"],"properties":{"id":{"type":"string"},)"
    R"("metric":{"type":"string"},"scope":{"type":"string"},)"
    R"("statistic":{"enum":["last","min","max"]},"direction":{"enum":["max","min"]},)"
    R"("target":{"type":"number"},"value":{"anyOf":[{"type":"number"},)"
    R"({"enum":["NaN","Infinity","-Infinity"]},{"type":"null"}],)"
    R"("description":"null: the task has no such metric"},"met":{"type":"boolean"}}}}}})";

class GoalRoutes final : public Routes {
 public:
  GoalRoutes(const Core& core, ApiServices services)
      : Routes("api.goals"), core_(core), services_(services), columns_(field_columns(fields)) {}
  std::vector<std::string> prefixes() const override {
    return {"/api/v1/projects", "/api/v1/tasks"};
  }
  std::vector<Route> routes() override;

 private:
  void write(JsonWriter&, const Row&) const;
  Response answer(const Principal&, Ordinal) const;
  Ordinal project(Transaction& t, const Request& r) const {
    return services_.projects.require(t, r.who(), r.segment("id"));
  }
  Response list(Request&) const;
  Response add(Request&) const;
  Response edit(Request&) const;
  Response remove(Request&) const;
  Response judge(Request&) const;

  const Core& core_;
  ApiServices services_;
  std::vector<Column> columns_;
};

void GoalRoutes::write(JsonWriter& w, const Row& row) const {
  w.object().key("id").value(row.id());
  write_fields(w, row, fields);
  w.key("version").value(row.version()).end_object();
}

Response GoalRoutes::answer(const Principal& who, Ordinal goal) const {
  std::string body;
  std::int64_t version = 0;
  if (!services_.goals.get(core_.store, who, goal, columns_, [&](const Row& row) {
        JsonWriter w(body);
        write(w, row);
        version = row.version();
      }))
    throw Error(ErrorCode::not_found, "the goal does not exist");
  return json_response(std::move(body), version);
}

Response GoalRoutes::list(Request& request) const {
  const Parameters p(request);
  const Principal& who = request.who();
  Query query;
  query.filter = eq(field("project"), find_visible(services_.projects, core_.store, who, "project",
                                                   request.segment("id")));
  query.limit = p.limit(100, 1000);
  query.cursor = p.cursor();
  query.columns = columns_;
  return list_response("goals", [&](JsonWriter& w) {
    return services_.goals.query(core_.store, who, query, [&](const Row& row) {
      write(w, row);
      return true;
    });
  });
}

Response GoalRoutes::add(Request& request) const {
  Members body = Members::of_body(request);
  const auto metric = body.text("metric", 1024), scope = body.text("scope", 1024),
             statistic = body.text("statistic", 32), direction = body.text("direction", 32);
  const Json* target = body.any("target");
  NewGoal goal;
  if (target) goal.target = input::real_of(*target, "target");
  body.finish();
  const auto need = [](bool there, const char* what) {
    if (!there) throw Error(ErrorCode::invalid, "a goal needs a " + std::string(what)).in(what);
  };
  need(metric.has_value(), "metric");
  need(direction.has_value(), "direction");
  need(target != nullptr, "target");
  goal.metric = *metric;
  if (scope) goal.scope = *scope;
  if (statistic) goal.statistic = *statistic;
  goal.direction = *direction;
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    return services_.goals.add(t, who, project(t, request), goal);
  }));
}

Response GoalRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const auto statistic = body.text("statistic", 32), direction = body.text("direction", 32);
  GoalEdit edit;
  if (statistic) edit.statistic = *statistic;
  if (direction) edit.direction = *direction;
  if (const Json* target = body.any("target")) edit.target = input::real_of(*target, "target");
  body.finish();
  for (const char* name : {"statistic", "direction"})
    if (body.is_null(name))
      throw Error(ErrorCode::invalid, "a goal needs a " + std::string(name)).in(name);
  const Principal& who = request.who();
  return answer(who, core_.store.write([&](Transaction& t) {
    const auto head = services_.goals.require(t, who, project(t, request), request.segment("goal"));
    check_if_match(request, head.version);
    services_.goals.edit(t, who, head, edit);
    return head.ordinal;
  }));
}

Response GoalRoutes::remove(Request& request) const {
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const auto head = services_.goals.require(t, who, project(t, request), request.segment("goal"));
    check_if_match(request, head.version);
    services_.goals.remove(t, who, head);
  });
  return json_response(R"({"deleted":true})");
}

/// Which goals a task meets now; the field goals_met may be a second behind.
Response GoalRoutes::judge(Request& request) const {
  static const std::array columns = {value_of(field("project")), whole_series("metrics")};
  const Principal& who = request.who();
  std::string body;
  core_.store.read([&](const Reader& reader) {
    body.clear();
    const Ordinal task = find_visible(services_.tasks, reader, who, "task", request.segment("id"));
    Ordinal project = 0;
    services_.tasks.get(reader, who, task, columns,
                        [&](const Row& row) { project = std::get<std::int64_t>(row.cell(0)); });
    const auto goals = goals_of(reader, core_, std::span<const Ordinal>(&project, 1));
    services_.tasks.get(reader, who, task, columns, [&](const Row& row) {
      const auto series = row.series(1);
      std::string list;
      JsonWriter w(list);
      bool all = true;
      w.array();
      if (const auto own = goals.find(project); own != goals.end())
        for (const Goal& goal : own->second) {
          const Summary* summary = goal.find(series);
          const bool met = goal.met(series);
          all = all && met;
          w.object().key("id").value(goal.id).key("metric").value(goal.metric);
          w.key("scope").value(goal.scope).key("statistic").value(goal.word());
          w.key("direction").value(std::string_view(goal.at_least ? "max" : "min"));
          w.key("target").value(goal.target).key("value");
          if (summary)
            w.value(goal.value(*summary));
          else
            w.null();
          w.key("met").value(met).end_object();
        }
      w.end_array();
      JsonWriter whole(body);
      whole.object().key("goals_met");
      if (goals.empty())
        whole.null();
      else
        whole.value(all);
      whole.key("goals").raw(list).end_object();
    });
  });
  return json_response(std::move(body));
}

std::vector<Route> GoalRoutes::routes() {
  const std::string one(goal_schema);
  RouteTable table;
  table
      .add(
          "GET", "/api/v1/projects/{id}/goals", "project.read", "Goals of a project",
          [this](Request& r) { return list(r); }, "", schemas::page("goals", one))
      .with(paged());
  table
      .add(
          "POST", "/api/v1/projects/{id}/goals", "project.write",
          "Adds a goal; a job judges the project's tasks by it",
          [this](Request& r) { return add(r); }, std::string(new_goal_schema), one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/projects/{id}/goals/{goal}", "project.write",
          "Changes a goal; a job judges the project's tasks by it",
          [this](Request& r) { return edit(r); }, std::string(goal_edit_schema), one)
      .versioned();
  table
      .add(
          "DELETE", "/api/v1/projects/{id}/goals/{goal}", "project.write", "Erases a goal",
          [this](Request& r) { return remove(r); }, "",
          R"({"type":"object","required":["deleted"],"properties":{"deleted":{"const":true}}})")
      .with({if_match()});
  table.add(
      "GET", "/api/v1/tasks/{id}/goals", "task.read", "Which of its project's goals a task meets",
      [this](Request& r) { return judge(r); }, "", std::string(judged_schema));
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_goal_routes(const Core& core, ApiServices services) {
  return std::make_unique<GoalRoutes>(core, services);
}

}  // namespace podium::host
