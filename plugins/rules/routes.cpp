#include "routes.hpp"

#include "podium/http/input.hpp"
#include "schemas.hpp"
#include "trial.hpp"

namespace podium::rules {
namespace {

std::uint64_t limit_of(const Request& request) { return Parameters(request).limit(100, 1000); }

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

}  // namespace

void RuleRoutes::write(JsonWriter& w, const Rule& rule) const {
  w.object().key("id").value(rule.id).key("name").value(rule.name);
  if (rule.project) {
    static const std::vector<Column> columns{value_of(field("name"))};
    const Store& store = context_.store();
    store.get(store.collection("projects"), *rule.project, columns, [&](const Row& row) {
      w.key("project").value(row.id()).key("project_name").value(cell::text(row.cell(0)));
    });
  } else if (!rule.below.empty()) {
    w.key("project").value(rule.below).key("project_name").value(rule.below);
  }
  if (rule.project || !rule.below.empty())
    w.key("scope").value(rule.subprojects ? "subprojects" : "project");
  w.key("when").value(rule.when);
  if (rule.quiet != 0) w.key("quiet").value(rule.quiet);
  w.key("action").value(rule.action).key("parameters").raw(rule.parameters.dump());
  w.key("enabled").value(rule.enabled);
  w.key("armed").value(rule.enabled && rule.phase == Phase::on);
  if (!rule.disabled_reason.empty()) w.key("disabled_reason").value(rule.disabled_reason);
  w.key("created").value(rule.created).key("updated").value(rule.updated);
  if (!rule.user.empty()) w.key("user").value(rule.user);
  w.key("fired").value(rule.fired);
  if (rule.last_fired) w.key("last_fired").value(*rule.last_fired);
  if (!rule.last_error.empty()) w.key("last_error").value(rule.last_error);
  w.key("version").value(rule.version).end_object();
}

Response RuleRoutes::answer(const Principal& who, std::string_view id) const {
  const Rule rule = desk_.require(who, id);
  Response response;
  JsonWriter w(response.body);
  write(w, rule);
  response.headers.emplace_back("ETag", etag(rule.version));
  return response;
}

Response RuleRoutes::list(Request& request) const {
  const Store& store = context_.store();
  Query query;
  query.collection = store.collection("rules/rules");
  query.filter = context_.access().visible(request.who(), "rules/rules");
  query.limit = limit_of(request);
  query.cursor = Parameters(request).cursor();
  query.columns = rule_columns();
  std::vector<Rule> rules;
  const Page page = store.query(query, [&](const Row& row) {
    rules.push_back(rule_of(row));
    return true;
  });
  std::string body;
  JsonWriter w(body);
  w.object().key("rules").array();
  for (const Rule& rule : rules) write(w, rule);
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return json(std::move(body));
}

Response RuleRoutes::add(Request& request) const {
  const Ordinal made = desk_.add(request.who(), read_draft(request, false));
  desk_.settle(made);
  std::string id;
  const Store& store = context_.store();
  store.get(store.collection("rules/rules"), made, {}, [&](const Row& row) { id = row.id(); });
  return answer(request.who(), id);
}

Response RuleRoutes::show(Request& request) const {
  return answer(request.who(), request.segment("id"));
}

Response RuleRoutes::edit(Request& request) const {
  const Draft draft = read_draft(request, false);
  const Rule rule = desk_.require(request.who(), request.segment("id"));
  check_if_match(request, rule.version);
  desk_.edit(request.who(), rule, draft,
             request.header("If-Match").empty() ? std::nullopt : std::optional(rule.version));
  desk_.settle(rule.ordinal);
  return answer(request.who(), request.segment("id"));
}

Response RuleRoutes::remove(Request& request) const {
  const Rule rule = desk_.require(request.who(), request.segment("id"));
  check_if_match(request, rule.version);
  desk_.remove(request.who(), rule,
               request.header("If-Match").empty() ? std::nullopt : std::optional(rule.version));
  return json(R"({"deleted":true})");
}

/// `{id}` is absent for a rule that is not saved.
Response RuleRoutes::attempt(Request& request) const {
  const Draft draft = read_draft(request, true);
  const Principal& who = request.who();
  const Ids ids(context_.store());
  Rule rule;
  if (const auto id = request.segment("id"); !id.empty())
    rule = desk_.require(who, id);
  else if (!draft.when)
    throw Error(ErrorCode::invalid, "a rule needs a 'when'").in("when");
  apply_trial(draft, rule, context_, ids, who);
  const Question question(context_, ids, std::move(rule), now_());
  TrialBounds bounds;
  if (draft.tasks) bounds.tasks = *draft.tasks;
  return json(try_rule(context_, ids, question, who, bounds, request.cancel()));
}

Response RuleRoutes::firings(Request& request) const {
  const Rule rule = desk_.require(request.who(), request.segment("id"));
  const Store& store = context_.store();
  static const std::vector<Column> columns = {value_of(field("task_id")), value_of(field("at")),
                                              value_of(field("why")), value_of(field("run")),
                                              value_of(field("error"))};
  Query query;
  query.collection = store.collection("rules/firings");
  query.filter = all_of(
      {context_.access().visible(request.who(), "rules/firings"), eq(field("rule"), rule.ordinal)});
  query.order = {{record_ordinal(), true, false}};
  query.limit = limit_of(request);
  query.cursor = Parameters(request).cursor();
  query.columns = columns;
  std::string body;
  JsonWriter w(body);
  w.object().key("firings").array();
  const Page page = store.query(query, [&](const Row& row) {
    w.object().key("id").value(row.id()).key("task").value(cell::text(row.cell(0)));
    w.key("at").value(cell::integer(row.cell(1))).key("why").value(cell::text(row.cell(2)));
    if (const auto run = cell::text(row.cell(3)); !run.empty()) w.key("run").value(run);
    if (const auto error = cell::text(row.cell(4)); !error.empty()) w.key("error").value(error);
    w.end_object();
    return true;
  });
  w.end_array();
  write_cursor(w, page.cursor);
  w.end_object();
  return json(std::move(body));
}

std::vector<Route> RuleRoutes::routes() {
  std::vector<Route> table;
  const auto add_route = [&](const char* method, const char* path, const char* permission,
                             const char* summary, Response (RuleRoutes::*handler)(Request&) const,
                             const char* request_schema, const char* answer_schema) -> Route& {
    Route& route = table.emplace_back();
    route.method = method;
    route.path = path;
    route.permission = permission;
    route.summary = summary;
    route.handler = Handler([this, handler](Request& r) { return (this->*handler)(r); });
    route.body = *request_schema == '\0' ? BodyKind::none : BodyKind::text;
    route.request_schema = request_schema;
    route.answer_schema = answer_schema;
    return route;
  };
  const std::vector<Parameter> paged = {{"limit", "how many at most; 100 when absent",
                                         R"({"type":"integer","minimum":1,"maximum":1000})"},
                                        {"cursor", "of the page before"}};
  add_route("GET", "/api/v1/rules", "rule.read", "Lists rules", &RuleRoutes::list, "",
            schemas::list)
      .parameters = paged;
  add_route("POST", "/api/v1/rules", "rule.write",
            "Makes a rule; it is on unless it says enabled: false", &RuleRoutes::add,
            schemas::new_rule, schemas::rule)
      .versioned = true;
  add_route(
      "POST", "/api/v1/rules/try", "rule.read",
      "For which of the newest ended tasks a rule would have fired, and when; nothing is done",
      &RuleRoutes::attempt, schemas::trial, schemas::tried);
  add_route("GET", "/api/v1/rules/{id}", "rule.read", "One rule", &RuleRoutes::show, "",
            schemas::rule)
      .versioned = true;
  add_route("PATCH", "/api/v1/rules/{id}", "rule.write",
            "Changes a rule, switches it on or off; another filter is as if it were switched on",
            &RuleRoutes::edit, schemas::edit, schemas::rule)
      .versioned = true;
  Parameter if_match{"If-Match", "the ETag that it was read with"};
  if_match.in = Parameter::In::header;
  add_route("DELETE", "/api/v1/rules/{id}", "rule.write", "Erases a rule and its firings",
            &RuleRoutes::remove, "", schemas::deleted)
      .parameters = {if_match};
  add_route("POST", "/api/v1/rules/{id}/try", "rule.read",
            "The same of a rule that is saved, with what the body says otherwise",
            &RuleRoutes::attempt, schemas::trial, schemas::tried);
  add_route("GET", "/api/v1/rules/{id}/firings", "rule.read",
            "What a rule did in the last 30 days, newest first", &RuleRoutes::firings, "",
            schemas::firings)
      .parameters = paged;
  return table;
}

}  // namespace podium::rules
