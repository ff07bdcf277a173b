// What a task made: kept as an attempt, discarded by a reset, erased with the task.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "podium/http/json_writer.hpp"
#include "podium/storage_kit/values.hpp"
#include "services/files/file_eraser.hpp"
#include "services/only.hpp"
#include "services/tasks/artifact_place.hpp"
#include "services/tasks/rules.hpp"
#include "services/tasks/tasks.hpp"
#include "services/tasks/words.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t no_limit = 1'000'000;

/// Of the body that `keep_attempt` wrote.
std::string attempt_artifact_uri(const std::string& body) {
  const Json json = Json::parse(body, nullptr, false);
  return json.is_object() ? json.value("artifact_uri", std::string()) : std::string();
}

}  // namespace

TaskService::Results TaskService::results(Transaction& t, Ordinal task) {
  static const std::array columns = {
      value_of(field("artifact_uri")), value_of(field("worker")),    value_of(field("reason")),
      value_of(field("started")),      value_of(field("completed")), value_of(field("iteration")),
      value_of(field("run_time")),     value_of(field("attempt")),   whole_series("metrics")};
  Results out;
  t.get(core_.in.tasks, task, columns, [&](const Row& row) {
    out.id = row.id();
    out.artifact_uri = cell::text(row.cell(0));
    out.worker = cell::text(row.cell(1));
    out.reason = cell::text(row.cell(2));
    out.started = owned(row.cell(3));
    out.completed = owned(row.cell(4));
    out.iteration = owned(row.cell(5));
    out.run_time = owned(row.cell(6));
    out.attempt = std::max<std::int64_t>(1, cell::integer(row.cell(7)));
    for (const SeriesEntry& s : row.series(8)) {
      ++out.metrics;
      out.points += s.summary.count;
    }
  });

  static const std::array link_columns = {value_of(field("direction")), value_of(field("model"))};
  std::vector<Ordinal> made;
  t.query(core_.in.model_links, KeyRange{"edge", {task}, {}, {}, false}, no_limit, link_columns,
          [&](const Row& row) {
            if (cell::text(row.cell(0)) != "out") return true;
            out.links.push_back(row.ordinal());
            if (const Ordinal model = t.find(core_.in.models, cell::text(row.cell(1))); model != 0)
              made.push_back(model);
            return true;
          });
  t.query(core_.in.models, KeyRange{"source", {out.id, false}, {}, {}, false}, no_limit, {},
          [&](const Row& row) {
            made.push_back(row.ordinal());
            return true;
          });
  std::sort(made.begin(), made.end());
  made.erase(std::unique(made.begin(), made.end()), made.end());

  static const std::array model_columns = {value_of(field("status")), value_of(field("deleted")),
                                           value_of(field("artifact_uri"))};
  static const std::array reader_columns = {value_of(field("task"))};
  for (const Ordinal o : made) {
    Made model{o, {}, {}, {}, false};
    bool deleted = false;
    t.get(core_.in.models, o, model_columns, [&](const Row& row) {
      model.id = row.id();
      model.status = cell::text(row.cell(0));
      deleted = cell::flag(row.cell(1));
      model.artifact_uri = cell::text(row.cell(2));
    });
    if (deleted) continue;
    t.query(core_.in.model_links, KeyRange{"model", {model.id, std::string("in")}, {}, {}, false},
            no_limit, reader_columns, [&](const Row& row) {
              model.used = cell::integer(row.cell(0)) != task;
              return !model.used;
            });
    out.models.push_back(std::move(model));
  }
  return out;
}

void TaskService::require_unpublished(const Head& head, const Results& made) {
  for (const Made& model : made.models)
    if (model.status == podium::name(ModelStatus::published))
      throw Error(ErrorCode::conflict, "the model " + in_quotes(model.id) +
                                           " of the task is published; keep the attempt, or clone "
                                           "the task instead")
          .in("models")
          .with("{\"state\":\"" + std::string(podium::name(head.state)) + "\",\"model\":\"" +
                model.id + "\"}");
}

void TaskService::require_models(const Principal& who, const Results& made) const {
  if (!made.models.empty()) core_.access.require(who, "model.write");
}

