#include "services/declarations.hpp"

namespace podium::host {
namespace {

Field text(std::string name) { return {std::move(name), Type::text}; }
Field integer(std::string name) { return {std::move(name), Type::integer}; }
Field boolean(std::string name) { return {std::move(name), Type::boolean}; }
Field time(std::string name) { return {std::move(name), Type::time}; }
Field real(std::string name) { return {std::move(name), Type::real}; }
Field owner(std::string name, std::string target) {
  return {std::move(name), Type::reference, std::move(target), OnErase::cascade};
}
Field derived(Field field) {
  field.derived = true;
  return field;
}
Field mention(std::string name, std::string target) {
  return {std::move(name), Type::reference, std::move(target), OnErase::clear};
}

Collection projects() {
  Collection c;
  c.name = "projects";
  c.sequence = true;
  c.first = 0;
  c.fields = {text("name"),        text("description"), text("artifact_location"),
              boolean("archived"), time("archived_at"), time("created"),
              time("updated")};
  c.keys = {{"name", {"name"}, true},
            {"created", {"archived", "created"}},
            {"updated", {"archived", "updated"}}};
  c.maps = {{"tags"}};
  c.readers = "all";
  // 2: what new tasks of the project start with, and how its tags look.
  c.version = 2;
  c.fields.push_back(text("output_destination"));
  c.maps.insert(c.maps.end(), {{"defaults", false}, {"tag_colors", false}});
  c.steps = {{2, {"output_destination"}, {}, {"defaults", "tag_colors"}, {}}};
  return c;
}

Collection tasks() {
  Collection c;
  c.name = "tasks";
  c.fields = {owner("project", "projects"),
              text("name"),
              text("type"),
              text("state"),
              boolean("archived"),
              time("archived_at"),
              text("user"),
              boolean("user_tagged"),
              text("description"),
              mention("parent", "tasks"),
              time("created"),
              time("started"),
              time("completed"),
              time("published"),
              time("updated"),
              text("reason"),
              text("artifact_uri"),
              text("source_name"),
              text("source_type"),
              text("repository"),
              text("branch"),
              text("commit")};
  c.keys = {{"started", {"project", "archived", "started"}},
            {"created", {"project", "archived", "created"}},
            {"state", {"project", "state", "archived"}}};
  c.partition = "project";
  c.maps = {{"params"}, {"tags"}};
  c.series = {{"metrics", LastRule::step_time_value}};
  c.body = true;
  c.readers = "all";
  // 2: queues and attempts, where the code is, and what is kept up as a task logs (goals_met,
  // progress, iteration, active, run_time).
  c.version = 2;
  const std::vector<Field> second = {derived(boolean("goals_met")),
                                     real("progress"),
                                     derived(integer("iteration")),
                                     derived(time("active")),
                                     derived(integer("run_time")),
                                     mention("derived_from", "tasks"),
                                     text("source_tag"),
                                     text("entry_point"),
                                     text("working_dir"),
                                     text("binary"),
                                     text("output_destination"),
                                     mention("queue", "queues"),
                                     text("queued_from"),
                                     text("desired_state"),
                                     time("stop_deadline"),
                                     text("worker"),
                                     time("lease_until"),
                                     integer("attempt")};
  Step step{2, {}, {}, {"properties", "configuration", "container"}, {}};
  for (const Field& f : second) step.added_fields.push_back(f.name);
  c.fields.insert(c.fields.end(), second.begin(), second.end());
  c.maps.insert(c.maps.end(), {{"properties"}, {"configuration", false}, {"container", false}});
  c.steps = {step};
  return c;
}

Collection goals() {
  Collection c;
  c.name = "goals";
  c.sequence = true;
  c.fields = {owner("project", "projects"),
              text("metric"),
              text("scope"),
              text("statistic"),
              text("direction"),
              real("target"),
              time("created"),
              time("updated")};
  c.keys = {{"metric", {"project", "metric", "scope", "statistic"}, true}};
  c.readers = "all";
  return c;
}

Collection notes() {
  Collection c;
  c.name = "notes";
  c.fields = {owner("task", "tasks"), text("kind"),    text("text"),   text("who"),
              text("who_kind"),       time("created"), time("updated")};
  c.keys = {{"task", {"task", "created"}}, {"kind", {"kind", "created"}}, {"created", {"created"}}};
  c.readers = "all";
  return c;
}

Collection queues() {
  Collection c;
  c.name = "queues";
  c.fields = {text("name"),          text("description"), boolean("is_default"), boolean("paused"),
              time("watched_until"), time("created"),     time("updated")};
  c.keys = {{"name", {"name"}, true}};
  c.maps = {{"tags"}};
  c.readers = "all";
  return c;
}

Collection queue_entries() {
  Collection c;
  c.name = "queue_entries";
  c.sequence = true;
  c.fields = {owner("queue", "queues"), owner("task", "tasks"), real("position"), time("added"),
              text("who")};
  c.keys = {{"order", {"queue", "position"}}, {"task", {"task"}, true}};
  c.readers = "all";
  return c;
}

Collection attempts() {
  Collection c;
  c.name = "attempts";
  c.sequence = true;
  c.fields = {owner("task", "tasks"), integer("number"),  text("state"),  time("started"),
              time("completed"),      text("reason"),     text("worker"), time("kept"),
              integer("iteration"),   integer("run_time")};
  c.keys = {{"number", {"task", "number"}, true}};
  c.series = {{"metrics", LastRule::step_time_value}};
  c.body = true;
  c.readers = "all";
  return c;
}

Collection views() {
  Collection c;
  c.name = "views";
  c.fields = {owner("project", "projects"),
              text("place"),
              text("scope"),
              text("owner"),
              text("name"),
              boolean("shared"),
              boolean("is_default"),
              text("link"),
              time("created"),
              time("updated")};
  c.keys = {{"name", {"place", "scope", "owner", "name"}, true}, {"link", {"link"}, true}};
  c.body = true;
  c.readers = "all";
  return c;
}

// What an address is too long for, by its digest.
Collection links() {
  Collection c;
  c.name = "links";
  c.fields = {time("created"), time("used")};
  c.keys = {{"used", {"used"}}};
  c.body = true;
  return c;
}

// Files of erased tasks that are still to be erased: the ledger of deletions.
Collection file_deletions() {
  Collection c;
  c.name = "file_deletions";
  c.sequence = true;
  c.fields = {text("task"),  text("uri"),     text("state"), integer("tries"),
              text("error"), time("created"), time("next"),  time("done")};
  c.keys = {{"state", {"state", "next"}}, {"task", {"task"}}};
  c.readers = "all";
  return c;
}

// Answers that are given again to the same idempotency key.
Collection idempotency() {
  Collection c;
  c.name = "idempotency";
  c.sequence = true;
  c.fields = {text("principal"), text("operation"), text("key"), time("at")};
  c.keys = {{"key", {"principal", "operation", "key"}, true}, {"at", {"at"}}};
  c.body = true;
  return c;
}

Collection datasets() {
  Collection c;
  c.name = "datasets";
  c.fields = {owner("project", "projects"), text("name"),    text("digest"),
              text("source_type"),          time("created"), time("updated")};
  c.keys = {{"identity", {"project", "name", "digest"}, true}, {"created", {"project", "created"}}};
  c.partition = "project";
  c.maps = {{"labels"}};
  c.body = true;
  c.readers = "all";
  return c;
}

Collection inputs() {
  Collection c;
  c.name = "inputs";
  c.fields = {owner("task", "tasks"), owner("dataset", "datasets"), text("name"), text("digest"),
              text("context")};
  c.keys = {{"edge", {"task", "dataset"}, true}, {"name", {"name", "digest"}}};
  c.sequence = true;
  c.maps = {{"tags", false}};
  c.readers = "all";
  return c;
}

Collection models() {
  Collection c;
  c.name = "models";
  c.fields = {owner("project", "projects"),
              text("name"),
              text("type"),
              text("status"),
              text("source_task"),
              text("artifact_uri"),
              boolean("deleted"),
              time("created"),
              time("updated")};
  c.keys = {{"created", {"project", "deleted", "created"}}, {"source", {"source_task", "deleted"}}};
  c.partition = "project";
  c.maps = {{"params"}, {"tags"}};
  c.series = {{"metrics", LastRule::time_step}};
  c.readers = "all";
  return c;
}

Collection model_links() {
  Collection c;
  c.name = "model_links";
  c.sequence = true;
  c.fields = {owner("task", "tasks"), text("model"), text("direction"), integer("step")};
  c.keys = {{"edge", {"task", "model", "direction"}, true}, {"model", {"model", "direction"}}};
  c.readers = "all";
  return c;
}

// `ready` is there while a job waits and is first of its queue, `line` is the queue's name until
// the job has ended: so a claim and the next of a queue are each one range of a key.
Collection jobs() {
  Collection c;
  c.name = "jobs";
  c.fields = {text("kind"),           text("state"), text("principal"),  time("created"),
              time("started"),        time("ended"), time("not_before"), integer("done"),
              integer("total"),       text("error"), text("queue"),      text("lease_owner"),
              time("lease_until"),    time("ready"), text("line"),       boolean("stop_asked"),
              text("idempotency_key")};
  c.keys = {
      {"ready", {"kind", "ready"}},    {"lease", {"kind", "lease_until"}},
      {"owner", {"lease_owner"}},      {"line", {"line"}},
      {"state", {"state", "created"}}, {"idempotency", {"principal", "idempotency_key"}, true}};
  c.body = true;
  return c;
}

// One carrying out of an action. What it is to do (selection, parameters) is in the body, written
// once; a slice of work changes counts only. `request` is the digest of what its idempotency key
// came with.
Collection action_runs() {
  Collection c;
  c.name = "action_runs";
  c.fields = {text("action"),     text("who"),
              text("state"),      time("created"),
              time("ended"),      mention("job", "jobs"),
              integer("matched"), integer("succeeded"),
              integer("failed"),  integer("skipped"),
              text("undo"),       time("undone"),
              text("why"),        text("idempotency_key"),
              text("request")};
  c.keys = {{"created", {"created"}},
            {"state", {"state", "created"}},
            {"action", {"action", "created"}},
            {"idempotency", {"who", "idempotency_key"}, true}};
  c.body = true;
  return c;
}

// What became of the tasks of one slice of a run.
Collection action_blocks() {
  Collection c;
  c.name = "action_blocks";
  c.sequence = true;
  c.fields = {owner("run", "action_runs"), integer("number"), integer("failed"),
              integer("undoable")};
  c.keys = {{"number", {"run", "number"}, true}};
  c.body = true;
  return c;
}

Collection history() {
  Collection c;
  c.name = "history";
  c.sequence = true;
  c.fields = {text("entity"),
              owner("task", "tasks"),
              owner("project", "projects"),
              time("at"),
              text("who"),
              text("who_kind"),
              text("change"),
              text("why")};
  c.keys = {{"task", {"task", "at"}}, {"project", {"project", "at"}}};
  c.body = true;
  c.readers = "all";
  // 2: which part of the task or project the entry is about: the id of a note or a goal.
  c.version = 2;
  c.fields.push_back(text("subject"));
  c.steps = {{2, {"subject"}, {}, {}, {}}};
  return c;
}

Collection listeners() {
  Collection c;
  c.name = "listeners";
  c.fields = {integer("cursor"), text("lease_owner"), time("lease_until"), time("registered"),
              time("heard")};
  return c;
}

}  // namespace

std::vector<Collection> service_declarations() {
  return {projects(), queues(),         tasks(),         datasets(),    inputs(),
          models(),   model_links(),    jobs(),          history(),     listeners(),
          goals(),    notes(),          queue_entries(), attempts(),    views(),
          links(),    file_deletions(), idempotency(),   action_runs(), action_blocks()};
}

}  // namespace podium::host
