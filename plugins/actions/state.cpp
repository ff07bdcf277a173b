// enqueue, requeue, retry, dequeue, abort, abort-children, publish: what changes the state.
#include <map>

#include "actions.hpp"
#include "parts.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::actions {
namespace {

/// What the actions that put tasks into a queue take, beside what is their own.
std::string queue_schema(const std::string& more = {}, const char* required = "[]",
                         const char* otherwise = "; the default queue if not said") {
  return std::string(R"json({
      "type": "object", "additionalProperties": false, "required": )json") +
         required + R"json(,
      "properties": {
        "queue": {"type": "string", "minLength": 1, "maxLength": 256, "format": "queue", "title": "Queue",
                  "description": "Its name or id)json" +
         otherwise + R"json("},
        "front": {"type": "boolean", "default": false, "title": "To the front",
                  "description": "Before all that wait there, instead of behind them"})json" +
         more + "}}";
}

/// Actions that put a task into a queue.
class QueueAction : public TaskAction {
 public:
  using TaskAction::TaskAction;

 protected:
  EnqueueOptions options(Transaction& t, const ActionCall& call) const {
    const Parameters given(call);
    EnqueueOptions out;
    if (const std::string queue = given.text("queue"); !queue.empty())
      out.queue = context().queues().require(t, call.who, queue);
    else if (call.dry_run)
      require_default(t);
    out.front = given.flag("front");
    out.why = call.why;
    return out;
  }

  ActionOutcome queued(Transaction& t, const ActionTarget& target,
                       const Tasks::Enqueued& out) const {
    const CollectionId queues = context().queues().collection();
    const std::string queue = text_of(t, queues, out.queue, "name");
    ActionOutcome item = done(target);
    if (!out.watched)
      item.message =
          "nobody takes tasks from the queue '" + queue + "' at present; start an agent for it";
    JsonWriter(item.detail)
        .object()
        .key("queue")
        .value(id_of(t, queues, out.queue))
        .key("watched")
        .value(out.watched)
        .end_object();
    return item;
  }