void TaskService::clear_outputs(Patch& patch, const Results& made, bool series_too) {
  for (const char* name : {"started", "completed", "published", "run_time", "progress", "iteration",
                           "active", "goals_met", "worker"})
    patch.set(name, Value{});
  patch.set("attempt", made.attempt + 1)
      .set("artifact_uri", next_artifact_uri(made.artifact_uri, made.attempt, made.attempt + 1));
  if (series_too) patch.clear("metrics");
}

void TaskService::keep_attempt(Transaction& t, const Head& head, const Results& made,
                               bool outputs) {
  static constexpr std::string_view series[] = {"metrics"};
  std::string body;
  JsonWriter w(body);
  w.object();
  if (outputs) {
    w.key("artifact_uri").value(made.artifact_uri).key("models").array();
    for (const Made& model : made.models) w.value(model.id);
    w.end_array();
  }
  w.end_object();
  NewRecord attempt;
  attempt.content.set("task", head.ordinal)
      .set("number", made.attempt)
      .set("state", std::string(podium::name(head.state)))
      .set("started", made.started)
      .set("completed", made.completed)
      .set("iteration", made.iteration)
      .set("run_time", made.run_time)
      .set("kept", core_.now());
  if (!made.reason.empty()) attempt.content.set("reason", made.reason);
  if (!made.worker.empty()) attempt.content.set("worker", made.worker);
  attempt.content.body = body;
  const Ordinal kept = t.insert(core_.in.attempts, attempt);
  if (!outputs) return;
  t.rehome(core_.in.tasks, head.ordinal, core_.in.attempts, kept, series);
  if (!made.links.empty()) t.erase(core_.in.model_links, made.links);
}

void TaskService::discard(Transaction& t, const Principal& who, const Results& made,
                          bool keep_models, bool dry, Removal& removal) {
  removal.metrics += made.metrics;
  removal.points += made.points;
  std::vector<FileErasure> files = {{made.id, made.artifact_uri}};
  for (const Made& model : made.models) {
    const bool stays =
        keep_models || model.used || model.status == podium::name(ModelStatus::published);
    ++(stays ? removal.models_kept : removal.models);
    if (!stays) files.push_back({model.id, model.artifact_uri});
    if (dry) continue;
    if (stays) {
      let_go(t, model);
    } else {
      models_.remove(t, who, model.ordinal);
    }
  }
  std::erase_if(files, [](const FileErasure& f) { return f.uri.empty(); });
  for (const auto& f : files) removal.uris.push_back(f.uri);
  if (dry) return;
  if (!made.links.empty()) t.erase(core_.in.model_links, made.links);
  erase_files(t, core_, jobs_, made.id, files);
}

void TaskService::let_go(Transaction& t, const Made& model) {
  Patch patch;
  patch.set("source_task", Value{}).set("updated", core_.now());
  t.update(core_.in.models, only(model.ordinal), {}, patch);
}

Tasks::Removal TaskService::reset(Transaction& t, const Principal& who, const Head& head,
                                  const ResetOptions& options) {
  core_.access.require(who, "task.write");
  check_transition(head, TaskState::draft, Transition::reset);
  const Results made = results(t, head.ordinal);
  require_models(who, made);
  if (!options.keep_attempt) require_unpublished(head, made);
  Removal out;
  out.head = head;
  if (options.keep_attempt)
    out.attempt = made.attempt, out.models_kept = static_cast<std::int64_t>(made.models.size());
  if (options.dry_run) {
    if (!options.keep_attempt) discard(t, who, made, false, true, out);
    return out;
  }
  Step step{TaskState::draft, Transition::reset, options.why, 0, {}, {}};
  clear_outputs(step.patch, made, !options.keep_attempt);
  if (options.keep_attempt)
    step.changes.add("attempt", made.attempt, made.attempt + 1);
  else if (made.metrics != 0)
    step.changes.add("metrics", made.metrics, std::int64_t{0});
  apply(t, who, head, std::move(step));
  if (options.keep_attempt)
    keep_attempt(t, head, made, true);
  else
    discard(t, who, made, false, false, out);
  read_head(t, head.ordinal, out.head);
  return out;
}

