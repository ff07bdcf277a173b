#include "services/tasks/tasks.hpp"

#include <algorithm>
#include <array>

#include "podium/storage_kit/values.hpp"
#include "services/history/history.hpp"
#include "services/tasks/rules.hpp"

namespace podium::host {
namespace {

constexpr std::string_view described[] = {"name",        "user",       "user_tagged", "description",
                                          "parent",      "started",    "completed",   "source_name",
                                          "source_type", "repository", "branch",      "commit"};
/// What `create` sets by itself or never.
constexpr std::string_view managed[] = {"project",   "name",    "type",        "state",  "archived",
                                        "published", "updated", "archived_at", "created"};

template <std::size_t N>
bool one_of(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Subject subject(const Tasks::Head& head) { return {Subject::Kind::task, head.ordinal}; }
Subject subject(Ordinal task) { return {Subject::Kind::task, task}; }

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string state_detail(TaskState state) {
  return "{\"state\":\"" + std::string(name(state)) + "\"}";
}

/// Text ids of references, for the history: an ordinal says nothing to a person.
Cell reference_cell(Transaction& t, CollectionId c, const Cell& cell, std::string& text) {
  const auto* ordinal = std::get_if<std::int64_t>(&cell);
  if (!ordinal) return cell;
  t.get(c, *ordinal, {}, [&](const Row& row) { text = row.id(); });
  return std::string_view(text);
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

Tasks::Head TaskService::require(Transaction& t, const Principal& who, std::string_view id) {
  static const std::array columns = {value_of(field("project")), value_of(field("state")),
                                     value_of(field("archived"))};
  Head head;
  head.ordinal = t.find(core_.in.tasks, id);
  core_.check_visible(t, who, "tasks", core_.in.tasks, head.ordinal, "task", id);
  core_.access.require(who, "task.write");
  const bool there = t.get(core_.in.tasks, head.ordinal, columns, [&](const Row& row) {
    head.project = std::get<std::int64_t>(row.cell(0));
    const auto state = task_state(std::get<std::string_view>(row.cell(1)));
    if (!state) throw Error(ErrorCode::corrupt, "task " + quoted(id) + " has an unknown state");
    head.state = *state;
    const Cell archived = row.cell(2);
    head.archived = std::holds_alternative<bool>(archived) && std::get<bool>(archived);
    head.version = row.version();
  });
  if (!there) throw no_such("task", id);
  return head;
}

Ordinal TaskService::create(Transaction& t, const Principal& who, const NewTask& task) {
  core_.access.require(who, "task.write");
  if (task.state != TaskState::draft && task.state != TaskState::running)
    throw Error(ErrorCode::invalid,
                "a new task is draft or running, not " + std::string(podium::name(task.state)))
        .in("state");
  bool has_started = false, has_artifact_uri = false;
  for (const auto& set : task.content.fields) {
    if (one_of(managed, set.field))
      throw Error(ErrorCode::invalid,
                  "a new task's " + quoted(set.field) + " is not set as a field")
          .in(std::string(set.field));
    has_started |= set.field == "started";
    has_artifact_uri |= set.field == "artifact_uri";
  }

  static const std::array columns = {value_of(field("archived")),
                                     value_of(field("artifact_location"))};
  core_.check_visible(t, who, "projects", core_.in.projects, task.project, "project of the task",
                      "");
  std::string location;
  bool archived = false;
  if (!t.get(core_.in.projects, task.project, columns, [&](const Row& row) {
        if (const Cell flag = row.cell(0); std::holds_alternative<bool>(flag))
          archived = std::get<bool>(flag);
        if (const Cell text = row.cell(1); std::holds_alternative<std::string_view>(text))
          location = std::get<std::string_view>(text);
      }))
    throw Error(ErrorCode::not_found, "the project of the new task does not exist").in("project");
  if (archived)
    throw Error(ErrorCode::conflict, "the project is archived; restore it before adding tasks")
        .in("project");

  const std::string id = task.id.empty() ? core_.ids.id() : std::string(task.id);
  const std::int64_t now = core_.now();
  const std::int64_t created = task.created != 0 ? task.created : now;
  NewRecord record{id, task.content};
  Patch& content = record.content;
  content.set("project", task.project)
      .set("name", task.name.empty() ? core_.ids.name() : std::string(task.name))
      .set("type", std::string(task.type))
      .set("state", std::string(podium::name(task.state)))
      .set("archived", false)
      .set("created", created)
      .set("updated", now);
  if (task.state == TaskState::running && !has_started) content.set("started", created);
  if (!has_artifact_uri) content.set("artifact_uri", append_path(location, id + "/artifacts"));
  const Ordinal ordinal = t.insert(core_.in.tasks, record);
  ChangeSet changes;
  changes.add("state", Cell{}, podium::name(task.state));
  write_history(t, core_, who, subject(ordinal), "create", {}, changes.json());
  return ordinal;
}

void TaskService::change(Transaction& t, const Head& head, Patch patch) {
  patch.set("updated", core_.now());
  t.update(core_.in.tasks, std::span<const Ordinal>(&head.ordinal, 1), {}, patch);
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
  if (!there) throw Error(ErrorCode::not_found, "the task has no tag " + quoted(key)).in("key");
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
      throw Error(ErrorCode::invalid, "a run does not tell its " + quoted(set.field))
          .in(std::string(set.field));
  if (!patch.empty()) change(t, head, patch);
}

void TaskService::edit(Transaction& t, const Principal& who, const Head& head, const Patch& patch,
                       std::string_view why) {
  core_.access.require(who, "task.write");
  const auto allow = [&](std::string_view what, bool map) {
    const EditRule* rule = find_edit_rule(what, map);
    if (!rule)
      throw Error(ErrorCode::invalid, quoted(what) + " of a task cannot be edited")
          .in(std::string(what));
    if (!rule->when.has(head.state))
      throw Error(ErrorCode::conflict, quoted(what) + " cannot be edited while the task is " +
                                           std::string(podium::name(head.state)))
          .in(std::string(what))
          .with(state_detail(head.state));
  };
  if (patch.body) throw Error(ErrorCode::invalid, "the body of a task cannot be edited").in("body");
  std::vector<Column> columns;
  for (const auto& set : patch.fields)
    allow(set.field, false), columns.push_back(value_of(field(std::string(set.field))));
  for (const auto& e : patch.entries)
    allow(e.map, true), columns.push_back(value_of(entry(std::string(e.map), std::string(e.key))));
  for (const auto& r : patch.removed)
    allow(r.map, true), columns.push_back(value_of(entry(std::string(r.map), std::string(r.key))));
  for (const auto& map : patch.cleared)
    allow(map, true), columns.push_back(whole_map(std::string(map)));

  ChangeSet changes;
  std::vector<std::pair<std::string_view, Value>> references;
  t.get(core_.in.tasks, head.ordinal, columns, [&](const Row& row) {
    std::size_t i = 0;
    for (const auto& set : patch.fields) {
      const Cell before = row.cell(i++);
      if (set.field == "parent") {
        const auto* old = std::get_if<std::int64_t>(&before);
        references.emplace_back(set.field, old ? Value(*old) : Value());
      } else {
        changes.add(set.field, before, kit::cell_of(set.value));
      }
    }
    for (const auto& e : patch.entries) changes.add_entry(e.map, e.key, row.cell(i++), e.text);
    for (const auto& r : patch.removed) changes.add_entry(r.map, r.key, row.cell(i++), Cell{});
    for (const auto& map : patch.cleared)
      for (const MapEntry& e : row.map(i++)) {
        const bool set_again =
            std::any_of(patch.entries.begin(), patch.entries.end(),
                        [&](const auto& n) { return n.map == map && n.key == e.key; });
        if (!set_again) changes.add_entry(map, e.key, e.text, Cell{});
      }
  });
  for (const auto& [name, before] : references) {
    const auto set = std::find_if(patch.fields.begin(), patch.fields.end(),
                                  [&, n = name](const auto& s) { return s.field == n; });
    std::string old_id, new_id;
    const Cell old_cell = reference_cell(t, core_.in.tasks, kit::cell_of(before), old_id);
    changes.add(name, old_cell,
                reference_cell(t, core_.in.tasks, kit::cell_of(set->value), new_id));
  }
  if (changes.empty()) return;
  change(t, head, patch);
  write_history(t, core_, who, subject(head), "edit", why, changes.json());
}

void TaskService::transition(Transaction& t, const Principal& who, const Head& head, TaskState to,
                             Transition kind, std::string_view reason, std::int64_t at) {
  core_.access.require(who, "task.write");
  const std::string from_name(podium::name(head.state)), to_name(podium::name(to));
  const TransitionRule* rule = find_rule(kind, head.state, to);
  if (!rule || (head.state == to && !rule->same))
    throw Error(ErrorCode::conflict, "a " + from_name + " task cannot become " + to_name + " by " +
                                         std::string(podium::name(kind)))
        .in("state")
        .with(state_detail(head.state));
  if (head.archived && !rule->archived)
    throw Error(ErrorCode::conflict, "the task is archived; restore it first")
        .with("{\"archived\":true}");

  const std::int64_t when = at != 0 ? at : core_.now();
  const bool ended =
      to == TaskState::completed || to == TaskState::failed || to == TaskState::aborted;
  Patch patch;
  switch (rule->stamp) {
    case Stamp::none:
      break;
    case Stamp::started:
      patch.set("started", when).set("completed", Value{});
      break;
    case Stamp::completed:
      if (head.state != TaskState::pending) patch.set("completed", when);
      break;
    case Stamp::published:
      patch.set("published", when);
      break;
    case Stamp::cleared:
      patch.set("started", Value{}).set("completed", Value{}).set("published", Value{});
      patch.clear("metrics");
      break;
    case Stamp::given:
      if (at != 0 && ended) patch.set("completed", at);
      break;
  }
  if (head.state == to) {
    if (!patch.empty()) change(t, head, std::move(patch));
    return;
  }
  patch.set("state", to_name).set("reason", reason.empty() ? Value{} : Value{std::string(reason)});
  change(t, head, std::move(patch));
  if (rule->stamp == Stamp::cleared) drop_results(t, head.ordinal);
  ChangeSet changes;
  changes.add("state", std::string_view(from_name), std::string_view(to_name));
  write_history(t, core_, who, subject(head), podium::name(kind), reason, changes.json());
}

/// Links to models that the task made; the models stay.
void TaskService::drop_results(Transaction& t, Ordinal task) {
  static const std::array columns = {value_of(field("direction"))};
  std::vector<Ordinal> out;
  t.query(core_.in.model_links, KeyRange{"edge", {task}, {}, {}, false}, 1'000'000, columns,
          [&](const Row& row) {
            if (row.cell(0) == Cell{std::string_view("out")}) out.push_back(row.ordinal());
            return true;
          });
  if (!out.empty()) t.erase(core_.in.model_links, out);
}

void TaskService::archive(Transaction& t, const Principal& who, const Head& head, bool archived) {
  core_.access.require(who, "task.write");
  if (head.archived == archived) return;
  Patch patch;
  patch.set("archived", archived).set("archived_at", archived ? Value{core_.now()} : Value{});
  change(t, head, std::move(patch));
  ChangeSet changes;
  changes.add("archived", !archived, archived);
  write_history(t, core_, who, subject(head), archived ? "archive" : "restore", {}, changes.json());
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