 private:
  /// What the Tasks service would refuse when no queue is named.
  void require_default(Transaction& t) const {
    static const Column is_default = value_of(field("is_default"));
    bool there = false;
    t.query(context().queues().collection(), KeyRange{"name"}, 1'000'000, std::span(&is_default, 1),
            [&](const Row& row) {
              const Cell cell = row.cell(0);
              const auto* flag = std::get_if<bool>(&cell);
              there = flag && *flag;
              return !there;
            });
    if (!there)
      throw Error(ErrorCode::conflict, "no queue is the default one; name a queue").in("queue");
  }
};

class Enqueue final : public QueueAction {
 public:
  explicit Enqueue(PluginContext& context) : QueueAction("enqueue", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Enqueue";
    s.tooltip = "Puts drafts and aborted tasks into a queue, to be run";
    s.icon = "enqueue";
    s.group = "state";
    s.order = 10;
    s.when = "state in ('draft', 'aborted') and not archived";
    s.why_not =
        "Only a draft or an aborted task that is not archived can be enqueued; a failed one is "
        "retried, a pending one moves by requeue, a completed one is reset or cloned first.";
    s.undo = "dequeue";
    s.previews = true;
    s.parameters = queue_schema();
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Tasks::Head before = head(t, target, call);
    const EnqueueOptions wanted = options(t, call);
    if (call.dry_run) return done(target);
    ActionOutcome out = queued(t, target, tasks().enqueue(t, call.who, before, wanted));
    out.undo = "{}";
    return out;
  }
};

class Requeue final : public QueueAction {
 public:
  explicit Requeue(PluginContext& context) : QueueAction("requeue", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Move to queue";
    s.tooltip = "Moves pending tasks to another queue";
    s.icon = "queue-move";
    s.group = "state";
    s.order = 15;
    s.when = "state = 'pending'";
    s.why_not = "Only a pending task is in a queue.";
    s.undo = "requeue";
    s.previews = true;
    s.parameters = queue_schema({}, R"(["queue"])", "");
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Tasks::Head before = head(t, target, call);
    const EnqueueOptions wanted = options(t, call);
    const Ordinal from = reference_of(t, tasks().collection(), target.ordinal, "queue");
    if (from == wanted.queue) return done(target, "it is in that queue already");
    if (call.dry_run) return done(target);
    ActionOutcome out = queued(t, target, tasks().enqueue(t, call.who, before, wanted));
    // Back to the end of the queue where it was.
    if (from != 0) out.undo = json_of("queue", id_of(t, context().queues().collection(), from));
    return out;
  }
};

class Retry final : public QueueAction {
 public:
  explicit Retry(PluginContext& context) : QueueAction("retry", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Retry";
    s.tooltip = "Puts failed tasks into a queue again, as their next attempt";
    s.icon = "retry";
    s.group = "state";
    s.order = 20;
    s.when = "state = 'failed' and not archived";
    s.why_not = "Only a failed task that is not archived can be retried.";
    s.previews = true;
    s.parameters = queue_schema(R"json(,
        "outputs": {"type": "string", "enum": ["go_on", "keep", "discard"], "default": "go_on", "title": "Outputs so far",
                    "description": "go_on: they stay and the task goes on from them; keep: they move to the list of attempts; discard: they are deleted"})json");
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    static const std::map<std::string, Outputs> words = {
        {"go_on", Outputs::go_on}, {"keep", Outputs::keep}, {"discard", Outputs::discard}};
    const Tasks::Head before = head(t, target, call);
    RetryOptions wanted{options(t, call), Outputs::go_on};
    if (const auto at = words.find(Parameters(call).text("outputs")); at != words.end())
      wanted.outputs = at->second;
    if (call.dry_run) {
      if (wanted.outputs != Outputs::discard) return done(target);
      // A retry that discards refuses and takes away what a reset does.
      ResetOptions reset;
      reset.dry_run = true;
      const Tasks::Removal r = tasks().reset(t, call.who, before, reset);
      return done(target, count_of(r.metrics, "metric") + " and " + count_of(r.models, "model") +
                              " would be deleted");
    }
    return queued(t, target, tasks().retry(t, call.who, before, wanted));
  }
};

class Dequeue final : public TaskAction {
 public:
  explicit Dequeue(PluginContext& context) : TaskAction("dequeue", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Dequeue";
    s.tooltip = "Takes pending tasks out of their queue; they are what they were before";
    s.icon = "dequeue";
    s.group = "state";
    s.order = 30;
    s.when = "state = 'pending'";
    s.why_not = "Only a pending task is in a queue.";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const auto after = tasks().dequeue(t, call.who, head(t, target, call), call.why);
    return done(target, "it is " + std::string(name(after.state)) + " again");
  }
};

constexpr std::int64_t usual_grace = 30'000;

/// `more` is further properties.
std::string grace_schema(const std::string& more = {}) {
  return R"json({
      "type": "object", "additionalProperties": false,
      "properties": {
        "grace": {"type": "integer", "minimum": 0, "maximum": 86400000, "default": 30000, "title": "Time to end (ms)",
                  "description": "Milliseconds that a worker has for ending the task by itself, before it is killed"})json" +
         more + "}}";
}

class Abort final : public TaskAction {
 public:
  explicit Abort(PluginContext& context) : TaskAction("abort", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Abort";
    s.tooltip = "Stops running tasks, by their worker when one holds them; pending ones too";
    s.icon = "abort";
    s.group = "state";
    s.order = 40;
    s.when = "state in ('running', 'pending')";
    s.why_not = "Only a running or pending task can be aborted.";
    s.confirm = "Abort {count} tasks? What they are doing is lost.";
    s.previews = true;
    s.parameters = grace_schema();
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Tasks::Head before = head(t, target, call);
    if (call.dry_run) return done(target);
    const Tasks::Stop stop = tasks().abort(t, call.who, before, call.why,
                                           Parameters(call).integer("grace", usual_grace));
    if (!stop.asked) return done(target);
    ActionOutcome out = done(target, "its worker was asked to stop it");
    JsonWriter(out.detail)
        .object()
        .key("asked")
        .value(true)
        .key("deadline")
        .value(stop.deadline)
        .end_object();
    return out;
  }
};

/// Stops what runs or waits below tasks: many transactions, one a task.
class AbortChildren final : public Action {
 public:
  explicit AbortChildren(PluginContext& context) : Action("abort-children"), context_(context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Abort all children";
    s.tooltip =
        "Stops the running and pending tasks below these; these themselves stay as they are";
    s.icon = "abort-children";
    s.group = "state";
    s.order = 45;
    s.when = "any children (state in ('running', 'pending'))";
    s.why_not = "It has no child that is running or pending.";
    s.confirm = "Abort all running and pending tasks below {count} tasks?";
    s.previews = true;
    s.parameters = grace_schema(R"json(,
        "recursive": {"type": "boolean", "default": true, "title": "At any depth",
                      "description": "Also the children of children; else only the tasks' own"})json");
    s.block = 1;
    s.time_limit = std::chrono::minutes(10);
    return s;
  }