Tasks::Removal TaskService::remove(Transaction& t, const Principal& who, const Head& head,
                                   const RemoveOptions& options) {
  core_.access.require(who, "task.delete");
  const auto refuse = [&](const std::string& what, const char* in) {
    return Error(ErrorCode::conflict, what).in(in).with(state_detail(head.state));
  };
  if (head.state == TaskState::pending || head.state == TaskState::running)
    throw refuse("a " + std::string(podium::name(head.state)) + " task cannot be deleted; " +
                     (head.state == TaskState::pending ? "dequeue" : "abort") + " it first",
                 "state");
  if (head.state != TaskState::draft && !head.archived)
    throw refuse("a " + std::string(podium::name(head.state)) +
                     " task can be deleted only when it is archived",
                 "archived");
  const Results made = results(t, head.ordinal);
  require_models(who, made);
  if (!options.used_too) {
    if (head.state == TaskState::published)
      throw refuse("the task is published; deleting it must be asked for by force", "state");
    for (const Made& model : made.models) {
      if (model.status == podium::name(ModelStatus::published))
        throw refuse("the model " + in_quotes(model.id) + " of the task is published", "models");
      if (model.used && !options.keep_models)
        throw refuse("another task reads the model " + in_quotes(model.id) + " of the task",
                     "models");
    }
  }
  static const std::array state_column = {value_of(field("state"))};
  struct Child {
    Ordinal ordinal;
    std::string id, state;
  };
  std::vector<Child> children;
  t.query(core_.in.tasks, KeyRange{"parent", {head.ordinal}, {}, {}, false}, no_limit, state_column,
          [&](const Row& row) {
            children.push_back({row.ordinal(), std::string(row.id()), cell::text(row.cell(0))});
            return true;
          });
  for (const Child& child : children)
    if (!options.used_too && child.state == podium::name(TaskState::published))
      throw refuse("the child " + in_quotes(child.id) + " of the task is published", "children");

  Removal out;
  out.head = head;
  out.children = static_cast<std::int64_t>(children.size());
  Results all = made;
  static const std::array attempt_columns = {value_of(record_body()), whole_series("metrics")};
  std::vector<std::string> attempt_uris;
  t.query(core_.in.attempts, KeyRange{"number", {head.ordinal}, {}, {}, false}, no_limit,
          attempt_columns, [&](const Row& row) {
            ++out.attempts;
            for (const SeriesEntry& s : row.series(1)) {
              ++all.metrics;
              all.points += s.summary.count;
            }
            if (std::string uri = attempt_artifact_uri(cell::text(row.cell(0))); !uri.empty())
              attempt_uris.push_back(std::move(uri));
            return true;
          });
  discard(t, who, all, options.keep_models, true, out);
  out.uris.insert(out.uris.end(), attempt_uris.begin(), attempt_uris.end());
  if (options.dry_run) return out;

  // The present version is asked for before anything is written.
  Head now;
  if (!read_head(t, head.ordinal, now) || now.version != head.version)
    throw Error(ErrorCode::conflict, "the task changed meanwhile; read it again and repeat")
        .in("state")
        .with(state_detail(now.state));
  Removal counted;
  discard(t, who, all, options.keep_models, false, counted);
  std::vector<FileErasure> files;
  for (auto& uri : attempt_uris) files.push_back({made.id, std::move(uri)});
  if (!files.empty()) erase_files(t, core_, jobs_, made.id, files);
  Patch orphan;
  orphan.set("parent", Value{}).set("updated", core_.now());
  for (const Child& child : children) {
    t.update(core_.in.tasks, only(child.ordinal), {}, orphan);
    ChangeSet changes;
    changes.add("parent", std::string_view(made.id), Cell{});
    write_history(t, core_, who, subject(child.ordinal), "edit", "the parent was deleted",
                  changes.json());
  }
  std::string name;
  static const std::array name_column = {value_of(field("name"))};
  t.get(core_.in.tasks, head.ordinal, name_column,
        [&](const Row& row) { name = cell::text(row.cell(0)); });
  ChangeSet changes;
  changes.add("task", std::string_view(made.id), Cell{});
  changes.add("task_name", std::string_view(name), Cell{});
  t.erase(core_.in.tasks, only(head.ordinal));
  write_history(t, core_, who, {Subject::Kind::project, head.project}, "delete", options.why,
                changes.json());
  return out;
}

}  // namespace podium::host
