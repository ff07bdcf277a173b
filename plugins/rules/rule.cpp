#include "rule.hpp"

#include <chrono>

namespace podium::rules {
namespace {

Field field_of(const char* name, Type type, bool derived = false) {
  Field f;
  f.name = name;
  f.type = type;
  f.derived = derived;
  return f;
}

Field reference(const char* name, const char* target, OnErase on_erase) {
  Field f;
  f.name = name;
  f.type = Type::reference;
  f.target = target;
  f.on_erase = on_erase;
  return f;
}

Collection rules_collection() {
  Collection c;
  c.name = "rules/rules";
  c.sequence = true;
  c.fields = {field_of("name", Type::text), reference("project", "projects", OnErase::cascade),
              field_of("below", Type::text), field_of("subprojects", Type::boolean),
              field_of("when", Type::text), field_of("quiet", Type::integer),
              field_of("action", Type::text), field_of("enabled", Type::boolean),
              field_of("disabled_reason", Type::text), field_of("created", Type::time),
              field_of("updated", Type::time), field_of("user", Type::text),
              field_of("watch", Type::integer),
              // How it goes, beside what somebody wrote: nobody's compare-and-swap fails by it.
              field_of("phase", Type::text, true), field_of("at", Type::integer, true),
              field_of("poked", Type::time, true), field_of("fired", Type::integer, true),
              field_of("last_fired", Type::time, true), field_of("last_error", Type::text, true)};
  c.keys = {{"name", {"name"}, true}, {"enabled", {"enabled"}, false}};
  c.body = true;
  c.readers = "all";
  return c;
}

/// There is one while the rule's filter holds for the task.
Collection pairs_collection() {
  Collection c;
  c.name = "rules/pairs";
  c.sequence = true;
  c.fields = {reference("rule", "rules/rules", OnErase::cascade),
              reference("task", "tasks", OnErase::cascade), field_of("since", Type::time),
              // Of rules with `quiet`: when it will have been quiet for so long, missing once it
              // was acted on; and the last sign of life that is known.
              field_of("due", Type::time), field_of("life", Type::time)};
  c.keys = {{"pair", {"rule", "task"}, true}, {"due", {"rule", "due"}, false}};
  return c;
}

Collection firings_collection() {
  Collection c;
  c.name = "rules/firings";
  c.sequence = true;
  c.fields = {reference("rule", "rules/rules", OnErase::cascade),
              reference("task", "tasks", OnErase::clear),
              field_of("task_id", Type::text),
              field_of("at", Type::time),
              field_of("why", Type::text),
              field_of("run", Type::text),
              field_of("error", Type::text)};
  c.keys = {{"pair", {"rule", "task", "at"}, false}, {"at", {"at"}, false}};
  c.readers = "all";
  return c;
}

/// Of the columns read.
enum : std::size_t {
  name_at,
  project_at,
  below_at,
  subprojects_at,
  when_at,
  quiet_at,
  action_at,
  enabled_at,
  disabled_reason_at,
  created_at,
  updated_at,
  user_at,
  watch_at,
  phase_at,
  at_at,
  fired_at,
  last_fired_at,
  last_error_at,
  body_at
};

}  // namespace

std::vector<Collection> collections() {
  return {rules_collection(), pairs_collection(), firings_collection()};
}

Ids::Ids(const Store& store)
    : rules(store.collection("rules/rules")),
      pairs(store.collection("rules/pairs")),
      firings(store.collection("rules/firings")),
      tasks(store.collection("tasks")),
      projects(store.collection("projects")),
      queues(store.collection("queues")),
      history(store.collection("history")) {}

std::int64_t system_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string_view name(Phase p) noexcept {
  constexpr std::string_view names[] = {"", "on", "arming", "catching_up"};
  return names[static_cast<std::size_t>(p)];
}

Principal Rule::who() const {
  Principal p;
  p.id = "rule:" + id;
  p.kind = PrincipalKind::program;
  p.permissions = permissions;
  return p;
}

bool Rule::moves() const {
  // Ages and 'now' are texts in quotes. A text that merely looks like one costs a look now and
  // then, no more.
  for (std::size_t i = 0; i + 1 < when.size(); ++i) {
    if (when[i] != '\'' && when[i] != '"') continue;
    const char next = when[i + 1];
    if (next == '-' || next == '+' || next == 'n' || next == 'N') return true;
  }
  return false;
}

const std::vector<Column>& rule_columns() {
  static const std::vector<Column> columns = [] {
    std::vector<Column> out;
    for (const char* f : {"name", "project", "below", "subprojects", "when", "quiet", "action",
                          "enabled", "disabled_reason", "created", "updated", "user", "watch",
                          "phase", "at", "fired", "last_fired", "last_error"})
      out.push_back(value_of(field(f)));
    out.push_back(value_of(record_body()));
    return out;
  }();
  return columns;
}

Rule rule_of(const Row& row) {
  Rule r;
  r.ordinal = row.ordinal();
  r.id = row.id();
  r.version = row.version();
  r.name = cell::text(row.cell(name_at));
  r.project = cell::integer_if(row.cell(project_at));
  r.below = cell::text(row.cell(below_at));
  r.subprojects = cell::flag(row.cell(subprojects_at));
  r.when = cell::text(row.cell(when_at));
  r.quiet = cell::integer(row.cell(quiet_at));
  r.action = cell::text(row.cell(action_at));
  r.enabled = cell::flag(row.cell(enabled_at));
  r.disabled_reason = cell::text(row.cell(disabled_reason_at));
  r.created = cell::integer(row.cell(created_at));
  r.updated = cell::integer(row.cell(updated_at));
  r.user = cell::text(row.cell(user_at));
  r.watch = cell::integer(row.cell(watch_at));
  const std::string phase = cell::text(row.cell(phase_at));
  for (const Phase p : {Phase::on, Phase::arming, Phase::catching_up})
    if (phase == rules::name(p)) r.phase = p;
  r.at = cell::integer(row.cell(at_at));
  r.fired = cell::integer(row.cell(fired_at));
  r.last_fired = cell::integer_if(row.cell(last_fired_at));
  r.last_error = cell::text(row.cell(last_error_at));
  if (const std::string body = cell::text(row.cell(body_at)); !body.empty()) {
    const Json json = Json::parse(body);
    r.parameters = json.value("parameters", Json::object());
    r.permissions = json.value("permissions", std::vector<std::string>());
  }
  return r;
}

}  // namespace podium::rules
