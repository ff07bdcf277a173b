// /api/v1/tasks
#include <algorithm>

#include "podium/http/input.hpp"
#include "services/api/api.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/api/table.hpp"
#include "services/api/task_fields.hpp"
#include "services/api/task_handlers.hpp"
#include "services/api/task_schemas.hpp"
#include "services/idempotency/idempotency.hpp"

namespace podium::host {
namespace {

class TaskRoutes final : public Routes {
 public:
  TaskRoutes(const Core& core, ApiServices services)
      : Routes("api.tasks"), core_(core), services_(services) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/tasks"}; }
  std::vector<Route> routes() override;

 private:
  Response show(Request&) const;
  Response create(Request&) const;
  Response edit(Request&) const;
  Response transition(Request&) const;
  Response archive(Request&, bool archived) const;
  void add_forms(RouteTable&) const;
  Response answer(const Request& r) const {
    return task_answer(core_, services_, r.who(), r.segment("id"));
  }

  const Core& core_;
  ApiServices services_;
};

Response TaskRoutes::show(Request& request) const { return answer(request); }

Response TaskRoutes::create(Request& request) const {
  Members body = Members::of_body(request);
  const auto project = body.text("project", 64), name = body.text("name", 500);
  const std::string state = body.text("state", 32).value_or("draft");
  const auto started = body.integer("started", 0, std::numeric_limits<std::int64_t>::max());
  const Once once(core_, request, "create task", body.text("idempotency_key", 255));
  const TaskFields fields(body, false);
  body.finish();
  if (!project) throw Error(ErrorCode::invalid, "a task needs a project").in("project");
  const auto wanted = task_state(state);
  if (!wanted || (*wanted != TaskState::draft && *wanted != TaskState::running))
    throw Error(ErrorCode::invalid, "a new task is draft or running").in("state");

  const Principal& who = request.who();
  std::string id;
  core_.store.write([&](Transaction& t) {
    if (const auto before = once.before(t)) {
      id = *before;
      return;
    }
    id = core_.ids.id();
    NewTask task;
    task.id = id;
    task.project = t.find(core_.in.projects, *project);
    core_.check_visible(t, who, "projects", core_.in.projects, task.project, "project", *project);
    if (name) task.name = *name;
    if (fields.type) task.type = *fields.type;
    task.state = *wanted;
    task.content = fields.resolve(t, core_, who);
    if (started) task.content.set("started", *started);
    services_.tasks.create(t, who, task);
    once.remember(t, id);
  });
  return task_answer(core_, services_, who, id);
}

Response TaskRoutes::edit(Request& request) const {
  Members body = Members::of_body(request);
  const auto name = body.text("name", 500), why = body.text("why", 10'000);
  const TaskFields fields(body, true);
  body.finish();
  if (body.is_null("name") || (name && name->empty()))
    throw Error(ErrorCode::invalid, "a task needs a name").in("name");
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const auto head = services_.tasks.require(t, who, request.segment("id"));
    check_if_match(request, head.version);
    Patch patch = fields.resolve(t, core_, who);
    if (name) patch.set("name", *name);
    if (fields.type) patch.set("type", *fields.type);
    services_.tasks.edit(t, who, head, patch, why.value_or(""));
  });
  return answer(request);
}

Response TaskRoutes::transition(Request& request) const {
  // The kinds that lead to one state each and need nothing beside the task.
  static constexpr std::pair<Transition, TaskState> kinds[] = {
      {Transition::start, TaskState::running},     {Transition::complete, TaskState::completed},
      {Transition::fail, TaskState::failed},       {Transition::abort, TaskState::aborted},
      {Transition::publish, TaskState::published}, {Transition::reset, TaskState::draft}};
  Members body = Members::of_body(request);
  const std::string kind = body.text("kind", 32).value_or("");
  const std::string reason = body.text("reason", 10'000).value_or("");
  const auto at = body.integer("at", 1, std::numeric_limits<std::int64_t>::max());
  body.finish();
  const auto* found = std::find_if(std::begin(kinds), std::end(kinds),
                                   [&](const auto& k) { return name(k.first) == kind; });
  if (found == std::end(kinds))
    throw Error(ErrorCode::invalid, "'kind' must be start, complete, fail, abort, publish or reset")
        .in("kind");
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const auto head = services_.tasks.require(t, who, request.segment("id"));
    check_if_match(request, head.version);
    services_.tasks.transition(t, who, head, found->second, found->first, reason, at.value_or(0));
  });
  return answer(request);
}

Response TaskRoutes::archive(Request& request, bool archived) const {
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const auto head = services_.tasks.require(t, who, request.segment("id"));
    check_if_match(request, head.version);
    services_.tasks.archive(t, who, head, archived, true);
  });
  return answer(request);
}

