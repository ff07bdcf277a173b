#include "runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "log_requests.hpp"
#include "reserved_tags.hpp"
#include "run_json.hpp"
#include "validation.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::string_view name_tag = "mlflow.runName";

std::vector<Pair> read_tags(const Fields& fields) {
  std::vector<Pair> tags;
  std::unordered_set<std::string> seen;
  for (const Fields& item : fields.messages("tags")) {
    tags.push_back(
        {std::string(item.text("key").value_or("")), std::string(item.text("value").value_or(""))});
    if (!seen.insert(tags.back().key).second)
      throw error(Code::bad_request, fmt::format("The tag '{}' is given twice.", tags.back().key));
  }
  return tags;
}

struct CreateRun {
  Principal who;
  std::string experiment_id, user, name, body;
  std::int64_t start = 0;
  std::vector<Pair> tags;
};

void create_run(const Api& api, Request& request, Reply& reply) {
  const Fields fields = read_fields(request);
  auto state = std::make_shared<CreateRun>();
  if (!fields.has("experiment_id"))
    throw error(Code::bad_request, "Missing value for required parameter 'experiment_id'.");
  state->who = request.who();
  state->experiment_id = *fields.text("experiment_id");
  state->start = fields.integer("start_time").value_or(0);
  state->name = fields.text("run_name").value_or("");
  state->user = fields.text("user_id").value_or("");
  state->tags = read_tags(fields);
  const auto tag = std::find_if(state->tags.begin(), state->tags.end(),
                                [](const Pair& p) { return p.key == name_tag; });
  if (tag != state->tags.end()) {
    if (!state->name.empty() && !tag->value.empty() && state->name != tag->value)
      throw invalid(fmt::format(
          "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
          "values (run_name='{}', mlflow.runName='{}').",
          state->name, tag->value));
    if (state->name.empty()) state->name = tag->value;
    state->tags.erase(tag);
  }
  const auto write = [&api](Transaction& t, CreateRun& run) {
    const Ordinal project = api.require_experiment(t, run.who, run.experiment_id);
    bool archived = false;
    const Column flag = value_of(field("archived"));
    t.get(api.project_records, project, std::span(&flag, 1),
          [&](const Row& row) { archived = cell::flag(row.cell(0)); });
    if (archived) throw not_active("experiment", api.project_id(t, project));
    TagPlan plan = plan_new_tags(api, t, run.user, run.tags);
    NewTask task;
    task.project = project;
    task.name = run.name;
    task.state = TaskState::running;
    task.content.fields = std::move(plan.fields);
    set_field(task.content.fields, "user", run.user);
    set_field(task.content.fields, "started", run.start);
    for (const MapEntry& e : plan.plain) task.content.put("tags", e.key, e.text);
    const Ordinal ordinal = api.tasks.create(t, run.who, task);
    RunsWriter writer(api);
    t.get(api.task_records, ordinal, run_columns(), [&](const Row& row) { writer.add(row); });
    run.body = "{\"run\":" + writer.finish_new(t) + "}";
  };
  commit_and_answer(api.store, std::move(reply), std::move(state), write,
                    [](CreateRun& run) { return json_response(std::move(run.body)); });
}

struct UpdateRun {
  Principal who;
  std::string run_id, name, body;
  std::optional<int> status;
  std::optional<std::int64_t> end;
};

void update_run(const Api& api, Request& request, Reply& reply) {
  const Fields fields = read_fields(request);
  auto state = std::make_shared<UpdateRun>();
  state->who = request.who();
  state->run_id = fields.run_id();
  state->end = fields.integer("end_time");
  state->status = fields.enumeration("status", run_statuses);
  state->name = fields.text("run_name").value_or("");
  const auto write = [&api](Transaction& t, UpdateRun& run) {
    Tasks::Head head = api.require_active_run(t, run.who, run.run_id);
    // SCHEDULED is said of drafts and of pending tasks; saying it again of a pending one changes
    // nothing.
    const bool still_pending = run.status == 2 && head.state == TaskState::pending;
    if (run.status && !still_pending) {
      const TaskState to = state_of_status(*run.status);
      api.tasks.transition(t, run.who, head, to, Transition::client);
      head.state = to;
    }
    Patch patch;
    if (run.end) patch.set("completed", *run.end);
    if (!run.name.empty()) patch.set("name", run.name);
    if (!patch.empty()) api.tasks.describe(t, run.who, head, patch);
    run.body = "{\"run_info\":";
    JsonWriter w(run.body);
    t.get(api.task_records, head.ordinal, run_info_columns(),
          [&](const Row& row) { write_run_info(w, row, api.project_id(t, head.project)); });
    run.body += '}';
  };
  commit_and_answer(api.store, std::move(reply), std::move(state), write,
                    [](UpdateRun& run) { return json_response(std::move(run.body)); });
}

Response set_archived(const Api& api, Request& request, bool archived) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.required_text("run_id"));
  api.store.write([&](Transaction& t) {
    api.tasks.archive(t, request.who(), api.require_run(t, request.who(), run_id), archived);
  });
  return empty_answer();
}

void get_run(const Api& api, Request& request, Reply& reply) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.run_id());
  std::string body;
  api.store.read([&](const Reader& reader) {
    const Ordinal task = api.find_run(reader, request.who(), run_id);
    RunsWriter writer(api);
    api.tasks.get(reader, request.who(), task, run_columns(),
                  [&](const Row& row) { writer.add(row); });
    if (writer.size() == 0) throw no_such_run(run_id);
    body = "{\"run\":" + writer.finish(reader, request.who(), true).front() + "}";
  });
  reply(json_response(std::move(body)));
}

Response delete_run_tag(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.required_text("run_id")), key(fields.required_text("key"));
  api.store.write([&](Transaction& t) { delete_tag(api, t, request.who(), run_id, key); });
  return empty_answer();
}

}  // namespace

void add_run_routes(const Api& api, RouteTable& routes) {
  routes.rpc_inline("POST", 2, "/runs/create", "task.write",
                    [&](Request& q, Reply& r) { create_run(api, q, r); });
  routes.rpc_inline("POST", 2, "/runs/update", "task.write",
                    [&](Request& q, Reply& r) { update_run(api, q, r); });
  routes.rpc_inline("GET", 2, "/runs/get", "task.read",
                    [&](Request& q, Reply& r) { get_run(api, q, r); });
  routes.rpc("POST", 2, "/runs/delete", "task.write",
             [&](Request& q) { return set_archived(api, q, true); });
  routes.rpc("POST", 2, "/runs/restore", "task.write",
             [&](Request& q) { return set_archived(api, q, false); });
  routes.rpc("POST", 2, "/runs/delete-tag", "task.write",
             [&](Request& q) { return delete_run_tag(api, q); });
}

}  // namespace podium::mlflow
