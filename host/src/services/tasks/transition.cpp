// Changing the state of a task.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "podium/storage_kit/values.hpp"
#include "services/queues/entries.hpp"
#include "services/tasks/rules.hpp"
#include "services/tasks/tasks.hpp"
#include "services/tasks/words.hpp"

namespace podium::host {
namespace {

bool ended(TaskState s) {
  return s == TaskState::completed || s == TaskState::failed || s == TaskState::aborted;
}

}  // namespace

void check_transition(const Tasks::Head& head, TaskState to, Transition kind) {
  const TransitionRule* rule = find_rule(kind, head.state, to);
  if (!rule || (head.state == to && !rule->same))
    throw Error(ErrorCode::conflict, "a " + std::string(name(head.state)) + " task cannot become " +
                                         std::string(name(to)) + " by " + std::string(name(kind)))
        .in("state")
        .with(state_detail(head.state));
  if (head.archived && !rule->archived)
    throw Error(ErrorCode::conflict, "the task is archived; restore it first")
        .in("archived")
        .with("{\"archived\":true}");
}

Tasks::Head TaskService::transition(Transaction& t, const Principal& who, const Head& head,
                                    TaskState to, Transition kind, std::string_view reason,
                                    std::int64_t at) {
  core_.access.require(who, "task.write");
  check_transition(head, to, kind);
  switch (kind) {
    case Transition::enqueue:
      return enqueue(t, who, head, {0, false, reason}).head;
    case Transition::retry:
      return retry(t, who, head, {{0, false, reason}, Outputs::go_on}).head;
    case Transition::reset:
      return reset(t, who, head, {false, false, reason}).head;
    case Transition::publish:
      return publish_at(t, who, head, reason, false, at).head;
    case Transition::dequeue:
      if (const TaskState back = queued_from(t, head.ordinal); back != to)
        throw Error(ErrorCode::conflict, "the task was " + std::string(podium::name(back)) +
                                             " before it was enqueued, not " +
                                             std::string(podium::name(to)))
            .in("state")
            .with(state_detail(head.state));
      break;
    default:
      break;
  }
  return apply(t, who, head, {to, kind, reason, at, {}, {}});
}

Tasks::Head TaskService::apply(Transaction& t, const Principal& who, const Head& head, Step step) {
  core_.access.require(who, "task.write");
  check_transition(head, step.to, step.kind);
  const TransitionRule* rule = find_rule(step.kind, head.state, step.to);
  const std::int64_t when = step.at != 0 ? step.at : core_.now();
  Patch& patch = step.patch;
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
      break;
    case Stamp::given:
      if (step.at != 0 && ended(step.to)) patch.set("completed", step.at);
      break;
  }
  set_run_time(t, head.ordinal, patch);
  if (head.state == step.to) return patch.empty() ? head : change_at(t, head, std::move(patch));

  if (step.to == TaskState::running) patch.set("run_time", Value{});
  if (head.state == TaskState::pending) patch.set("queue", Value{}).set("queued_from", Value{});
  if (head.state == TaskState::running)
    patch.set("desired_state", Value{}).set("stop_deadline", Value{}).set("lease_until", Value{});
  patch.set("state", std::string(podium::name(step.to)))
      .set("reason", step.reason.empty() ? Value{} : Value{std::string(step.reason)});
  const Head after = change_at(t, head, std::move(patch));
  if (head.state == TaskState::pending) drop_entry(t, core_, head.ordinal);
  step.changes.add("state", podium::name(head.state), podium::name(step.to));
  write_history(t, core_, who, subject(head), podium::name(step.kind), step.reason,
                step.changes.json());
  return after;
}

Tasks::Stop TaskService::abort(Transaction& t, const Principal& who, const Head& head,
                               std::string_view why, std::int64_t grace) {
  core_.access.require(who, "task.write");
  check_transition(head, TaskState::aborted, Transition::abort);
  static const std::array columns = {value_of(field("lease_until")),
                                     value_of(field("stop_deadline"))};
  std::int64_t lease = 0, deadline = 0;
  t.get(core_.in.tasks, head.ordinal, columns, [&](const Row& row) {
    lease = cell::integer(row.cell(0));
    deadline = cell::integer(row.cell(1));
  });
  const std::int64_t now = core_.now();
  const bool live = head.state == TaskState::running && lease > now;
  if (!live || (deadline != 0 && deadline <= now))
    return {apply(t, who, head, {TaskState::aborted, Transition::abort, why, 0, {}, {}}), false, 0};
  if (deadline != 0) return {head, true, deadline};  // asked before: the deadline stays
  deadline = now + std::clamp<std::int64_t>(grace, 0, 86'400'000);
  Patch patch;
  patch.set("desired_state", std::string(podium::name(TaskState::aborted)))
      .set("stop_deadline", deadline);
  const Head after = change_at(t, head, std::move(patch));
  ChangeSet changes;
  changes.add("desired_state", Cell{}, podium::name(TaskState::aborted));
  write_history(t, core_, who, subject(head), "stop", why, changes.json());
  return {after, true, deadline};
}

