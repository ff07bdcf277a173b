// /api/v1/tasks
#include <algorithm>

#include "services/api/api.hpp"
#include "services/api/input.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/schemas.hpp"
#include "services/api/task_handlers.hpp"
#include "services/tasks/rules.hpp"

namespace podium::host {
namespace {

/// Fields that a body sets as texts; null clears them.
constexpr std::string_view texts[] = {"description",  "user",        "type",
                                      "artifact_uri", "source_name", "source_type",
                                      "repository",   "branch",      "commit"};

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
  Response answer(const Request& r) const {
    return task_answer(core_, services_, r.who(), r.segment("id"));
  }

  const Core& core_;
  ApiServices services_;
};

/// Reads the fields that creating and editing share; parents stay text ids until the transaction.
struct TaskFields {
  Patch patch;
  Entries params, tags;
  std::optional<std::string> parent;
  bool clear_parent = false;

  TaskFields(Members& body, bool removals)
      : params(entries_of(body, "params", removals)), tags(entries_of(body, "tags", removals)) {
    for (const auto name : texts) {
      if (const auto text = body.text(name))
        patch.set(name, *text);
      else if (body.is_null(name) && removals && name != "type")
        patch.set(name, Value{});
    }
    parent = body.text("parent", 256);
    clear_parent = removals && body.is_null("parent");
  }
  /// The whole patch, with the parent found.
  Patch resolve(Transaction& t, CollectionId tasks, const Access& access,
                const Principal& who) const {
    Patch out = patch;
    params.add_to(out, "params");
    tags.add_to(out, "tags");
    if (parent) {
      const Ordinal ordinal =
          access.visible(who, "tasks").op == Filter::Op::none ? 0 : t.find(tasks, *parent);
      if (ordinal == 0)
        throw Error(ErrorCode::not_found, "the task '" + *parent + "' does not exist").in("parent");
      out.set("parent", ordinal);
    } else if (clear_parent) {
      out.set("parent", Value{});
    }
    return out;
  }
};

Response TaskRoutes::show(Request& request) const { return answer(request); }

Response TaskRoutes::create(Request& request) const {
  Members body = Members::of_body(request);
  const auto project = body.text("project", 64), name = body.text("name", 500);
  const std::string state = body.text("state", 32).value_or("draft");
  const auto started = body.integer("started", 0, std::numeric_limits<std::int64_t>::max());
  const TaskFields fields(body, false);
  body.finish();
  if (!project) throw Error(ErrorCode::invalid, "a task needs a project").in("project");
  const auto wanted = task_state(state);
  if (!wanted || (*wanted != TaskState::draft && *wanted != TaskState::running))
    throw Error(ErrorCode::invalid, "a new task is draft or running").in("state");

  const Principal& who = request.who();
  const std::string id = core_.ids.id();
  core_.store.write([&](Transaction& t) {
    NewTask task;
    task.id = id;
    task.project = t.find(core_.in.projects, *project);
    core_.check_visible(t, who, "projects", core_.in.projects, task.project, "project", *project);
    if (name) task.name = *name;
    task.state = *wanted;
    task.content = fields.resolve(t, core_.in.tasks, core_.access, who);
    std::string type;
    auto& set = task.content.fields;
    if (const auto at =
            std::find_if(set.begin(), set.end(), [](const auto& s) { return s.field == "type"; });
        at != set.end()) {
      type = std::get<std::string>(at->value);
      task.type = type;
      set.erase(at);
    }
    if (started) task.content.set("started", *started);
    services_.tasks.create(t, who, task);
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
  if (body.is_null("type")) throw Error(ErrorCode::invalid, "a task needs a type").in("type");
  const Principal& who = request.who();
  core_.store.write([&](Transaction& t) {
    const auto head = services_.tasks.require(t, who, request.segment("id"));
    check_if_match(request, head.version);
    Patch patch = fields.resolve(t, core_.in.tasks, core_.access, who);
    if (name) patch.set("name", *name);
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
    services_.tasks.archive(t, who, head, archived);
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
  table.add(
      "POST", "/api/v1/tasks/query", "task.read",
      "The tasks that match, a page at a time, with the asked columns",
      [this](Request& r) { return query_tasks(core_, services_, r); },
      std::string(schemas::task_query), std::string(schemas::task_rows));
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
          "POST", "/api/v1/tasks/{id}/archive", "task.write", "Archives a task",
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
  return table.take();
}

}  // namespace

std::unique_ptr<Routes> make_task_routes(const Core& core, ApiServices services) {
  return std::make_unique<TaskRoutes>(core, services);
}

}  // namespace podium::host
