// Into a queue and out of it: the state and the entry change together.
#include <array>

#include "services/queues/entries.hpp"
#include "services/tasks/rules.hpp"
#include "services/tasks/tasks.hpp"
#include "services/tasks/words.hpp"

namespace podium::host {

Tasks::Enqueued TaskService::put_in_queue(Transaction& t, const Principal& who, const Head& head,
                                          const EnqueueOptions& options, Step step) {
  core_.access.require(who, "task.write");
  const QueueFacts queue = require_queue(t, core_, who, options.queue);
  step.patch.set("queue", queue.ordinal).set("queued_from", std::string(podium::name(head.state)));
  step.changes.add("queue", Cell{}, std::string_view(queue.name));
  const Head after = apply(t, who, head, std::move(step));
  add_entry(t, core_, who, queue.ordinal, head.ordinal, options.front);
  return {after, queue.ordinal, queue.watched};
}

Tasks::Enqueued TaskService::enqueue(Transaction& t, const Principal& who, const Head& head,
                                     const EnqueueOptions& options) {
  if (head.state != TaskState::pending) {
    check_transition(head, TaskState::pending, Transition::enqueue);
    return put_in_queue(t, who, head, options,
                        {TaskState::pending, Transition::enqueue, options.why, 0, {}, {}});
  }
  core_.access.require(who, "task.write");
  const QueueFacts to = require_queue(t, core_, who, options.queue);
  static const std::array queue_column = {value_of(field("queue"))};
  Ordinal from = 0;
  t.get(core_.in.tasks, head.ordinal, queue_column,
        [&](const Row& row) { from = cell::integer(row.cell(0)); });
  if (from == to.ordinal) return {head, to.ordinal, to.watched};
  static const std::array name_column = {value_of(field("name"))};
  std::string old_name;
  t.get(core_.in.queues, from, name_column,
        [&](const Row& row) { old_name = cell::text(row.cell(0)); });
  Patch patch;
  patch.set("queue", to.ordinal);
  const Head after = change_at(t, head, std::move(patch));
  drop_entry(t, core_, head.ordinal);
  add_entry(t, core_, who, to.ordinal, head.ordinal, options.front);
  ChangeSet changes;
  changes.add("queue", std::string_view(old_name), std::string_view(to.name));
  write_history(t, core_, who, subject(head), podium::name(Transition::enqueue), options.why,
                changes.json());
  return {after, to.ordinal, to.watched};
}

TaskState TaskService::queued_from(Transaction& t, Ordinal task) {
  static const std::array columns = {value_of(field("queued_from"))};
  TaskState from = TaskState::draft;
  t.get(core_.in.tasks, task, columns, [&](const Row& row) {
    from = task_state(cell::text(row.cell(0))).value_or(TaskState::draft);
  });
  return from;
}

Tasks::Head TaskService::dequeue(Transaction& t, const Principal& who, const Head& head,
                                 std::string_view why) {
  return apply(t, who, head, {queued_from(t, head.ordinal), Transition::dequeue, why, 0, {}, {}});
}

Tasks::Enqueued TaskService::retry(Transaction& t, const Principal& who, const Head& head,
                                   const RetryOptions& options) {
  core_.access.require(who, "task.write");
  check_transition(head, TaskState::pending, Transition::retry);
  const Results made = results(t, head.ordinal);
  if (options.outputs != Outputs::go_on) require_models(who, made);
  if (options.outputs == Outputs::discard) require_unpublished(head, made);
  Step step{TaskState::pending, Transition::retry, options.enqueue.why, 0, {}, {}};
  step.patch.set("attempt", made.attempt + 1);
  step.changes.add("attempt", made.attempt, made.attempt + 1);
  if (options.outputs != Outputs::go_on)
    clear_outputs(step.patch, made, options.outputs == Outputs::discard);
  Enqueued out = put_in_queue(t, who, head, options.enqueue, std::move(step));
  keep_attempt(t, head, made, options.outputs == Outputs::keep);
  if (options.outputs == Outputs::discard) {
    Removal ignored;
    discard(t, who, made, false, false, ignored);
  }
  read_head(t, head.ordinal, out.head);
  return out;
}

}  // namespace podium::host