std::vector<Route> TaskRoutes::routes() {
  const std::string one = schemas::task();
  RouteTable table;
  table
      .add(
          "POST", "/api/v1/tasks", "task.write", "Makes a task, as a draft or already running",
          [this](Request& r) { return create(r); }, schemas::new_task(), one)
      .versioned();
  add_table_routes(table, core_, services_);
  table
      .add(
          "GET", "/api/v1/tasks/{id}", "task.read", "One task with all it has",
          [this](Request& r) { return show(r); }, "", one)
      .versioned();
  table
      .add(
          "PATCH", "/api/v1/tasks/{id}", "task.write",
          "Changes what may be changed in the task's state; a null entry is removed",
          [this](Request& r) { return edit(r); }, schemas::task_edit(), one)
      .versioned();
  table
      .add(
          "POST", "/api/v1/tasks/{id}/transition", "task.write", "Changes the state",
          [this](Request& r) { return transition(r); }, std::string(schemas::transition), one)
      .versioned();
  table
      .add(
          "POST", "/api/v1/tasks/{id}/archive", "task.write",
          "Archives a task; a pending one is dequeued, a running one aborted first",
          [this](Request& r) { return archive(r, true); }, "", one)
      .versioned();
  table
      .add(
          "POST", "/api/v1/tasks/{id}/restore", "task.write", "Restores an archived task",
          [this](Request& r) { return archive(r, false); }, "", one)
      .versioned();
  table.add(
      "POST", "/api/v1/tasks/{id}/log", "task.write",
      "Logs params (once), tags and points of metrics, all or nothing",
      [this](Request& r) { return log_task(core_, services_, r); }, schemas::log(),
      std::string(schemas::logged));
  table
      .add(
          "GET", "/api/v1/tasks/{id}/artifacts/{path*}", "task.read", "The bytes of an artifact",
          [this](Request& r) { return task_artifact(core_, services_, r); }, "", "")
      .answers(200, {"application/octet-stream"});
  table.add(
      "GET", "/api/v1/tasks/{id}/metrics", "task.read", "Summaries of the task's metrics",
      [this](Request& r) { return task_metrics(core_, services_, r); }, "",
      R"({"type":"object","required":["metrics"],"properties":{"metrics":)" + schemas::metrics() +
          "}}");
  table
      .add(
          "GET", "/api/v1/tasks/{id}/metrics/{key*}", "task.read",
          "Points of a metric, a page at a time or down-sampled",
          [this](Request& r) { return task_points(core_, services_, r); }, "",
          std::string(schemas::points))
      .with(points_parameters());
  table
      .add(
          "GET", "/api/v1/tasks/{id}/history", "task.read",
          "Who changed what of the task, oldest first",
          [this](Request& r) { return task_history(core_, services_, r); }, "",
          schemas::page("history", schemas::history_entry))
      .with(paged());
  add_forms(table);
  return table.take();
}