  ActionResult invoke(std::span<const ActionTarget> targets, const ActionCall& call) override {
    ActionResult result;
    for (const ActionTarget& target : targets) result.items.push_back(one(target, call));
    return result;
  }

 private:
  struct Tally {
    std::int64_t aborted = 0, asked = 0, failed = 0;
    std::string reason;  ///< of the first that failed
  };

  ActionOutcome one(const ActionTarget& target, const ActionCall& call) const {
    const Parameters given(call);
    std::vector<std::string> below;
    try {
      below = context_.tasks().active_children(context_.store(), call.who, target.ordinal,
                                               given.flag("recursive", true));
    } catch (const Error& e) {
      ActionOutcome out = done(target, e.what());
      out.error = e.code();
      return out;
    }
    if (call.dry_run) return told(target, below.size(), {}, true);
    Tally tally;
    for (const std::string& id : below) {
      if (call.cancel.cancelled()) {
        tally.failed = static_cast<std::int64_t>(below.size()) - tally.aborted - tally.asked;
        tally.reason = "the call was ended before their turn";
        break;
      }
      abort(id, call, given.integer("grace", usual_grace), tally);
    }
    return told(target, below.size(), tally, false);
  }

  void abort(const std::string& id, const ActionCall& call, std::int64_t grace,
             Tally& tally) const {
    Tasks& tasks = context_.tasks();
    try {
      const auto stop = context_.store().write([&](Transaction& t) -> std::optional<Tasks::Stop> {
        const auto head = tasks.require(t, call.who, id);
        if (head.state != TaskState::pending && head.state != TaskState::running)
          return std::nullopt;  // it ended meanwhile
        return tasks.abort(t, call.who, head, call.why, grace);
      });
      if (stop) ++(stop->asked ? tally.asked : tally.aborted);
    } catch (const Error& e) {
      if (tally.failed++ == 0) tally.reason = e.what();
    }
  }

  static ActionOutcome told(const ActionTarget& target, std::size_t below, const Tally& tally,
                            bool dry_run) {
    const auto all = static_cast<std::int64_t>(below);
    ActionOutcome out = done(target);
    std::vector<std::string> parts;
    if (dry_run) {
      out.message = count_of(all, "child task") + " would be aborted";
    } else {
      parts.push_back(count_of(tally.aborted, "child task") + " aborted");
      if (tally.asked != 0)
        parts.push_back("the workers of " + std::to_string(tally.asked) + " asked to stop");
      if (tally.failed != 0) {
        parts.push_back(std::to_string(tally.failed) + " not: " + tally.reason);
        out.error = ErrorCode::conflict;
      }
      out.message = listed(parts);
    }
    JsonWriter(out.detail)
        .object()
        .key("children")
        .value(all)
        .key("aborted")
        .value(tally.aborted)
        .key("asked")
        .value(tally.asked)
        .key("failed")
        .value(tally.failed)
        .end_object();
    return out;
  }

  PluginContext& context_;
};

class Publish final : public TaskAction {
 public:
  explicit Publish(PluginContext& context) : TaskAction("publish", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Publish";
    s.tooltip = "Makes tasks that ended, and all the models they made, read-only for ever";
    s.icon = "publish";
    s.group = "state";
    s.order = 60;
    s.when = "state in ('completed', 'failed', 'aborted') and not archived";
    s.why_not = "Only a completed, failed or aborted task that is not archived can be published.";
    s.confirm =
        "Publish {count} tasks with their models? From then on only names, descriptions "
        "and tags can be changed.";
    s.previews = true;
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Tasks::Publication made =
        tasks().publish(t, call.who, head(t, target, call), call.why, call.dry_run);
    ActionOutcome out = done(target);
    if (made.models.empty()) return out;
    out.message = count_of(static_cast<std::int64_t>(made.models.size()), "model") +
                  (call.dry_run ? " would be published with it" : " published with it");
    JsonWriter w(out.detail);
    w.object().key("models").array();
    for (const auto& id : made.models) w.value(id);
    w.end_array().end_object();
    return out;
  }
};

}  // namespace

void add_state(Made& made, PluginContext& context) {
  made.push_back(std::make_unique<Enqueue>(context));
  made.push_back(std::make_unique<Requeue>(context));
  made.push_back(std::make_unique<Retry>(context));
  made.push_back(std::make_unique<Dequeue>(context));
  made.push_back(std::make_unique<Abort>(context));
  made.push_back(std::make_unique<AbortChildren>(context));
  made.push_back(std::make_unique<Publish>(context));
}

}  // namespace podium::actions