std::vector<std::string> TaskService::active_children(const Reader& reader, const Principal& who,
                                                      Ordinal parent, bool recursive) const {
  constexpr std::size_t most = 100'000, slice = 500;
  std::vector<std::string> active;
  std::vector<Ordinal> level = {parent};
  std::unordered_set<Ordinal> seen = {parent};
  while (!level.empty()) {
    std::vector<Ordinal> below;
    for (std::size_t at = 0; at < level.size(); at += slice) {
      const auto part = std::span(level).subspan(at, std::min(slice, level.size() - at));
      Query q;
      q.filter = in(field("parent"), std::vector<Value>(part.begin(), part.end()));
      q.columns = {value_of(field("state"))};
      query(reader, who, std::move(q), [&](const Row& row) {
        if (!seen.insert(row.ordinal()).second) return true;
        if (seen.size() > most)
          throw Error(ErrorCode::too_expensive, "there are more than 100000 tasks below this one");
        below.push_back(row.ordinal());
        const auto state = task_state(cell::text(row.cell(0)));
        if (state == TaskState::pending || state == TaskState::running)
          active.emplace_back(row.id());
        return true;
      });
    }
    level = recursive ? std::move(below) : std::vector<Ordinal>();
  }
  return active;
}

Tasks::Publication TaskService::publish(Transaction& t, const Principal& who, const Head& head,
                                        std::string_view why, bool dry_run) {
  return publish_at(t, who, head, why, dry_run, 0);
}

Tasks::Publication TaskService::publish_at(Transaction& t, const Principal& who, const Head& head,
                                           std::string_view why, bool dry_run, std::int64_t at) {
  core_.access.require(who, "task.write");
  check_transition(head, TaskState::published, Transition::publish);
  Publication out{head, {}};
  const Results made = results(t, head.ordinal);
  require_models(who, made);
  for (const Made& model : made.models) {
    if (model.status != podium::name(ModelStatus::ready) &&
        model.status != podium::name(ModelStatus::published))
      throw Error(ErrorCode::conflict, "the model " + in_quotes(model.id) + " of the task is " +
                                           model.status +
                                           " and cannot be published; finish it, "
                                           "or remove it")
          .in("models")
          .with("{\"state\":\"" + std::string(podium::name(head.state)) + "\",\"model\":\"" +
                model.id + "\",\"status\":\"" + model.status + "\"}");
    out.models.push_back(model.id);
  }
  if (dry_run) return out;
  Step step{TaskState::published, Transition::publish, why, at, {}, {}};
  if (!made.models.empty())
    step.changes.add("models", Cell{}, static_cast<std::int64_t>(made.models.size()));
  out.head = apply(t, who, head, std::move(step));
  for (const Made& model : made.models) models_.publish(t, who, model.ordinal);
  return out;
}

Tasks::Head TaskService::move(Transaction& t, const Principal& who, const Head& head,
                              Ordinal project, std::string_view why) {
  core_.access.require(who, "task.write");
  if (project == head.project) return head;
  require_home(t, who, project, false);
  const Results made = results(t, head.ordinal);
  require_models(who, made);
  std::string from, to;
  t.get(core_.in.projects, head.project, {}, [&](const Row& row) { from = row.id(); });
  t.get(core_.in.projects, project, {}, [&](const Row& row) { to = row.id(); });
  Patch patch;
  patch.set("project", project);
  Head after = change_at(t, head, patch);
  std::vector<Ordinal> models;
  for (const Made& model : made.models) models.push_back(model.ordinal);
  if (!models.empty()) t.update(core_.in.models, models, {}, patch);
  ChangeSet changes;
  changes.add("project", std::string_view(from), std::string_view(to));
  write_history(t, core_, who, subject(head), "move", why, changes.json());
  return after;
}

}  // namespace podium::host
