#include "input.hpp"

#include <algorithm>
#include <charconv>

#include "podium/http/input.hpp"
#include "podium/service/actions.hpp"
#include "podium/service/projects.hpp"

namespace podium::rules {
namespace {

constexpr std::size_t longest_name = 200, longest_text = 10'000;
constexpr std::int64_t longest_quiet = 365LL * 86'400'000;

using input::wrong;

/// A project as its id in decimal, else its name; with subprojects also a name without a record.
void set_project(const Draft& draft, Rule& rule, PluginContext& context, const Principal& who) {
  if (draft.everywhere) {
    if (draft.scope) throw wrong("scope", "says how much of a 'project'; name that too");
    rule.project.reset();
    rule.below.clear();
    rule.subprojects = false;
    return;
  }
  if (draft.scope) {
    if (*draft.scope != "project" && *draft.scope != "subprojects")
      throw wrong("scope", "is \"project\" or \"subprojects\"");
    if (!draft.project && !rule.project && rule.below.empty())
      throw wrong("scope", "says how much of a 'project'; name that too");
    rule.subprojects = *draft.scope == "subprojects";
  }
  if (draft.project) {
    const std::string& given = *draft.project;
    const Store& store = context.store();
    Ordinal found = context.projects().find(store, who, given);
    if (found == 0) {
      Query query;
      query.filter = eq(field("name"), given);
      query.limit = 1;
      context.projects().query(store, who, query, [&](const Row& row) {
        found = row.ordinal();
        return true;
      });
    }
    rule.project.reset();
    rule.below.clear();
    if (found != 0) {
      rule.project = found;
    } else {
      Query query;
      query.filter = all_of({compare(field("name"), Compare::ge, given + '/'),
                             compare(field("name"), Compare::lt, given + '0')});
      query.limit = 1;
      bool any = false;
      context.projects().query(store, who, query, [&](const Row&) { return !(any = true); });
      if (!any || !rule.subprojects)
        throw Error(ErrorCode::not_found, "there is no project '" + given + "'").in("project");
      rule.below = given;
    }
  }
  if (!rule.below.empty() && !rule.subprojects)
    throw wrong("scope", "must be \"subprojects\": '" + rule.below + "' has no tasks of its own");
}

}  // namespace

std::int64_t duration_of(const Json& value, const std::string& member) {
  const auto refuse = [&]() -> std::int64_t {
    throw wrong(member,
                "must be milliseconds or a duration such as \"10m\" or \"1h30m\", of a "
                "second to 365 days");
  };
  std::int64_t total = 0;
  if (value.is_number_integer() && !value.is_number_unsigned()) {
    total = value.get<std::int64_t>();
  } else if (value.is_number_unsigned()) {
    if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(longest_quiet)) return refuse();
    total = value.get<std::int64_t>();
  } else if (value.is_string()) {
    static constexpr std::pair<std::string_view, std::int64_t> units[] = {
        {"ms", 1},        {"s", 1000},       {"m", 60'000},
        {"h", 3'600'000}, {"d", 86'400'000}, {"w", 604'800'000}};
    const auto& text = value.get_ref<const std::string&>();
    const char* at = text.data();
    const char* const end = at + text.size();
    if (at == end) return refuse();
    while (at != end) {
      std::int64_t number = 0;
      const auto [next, error] = std::from_chars(at, end, number);
      if (error != std::errc() || number < 0 || number > longest_quiet) return refuse();
      const auto letters = std::find_if(next, end, [](char c) { return c >= '0' && c <= '9'; });
      const std::string_view unit(next, static_cast<std::size_t>(letters - next));
      const auto known = std::find_if(std::begin(units), std::end(units),
                                      [&](const auto& u) { return u.first == unit; });
      if (known == std::end(units) || number > longest_quiet / known->second) return refuse();
      total += number * known->second;
      if (total > longest_quiet) return refuse();
      at = letters;
    }
  } else {
    return refuse();
  }
  return total < 1000 || total > longest_quiet ? refuse() : total;
}

Draft read_draft(const Request& request, bool trial) {
  Members body = Members::of_body(request);
  for (const char* name : {"name", "scope", "when", "action", "parameters", "enabled", "catch_up"})
    if (body.is_null(name)) throw wrong(name, "has no null: leave it out");
  Draft d;
  d.name = body.text("name", longest_name);
  d.everywhere = body.is_null("project");
  d.project = body.text("project", 500);
  d.scope = body.text("scope", 20);
  d.when = body.text("when", longest_text);
  if (body.has("quiet"))
    d.quiet = body.is_null("quiet") ? 0 : duration_of(*body.any("quiet"), "quiet");
  d.action = body.text("action", longest_name);
  if (const Json* parameters = body.any("parameters")) {
    if (!parameters->is_object()) throw wrong("parameters", "must be an object");
    d.parameters = *parameters;
  }
  d.enabled = body.boolean("enabled");
  d.catch_up = body.boolean("catch_up").value_or(false);
  if (trial)
    if (const auto tasks = body.integer("tasks", 1, static_cast<std::int64_t>(most_tried)))
      d.tasks = static_cast<std::uint64_t>(*tasks);
  (void)body.any("quiet");
  body.finish();
  return d;
}

void apply_trial(const Draft& draft, Rule& rule, PluginContext& context, const Ids&,
                 const Principal& who) {
  set_project(draft, rule, context, who);
  if (draft.when) rule.when = *draft.when;
  if (draft.quiet) rule.quiet = *draft.quiet;
  rule.permissions = who.permissions;
}

bool apply(const Draft& draft, Rule& rule, PluginContext& context, const Ids& ids,
           const Principal& who) {
  const Rule before = rule;
  if (draft.name) rule.name = *draft.name;
  if (rule.name.empty()) throw Error(ErrorCode::invalid, "a rule needs a name").in("name");
  set_project(draft, rule, context, who);
  if (draft.when) rule.when = *draft.when;
  if (rule.when.find_first_not_of(" \t\r\n") == std::string::npos)
    throw Error(ErrorCode::invalid,
                "a rule needs a 'when': the filter that is to start to hold for a task")
        .in("when");
  if (draft.quiet) rule.quiet = *draft.quiet;
  if (draft.action) rule.action = *draft.action;
  if (rule.action.empty())
    throw Error(ErrorCode::invalid,
                "a rule needs an action: the id of one of "
                "GET /api/v1/tasks/actions")
        .in("action");
  if (draft.parameters) rule.parameters = *draft.parameters;
  if (draft.enabled) rule.enabled = *draft.enabled;
  rule.permissions = who.permissions;
  Question(context, ids, rule, 0);  // reads the filter
  // Who writes a rule must be allowed to do what it will do. What stays as it was may be gone:
  // renaming or switching off such a rule is no mistake.
  if (draft.action || draft.parameters || (draft.enabled && *draft.enabled)) {
    try {
      context.actions().check(who, rule.action, rule.parameters);
    } catch (Error& e) {
      const bool unknown = e.code() == ErrorCode::not_found;
      Error told(unknown ? ErrorCode::invalid : e.code(), e.what());
      told.in(unknown                               ? "action"
              : e.field().empty()                   ? "parameters"
              : e.field().starts_with("parameters") ? e.field()
                                                    : "parameters." + e.field())
          .at(e.position())
          .with(e.detail());
      throw told;
    }
  }
  return rule.when != before.when || rule.project != before.project || rule.below != before.below ||
         rule.subprojects != before.subprojects || rule.quiet != before.quiet ||
         rule.enabled != before.enabled;
}

}  // namespace podium::rules
