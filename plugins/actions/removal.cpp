// archive, unarchive, reset, delete: what puts away and what takes away.
#include "actions.hpp"
#include "parts.hpp"
#include "podium/http/json_writer.hpp"

namespace podium::actions {
namespace {

class Archive final : public TaskAction {
 public:
  explicit Archive(PluginContext& context) : TaskAction("archive", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Archive";
    s.tooltip =
        "Puts tasks out of sight, where they can be restored; pending ones leave their queue, "
        "running ones are aborted";
    s.icon = "archive";
    s.group = "removal";
    s.order = 10;
    s.when = "not archived";
    s.why_not = "It is archived already.";
    s.undo = "unarchive";
    s.previews = true;
    s.parameters = R"json({
      "type": "object", "additionalProperties": false,
      "properties": {
        "stop": {"type": "boolean", "default": true, "title": "Stop them",
                 "description": "Takes pending tasks out of their queue and aborts running ones; false leaves them as they are"}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Tasks::Head before = head(t, target, call);
    const bool stop = Parameters(call).flag("stop", true);
    if (call.dry_run) {
      const bool pending = before.state == TaskState::pending;
      if (!stop || (!pending && before.state != TaskState::running)) return done(target);
      return done(target, pending ? "it is pending and would leave its queue"
                                  : "it is running and would be aborted");
    }
    const Tasks::Head after = tasks().archive(t, call.who, before, true, stop, call.why);
    ActionOutcome out = done(target);
    if (before.state == TaskState::pending && after.state != before.state)
      out.message = "it left its queue and is " + std::string(name(after.state)) + " again";
    else if (before.state == TaskState::running && stop)
      out.message =
          after.state == before.state ? "its worker was asked to stop it" : "it was aborted";
    out.undo = "{}";
    return out;
  }
};

class Unarchive final : public TaskAction {
 public:
  explicit Unarchive(PluginContext& context) : TaskAction("unarchive", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Restore";
    s.tooltip = "Brings tasks back from the archive, not back into their queues";
    s.icon = "restore";
    s.group = "removal";
    s.order = 20;
    s.when = "archived";
    s.why_not = "Only an archived task can be restored.";
    s.undo = "archive";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    tasks().archive(t, call.who, head(t, target, call), false, false, call.why);
    ActionOutcome out = done(target);
    // An MLflow client may have archived it while it ran: it goes on.
    out.undo = R"({"stop":false})";
    return out;
  }
};

/// What was, or would be, taken away, as a person reads it; "" when it is nothing.
std::string sentence_of(const Tasks::Removal& r, bool dry_run) {
  std::vector<std::string> parts;
  if (r.metrics != 0)
    parts.push_back(count_of(r.metrics, "metric") + " with " + count_of(r.points, "point"));
  if (!r.uris.empty())
    parts.push_back("the files of " +
                    count_of(static_cast<std::int64_t>(r.uris.size()), "artifact folder"));
  if (r.models != 0) parts.push_back(count_of(r.models, "model"));
  if (r.attempts != 0) parts.push_back(count_of(r.attempts, "earlier attempt"));
  std::string out;
  if (!parts.empty()) out = listed(parts) + (dry_run ? " would be deleted" : " deleted");
  const auto add = [&](const std::string& more) { out += (out.empty() ? "" : "; ") + more; };
  if (r.attempt != 0) {
    const std::string number = std::to_string(r.attempt);
    add(dry_run ? "its outputs would be kept as attempt " + number
                : "its outputs are kept as attempt " + number);
  }
  if (r.models_kept != 0 && r.attempt == 0)
    add(count_of(r.models_kept, "model") + (dry_run ? " would stay" : " kept"));
  if (r.children != 0)
    add(count_of(r.children, "child task") + (dry_run ? " would lose" : " lost") + " the parent");
  return out;
}

std::string detail_of(const Tasks::Removal& r) {
  std::string out;
  JsonWriter w(out);
  w.object().key("metrics").value(r.metrics).key("points").value(r.points);
  w.key("models").value(r.models).key("models_kept").value(r.models_kept);
  w.key("attempts").value(r.attempts).key("children").value(r.children);
  if (r.attempt != 0) w.key("attempt").value(r.attempt);
  w.key("folders").array();
  for (const auto& uri : r.uris) w.value(uri);
  w.end_array().end_object();
  return out;
}

ActionOutcome outcome_of(const ActionTarget& target, const Tasks::Removal& r, bool dry_run) {
  ActionOutcome out = done(target, sentence_of(r, dry_run));
  out.detail = detail_of(r);
  return out;
}

class Reset final : public TaskAction {
 public:
  explicit Reset(PluginContext& context) : TaskAction("reset", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Reset";
    s.tooltip = "Makes drafts of tasks that ended and deletes what they logged and made";
    s.icon = "reset";
    s.group = "state";
    s.order = 50;
    s.when = "state in ('completed', 'failed', 'aborted') and not archived";
    s.why_not =
        "Only a completed, failed or aborted task that is not archived can be reset; abort a "
        "running one first.";
    s.destructive = true;
    s.confirm =
        "Reset {count} tasks? What they logged and made is deleted, unless it is kept as an "
        "attempt.";
    s.previews = true;
    s.parameters = R"json({
      "type": "object", "additionalProperties": false,
      "properties": {
        "keep_attempt": {"type": "boolean", "default": false, "title": "Keep the outputs as an attempt",
                         "description": "Metrics, models and artifacts move to the list of attempts instead of being deleted"}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    ResetOptions options;
    options.keep_attempt = Parameters(call).flag("keep_attempt");
    options.dry_run = call.dry_run;
    options.why = call.why;
    return outcome_of(target, tasks().reset(t, call.who, head(t, target, call), options),
                      call.dry_run);
  }
};

class Delete final : public TaskAction {
 public:
  explicit Delete(PluginContext& context) : TaskAction("delete", context) {}