/// What is done to tasks, each call a form of its own.
void TaskRoutes::add_forms(RouteTable& table) const {
  using Form = Response (*)(const Core&, const ApiServices&, Request&);
  const auto call = [this](Form form) {
    return [this, form](Request& r) { return form(core_, services_, r); };
  };
  const std::string one = schemas::task(), why(schemas::why_member), key(schemas::key_member),
                    dry(schemas::dry_run_member);
  const auto with_task = [&](std::string_view more, std::string_view required) {
    return schemas::answer("\"task\":" + one + "," + std::string(more),
                           "\"task\"" + (required.empty() ? "" : "," + std::string(required)));
  };
  table.add("POST", "/api/v1/tasks/{id}/clone", "task.write",
            "Makes drafts that are to do the same again, one or one for each point of a grid",
            call(clone_task), schemas::object(schemas::clone_members()),
            schemas::answer(schemas::cloned_tasks(), R"("count","dry_run","tasks")"));
  table.add("POST", "/api/v1/tasks/clone", "task.write", "Clones several tasks, each by itself",
            call(clone_tasks),
            schemas::object(schemas::clone_members() + "," + std::string(schemas::ids_member),
                            R"("ids")"),
            schemas::batch_answer(schemas::cloned_tasks()));
  table.add("POST", "/api/v1/tasks/{id}/enqueue", "task.write",
            "Puts a task into a queue, or moves it to another one", call(enqueue_task),
            schemas::object(std::string(schemas::enqueue_members) + "," + key),
            with_task(schemas::queue_place, R"("watched")"));
  table.add("POST", "/api/v1/tasks/{id}/dequeue", "task.write",
            "Takes a task out of its queue, back to the state before", call(dequeue_task),
            schemas::object(why), one);
  table.add("POST", "/api/v1/tasks/{id}/retry", "task.write",
            "Puts a failed task into a queue again; its outputs stay, are kept or go",
            call(retry_task),
            schemas::object(std::string(schemas::enqueue_members) +
                            R"(,"outputs":{"enum":["continue","keep","discard",null]})"),
            with_task(schemas::queue_place, R"("watched")"));
  table.add("POST", "/api/v1/tasks/{id}/abort", "task.write",
            "Stops a task: asks the worker that holds it, or at once", call(abort_task),
            schemas::object(why + R"(,"grace":{"type":["integer","null"],"minimum":0,"maximum":)"
                                  R"(86400000,"description":"milliseconds for the worker"})"),
            with_task(R"("asked":{"type":"boolean"},"deadline":{"type":"integer"})", R"("asked")"));
  table.add(
      "POST", "/api/v1/tasks/{id}/abort-children", "task.write",
      "Aborts the pending and running tasks below one, at most 1000 in a call",
      call(abort_children),
      schemas::object(why + "," + dry +
                      R"(,"recursive":{"type":["boolean","null"]},"grace":{"type":["integer",)"
                      R"("null"],"minimum":0,"maximum":86400000})"),
      schemas::answer(
          R"("dry_run":{"type":"boolean"},"count":{"type":"integer"},"tasks":{"type":"array",)"
          R"("items":{"type":"string"}},"aborted":{"type":"array","items":{"type":"string"}},)"
          R"("asked":{"type":"array","items":{"type":"string"}},"failed":{"type":"array","items":)"
          R"({"type":"object","required":["id","error"],"properties":{"id":{"type":"string"},)"
          R"("error":)" +
              std::string(schemas::failure) + R"(}}},"left":{"type":"integer"})",
          R"("dry_run","count","aborted","asked","failed","left")"));
  table.add("POST", "/api/v1/tasks/{id}/reset", "task.write",
            "Makes an ended task a draft again, without what it made; or keeps that as an attempt",
            call(reset_task),
            schemas::object(why + "," + dry + "," + std::string(schemas::token_member) +
                            R"(,"keep_attempt":{"type":["boolean","null"]})"),
            with_task(schemas::removal_members(), R"("dry_run","deleted")"));
  table.add("POST", "/api/v1/tasks/{id}/publish", "task.write",
            "Makes an ended task and the models it made read-only for ever", call(publish_task),
            schemas::object(why + "," + dry),
            with_task(R"("dry_run":{"type":"boolean"},"models":{"type":"array","items":{"type":)"
                      R"("string"}})",
                      R"("dry_run","models")"));
  table.add("POST", "/api/v1/tasks/{id}/move", "task.write",
            "Moves a task with its models to another project", call(move_task),
            schemas::object(why + R"(,"project":{"type":"string"})", R"("project")"), one);
  table.add("POST", "/api/v1/tasks/move", "task.write", "Moves several tasks, each by itself",
            call(move_tasks),
            schemas::object(why + "," + dry + R"(,"project":{"type":"string"},)" +
                                std::string(schemas::ids_member),
                            R"("ids","project")"),
            schemas::batch_answer(""));
  table.add("POST", "/api/v1/tasks/{id}/tags", "task.write", "Adds and removes tags",
            call(tag_task),
            schemas::object(why + R"(,"add":)" + std::string(schemas::map_new) +
                            R"(,"remove":{"type":["array","null"],"maxItems":10000,"items":)"
                            R"({"type":"string"}})"),
            one);
  table
      .add("DELETE", "/api/v1/tasks/{id}", "task.delete", "Erases a task, with what it logged",
           call(delete_task), "",
           schemas::answer(schemas::removal_members(), R"("dry_run","deleted")"))
      .with({boolean_parameter(
                 "dry_run", "only tells what would go, with the token that the call then brings"),
             text_parameter("token", "of the dry run"),
             boolean_parameter("force", "also what is published or in use"),
             boolean_parameter("keep_models", "models that it made stay"),
             text_parameter("why", "kept in the history")})
      .versioned();
  table
      .add("GET", "/api/v1/tasks/{id}/attempts", "task.read", "Earlier attempts of the task",
           call(list_attempts), "", schemas::page("attempts", schemas::attempt))
      .with(paged());
  table.add("GET", "/api/v1/tasks/{id}/attempts/{number}/metrics", "task.read",
            "Summaries of an attempt's metrics", call(attempt_metrics), "",
            R"({"type":"object","required":["metrics"],"properties":{"metrics":)" +
                schemas::metrics() + "}}");
  table
      .add("GET", "/api/v1/tasks/{id}/attempts/{number}/metrics/{key*}", "task.read",
           "Points of an attempt's metric, as of a task's", call(attempt_points), "",
           std::string(schemas::points))
      .with(points_parameters());
}

}  // namespace

std::unique_ptr<Routes> make_task_routes(const Core& core, ApiServices services) {
  return std::make_unique<TaskRoutes>(core, services);
}

}  // namespace podium::host
