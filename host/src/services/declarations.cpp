#include "services/declarations.hpp"

namespace podium::host {
namespace {

Field text(std::string name) { return {std::move(name), Type::text}; }
Field integer(std::string name) { return {std::move(name), Type::integer}; }
Field boolean(std::string name) { return {std::move(name), Type::boolean}; }
Field time(std::string name) { return {std::move(name), Type::time}; }
Field owner(std::string name, std::string target) {
  return {std::move(name), Type::reference, std::move(target), OnErase::cascade};
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
              {"parent", Type::reference, "tasks", OnErase::clear},
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
  return {projects(),    tasks(), datasets(), inputs(),   models(),
          model_links(), jobs(),  history(),  listeners()};
}

}  // namespace podium::host