  ActionSpec spec() const override {
    ActionSpec s;
    s.label = "Delete";
    s.tooltip = "Deletes drafts and archived tasks for good, with metrics, artifacts and models";
    s.icon = "delete";
    s.group = "removal";
    s.order = 30;
    s.when = "(archived or state = 'draft') and state not in ('pending', 'running')";
    s.why_not =
        "Only a draft or an archived task can be deleted, and none that is pending or running.";
    s.permission = "task.delete";
    s.destructive = true;
    s.confirm = "Delete {count} tasks for good, with their metrics, artifacts and models?";
    s.previews = true;
    s.parameters = R"json({
      "type": "object", "additionalProperties": false,
      "properties": {
        "used_too": {"type": "boolean", "default": false, "title": "Also what is published or in use",
                     "description": "Also a task that is published, has a published child or model, or made a model that another task reads; such models stay, without the task"},
        "keep_models": {"type": "boolean", "default": false, "title": "Keep the models",
                        "description": "The models that the tasks made stay, without the task"}
      }
    })json";
    return s;
  }

  ActionOutcome apply(Transaction& t, const ActionTarget& target, const ActionCall& call) override {
    const Parameters given(call);
    RemoveOptions options;
    options.used_too = given.flag("used_too");
    options.keep_models = given.flag("keep_models");
    options.dry_run = call.dry_run;
    options.why = call.why;
    return outcome_of(target, tasks().remove(t, call.who, head(t, target, call), options),
                      call.dry_run);
  }
};

}  // namespace

void add_removal(Made& made, PluginContext& context) {
  made.push_back(std::make_unique<Archive>(context));
  made.push_back(std::make_unique<Unarchive>(context));
  made.push_back(std::make_unique<Reset>(context));
  made.push_back(std::make_unique<Delete>(context));
}

}  // namespace podium::actions
