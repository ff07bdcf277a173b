#include "services/tasks/tasks.hpp"

#include <algorithm>
#include <array>

#include "podium/storage_kit/values.hpp"
#include "services/only.hpp"
#include "services/tasks/body.hpp"
#include "services/tasks/rules.hpp"
#include "services/tasks/words.hpp"

namespace podium::host {
namespace {

constexpr std::string_view described[] = {
    "name",      "user",       "user_tagged", "description", "parent",      "started",
    "completed", "progress",   "iteration",   "source_name", "source_type", "repository",
    "branch",    "source_tag", "commit",      "entry_point", "working_dir", "binary"};
/// Set by what makes a task, beside what an edit may change.
constexpr std::string_view told_at_first[] = {"started", "completed", "user_tagged"};
/// What `create` sets from members of their own.
constexpr std::string_view named_apart[] = {"project", "name", "type", "state", "created"};

template <std::size_t N>
bool one_of(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool may_be_given(std::string_view field) {
  return !one_of(named_apart, field) &&
         (one_of(told_at_first, field) || find_edit_rule(field, Place::field));
}

}  // namespace

void require_open(const Tasks::Head& head) {
  if (head.state == TaskState::published)
    throw Error(ErrorCode::conflict, "the task is published and read-only; clone it to go on")
        .with(state_detail(head.state));
  if (head.archived)
    throw Error(ErrorCode::conflict, "the task is archived; restore it first")
        .with("{\"archived\":true}");
}

void check_task_type(std::string_view type) {
  if (std::find(std::begin(task_types), std::end(task_types), type) != std::end(task_types)) return;
  std::string names;
  for (const auto known : task_types) names += (names.empty() ? "" : ", ") + std::string(known);
  throw Error(ErrorCode::invalid,
              "there is no task type " + in_quotes(type) + "; there are: " + names)
      .in("type");
}

void check_task_value(std::string_view field, const Value& value) {
  if (field == "type") {
    const auto* type = std::get_if<std::string>(&value);
    check_task_type(type ? std::string_view(*type) : std::string_view());
  } else if (field == "progress" && !std::holds_alternative<std::monostate>(value)) {
    const auto* real = std::get_if<double>(&value);
    if (!real || !(*real >= 0 && *real <= 100))
      throw Error(ErrorCode::invalid, "'progress' is a percentage from 0 to 100").in("progress");
  }
}

bool TaskService::read_head(Transaction& t, Ordinal task, Head& head) {
  static const std::array columns = {value_of(field("project")), value_of(field("state")),
                                     value_of(field("archived"))};
  return t.get(core_.in.tasks, task, columns, [&](const Row& row) {
    head.ordinal = task;
    head.project = cell::integer(row.cell(0));
    const auto state = task_state(cell::text(row.cell(1)));
    if (!state)
      throw Error(ErrorCode::corrupt,
                  "task " + in_quotes(row.id()) + " has an unknown state; restore a backup");
    head.state = *state;
    head.archived = cell::flag(row.cell(2));
    head.version = row.version();
  });
}

Tasks::Head TaskService::require(Transaction& t, const Principal& who, Ordinal task) {
  return require(t, who, task, "#" + std::to_string(task));
}

Tasks::Head TaskService::require(Transaction& t, const Principal& who, std::string_view id) {
  return require(t, who, t.find(core_.in.tasks, id), id);
}

Tasks::Head TaskService::require(Transaction& t, const Principal& who, Ordinal task,
                                 std::string_view id) {
  Head head;
  core_.check_visible(t, who, "tasks", core_.in.tasks, task, "task", id);
  core_.access.require(who, "task.write");
  if (!read_head(t, task, head)) throw no_such("task", id);
  return head;
}

Ordinal TaskService::create(Transaction& t, const Principal& who, const NewTask& task) {
  ChangeSet changes;
  changes.add("state", Cell{}, podium::name(task.state));
  return insert(t, who, task, true, changes, {});
}

TaskService::Home TaskService::require_home(Transaction& t, const Principal& who, Ordinal project,
                                            bool with_defaults) {
  std::vector<Column> columns = {value_of(field("archived")), value_of(field("artifact_location"))};
  if (with_defaults) {
    columns.push_back(value_of(field("output_destination")));
    columns.push_back(whole_map("defaults"));
  }
  core_.check_visible(t, who, "projects", core_.in.projects, project, "project of the task", "");
  Home home;
  bool archived = false;
  if (!t.get(core_.in.projects, project, columns, [&](const Row& row) {
        archived = cell::flag(row.cell(0));
        home.artifact_location = cell::text(row.cell(1));
        if (!with_defaults) return;
        home.output_destination = cell::text(row.cell(2));
        for (const MapEntry& e : row.map(3)) home.params.emplace_back(e.key, e.text);
      }))
    throw Error(ErrorCode::not_found, "the project of the task does not exist").in("project");
  if (archived)
    throw Error(ErrorCode::conflict, "the project is archived; restore it before adding tasks")
        .in("project");
  return home;
}

Ordinal TaskService::insert(Transaction& t, const Principal& who, const NewTask& task,
                            bool with_defaults, const ChangeSet& changes, std::string_view why) {
  core_.access.require(who, "task.write");
  if (task.state != TaskState::draft && task.state != TaskState::running)
    throw Error(ErrorCode::invalid,
                "a new task is draft or running, not " + std::string(podium::name(task.state)))
        .in("state");
  check_task_type(task.type);
  const auto& given = task.content;
  const auto has = [&](std::string_view name) {
    return std::any_of(given.fields.begin(), given.fields.end(),
                       [&](const auto& set) { return set.field == name; });
  };
  for (const auto& set : given.fields) {
    if (!may_be_given(set.field))
      throw Error(ErrorCode::invalid,
                  "a new task's " + in_quotes(set.field) + " is not set as a field")
          .in(std::string(set.field));
    check_task_value(set.field, set.value);
  }
  if (given.body) check_task_body(*given.body);

  const bool draft = task.state == TaskState::draft;
  const Home home = require_home(t, who, task.project, with_defaults && draft);
  const std::string id = task.id.empty() ? core_.ids.id() : std::string(task.id);
  const std::int64_t now = core_.now();
  const std::int64_t created = task.created != 0 ? task.created : now;
  NewRecord record{id, given};
  Patch& content = record.content;
  content.set("project", task.project)
      .set("name", task.name.empty() ? core_.ids.name() : std::string(task.name))
      .set("type", std::string(task.type))
      .set("state", std::string(podium::name(task.state)))
      .set("archived", false)
      .set("created", created)
      .set("updated", now);
  if (!draft && !has("started")) content.set("started", created);
  if (draft && !has("user")) content.set("user", who.id);
  if (!home.output_destination.empty() && !has("output_destination"))
    content.set("output_destination", home.output_destination);
  for (const auto& [key, text] : home.params)
    if (std::none_of(
            given.entries.begin(), given.entries.end(),
            [k = std::string_view(key)](const auto& e) { return e.map == "params" && e.key == k; }))
      content.put("params", key, text);
  if (!has("artifact_uri"))
    content.set("artifact_uri", append_path(home.artifact_location, id + "/artifacts"));
  const Ordinal ordinal = t.insert(core_.in.tasks, record);
  write_history(t, core_, who, subject(ordinal), "create", why, changes.json());
  return ordinal;
}

void TaskService::change(Transaction& t, const Head& head, Patch patch) {
  patch.set("updated", core_.now());
  t.update(core_.in.tasks, only(head.ordinal), {}, patch);
}

Tasks::Head TaskService::change_at(Transaction& t, const Head& head, Patch patch) {
  change_exactly(t, head, std::move(patch));
  Head after = head;
  read_head(t, head.ordinal, after);
  return after;
}

void TaskService::change_exactly(Transaction& t, const Head& head, Patch patch) {
  patch.set("updated", core_.now());
  const Filter still = all_of({eq(record_version(), head.version),
                               eq(field("state"), std::string(podium::name(head.state)))});
  if (t.update(core_.in.tasks, only(head.ordinal), still, patch) == 0) {
    Head now;
    if (!read_head(t, head.ordinal, now))
      throw Error(ErrorCode::not_found, "the task was deleted meanwhile");
    throw Error(ErrorCode::conflict, "the task changed meanwhile; read it again and repeat")
        .in("state")
        .with(state_detail(now.state));
  }
}

void TaskService::log(Transaction& t, const Principal& who, const Head& head, const TaskLog& log) {
  core_.access.require(who, "task.write");
  require_open(head);
  // First, for it is what refuses.
  if (!log.params.empty())
    t.put(core_.in.tasks, head.ordinal, "params", log.params, PutMode::equal_or_fail);
  if (!log.params.empty() || !log.tags.empty()) {
    Patch patch;
    for (const auto& tag : log.tags) patch.put("tags", tag.key, tag.text);
    change(t, head, std::move(patch));
  }
  if (!log.metrics.empty()) t.append(core_.in.tasks, head.ordinal, "metrics", log.metrics);
}

void TaskService::remove_tag(Transaction& t, const Principal& who, const Head& head,
                             std::string_view key) {
  core_.access.require(who, "task.write");
  require_open(head);
  const std::array columns = {value_of(entry("tags", std::string(key)))};
  bool there = false;
  t.get(core_.in.tasks, head.ordinal, columns,
        [&](const Row& row) { there = !std::holds_alternative<std::monostate>(row.cell(0)); });
  if (!there) throw Error(ErrorCode::not_found, "the task has no tag " + in_quotes(key)).in("key");
  Patch patch;
  patch.remove("tags", key);
  change(t, head, std::move(patch));
}

void TaskService::describe(Transaction& t, const Principal& who, const Head& head,
                           const Patch& patch) {
  core_.access.require(who, "task.write");
  require_open(head);
  if (!patch.entries.empty() || !patch.removed.empty() || !patch.cleared.empty() || patch.body)
    throw Error(ErrorCode::misuse, "describe sets fields only; entries are logged");
  for (const auto& set : patch.fields)
    if (!one_of(described, set.field))
      throw Error(ErrorCode::invalid, "a run does not tell its " + in_quotes(set.field))
          .in(std::string(set.field));
  if (patch.empty()) return;
  for (const auto& set : patch.fields) check_task_value(set.field, set.value);
  Patch all = patch;
  set_run_time(t, head.ordinal, all);
  change(t, head, std::move(all));
}

void TaskService::set_run_time(Transaction& t, Ordinal task, Patch& patch) {
  const auto told = [&](std::string_view name) {
    return std::find_if(patch.fields.rbegin(), patch.fields.rend(),
                        [&](const auto& set) { return set.field == name; });
  };
  const auto none = patch.fields.rend();
  const auto started = told("started"), completed = told("completed");
  if (started == none && completed == none) return;
  static const std::array columns = {value_of(field("started")), value_of(field("completed"))};
  Value from, to;
  t.get(core_.in.tasks, task, columns, [&](const Row& row) {
    from = owned(row.cell(0));
    to = owned(row.cell(1));
  });
  if (started != none) from = started->value;
  if (completed != none) to = completed->value;
  const auto *begin = std::get_if<std::int64_t>(&from), *end = std::get_if<std::int64_t>(&to);
  patch.set("run_time", begin && end && *end >= *begin ? Value{*end - *begin} : Value{});
}

Tasks::Head TaskService::archive(Transaction& t, const Principal& who, const Head& head,
                                 bool archived, bool stop, std::string_view why) {
  core_.access.require(who, "task.write");
  if (head.archived == archived) return head;
  Head now = head;
  if (archived && stop && now.state == TaskState::pending) now = dequeue(t, who, now, "archived");
  if (archived && stop && now.state == TaskState::running)
    now = abort(t, who, now, "archived", usual_grace).head;
  Patch patch;
  patch.set("archived", archived).set("archived_at", archived ? Value{core_.now()} : Value{});
  change_exactly(t, now, std::move(patch));
  now.archived = archived;  // that it was otherwise is sure, so this is one more version
  ++now.version;
  ChangeSet changes;
  changes.add("archived", !archived, archived);
  write_history(t, core_, who, subject(head), archived ? "archive" : "restore", why,
                changes.json());
  return now;
}

std::string TaskService::archive_all(Transaction& t, const Principal& who, Ordinal project,
                                     bool archived) {
  core_.access.require(who, "task.write");
  projects_.archive(t, who, project, archived);
  const std::int64_t now = core_.now();
  Sweep sweep;
  sweep.collection = "tasks";
  sweep.filter = all_of({eq(field("project"), project), eq(field("archived"), !archived)});
  sweep.still = sweep.filter;
  sweep.fields = {
      {"archived", archived}, {"archived_at", archived ? Value{now} : Value{}}, {"updated", now}};
  sweep.history = archived ? "archive" : "restore";
  Jobs::Options options;
  options.queue = "project/" + std::to_string(project);
  return jobs_.start(t, who, sweep, options);
}

}  // namespace podium::host
