#include "routes.hpp"

#include <algorithm>
#include <charconv>

#include "audit.hpp"
#include "call.hpp"
#include "facts.hpp"
#include "members.hpp"
#include "podium/http/client.hpp"
#include "podium/http/json_depth.hpp"
#include "podium/service/actions.hpp"
#include "podium/service/tasks.hpp"
#include "render.hpp"
#include "schemas.hpp"

namespace podium::custom {
namespace {

Json body_of(const Request& request) {
  Json body;
  if (json_depth_ok(request.body())) body = Json::parse(request.body(), nullptr, false);
  if (!body.is_object()) throw Error(ErrorCode::invalid, "the body must be a JSON object");
  return body;
}

std::string text(const Request& request, std::string_view name) {
  return std::string(request.query(name).value_or(std::string_view()));
}

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

Parameter query_parameter(const char* name, const char* description, const char* schema) {
  return {name, description, schema};
}

const std::vector<Column>& stored_columns() {
  static const std::vector<Column> columns = {value_of(record_body()), value_of(field("created")),
                                              value_of(field("updated")), value_of(field("who"))};
  return columns;
}

void write_configured(JsonWriter& w, const Definition& definition) {
  w.object().key("id").value(definition.id).key("from").value("configuration");
  w.key("definition").raw(definition.source).end_object();
}

/// `offered`: the definitions that fit. Taken before the query: a sink waits for nothing.
void write_stored(JsonWriter& w, const Row& row, const std::vector<DefinitionPtr>& offered) {
  const Cell body = row.cell(0), who = row.cell(3);
  w.object().key("id").value(row.id()).key("from").value("api");
  w.key("definition").raw(std::get<std::string_view>(body));
  if (std::none_of(offered.begin(), offered.end(),
                   [&](const DefinitionPtr& d) { return d->id == row.id(); }))
    w.key("problem").value("it no longer fits; the log says why");
  w.key("created").value(std::get<std::int64_t>(row.cell(1)));
  w.key("updated").value(std::get<std::int64_t>(row.cell(2)));
  w.key("who").value(std::get<std::string_view>(who));
  w.key("version").value(row.version()).end_object();
}

}  // namespace

std::vector<Route> CustomActionRoutes::routes() {
  using Handle = Response (CustomActionRoutes::*)(Request&);
  std::vector<Route> table;
  const auto add = [&](const char* method, const std::string& path, const char* permission,
                       Handle handle, const char* summary, const char* answer) -> Route& {
    Route& route = table.emplace_back();
    route.method = method;
    route.path = "/api/v1/custom-actions" + path;
    route.permission = permission;
    route.summary = summary;
    route.answer_schema = answer;
    route.handler = Handler([this, handle](Request& r) { return (this->*handle)(r); });
    return route;
  };
  add("GET", "", "task.read", &CustomActionRoutes::list, "Custom actions that are defined",
      actions_schema);
  Route& post = add("POST", "", "action.write", &CustomActionRoutes::add, "Defines a custom action",
                    action_schema);
  post.request_schema = definition_schema;
  post.answer_status = 201;
  post.versioned = true;
  add("POST", "/try", "action.write", &CustomActionRoutes::attempt,
      "The request that a custom action would send for a task, without sending it", rendered_schema)
      .request_schema = attempt_schema;
  add("GET", "/audit", "host.read", &CustomActionRoutes::audit,
      "Which requests custom actions sent, newest first", audit_schema)
      .parameters = {query_parameter("action", "of this action only", R"({"type":"string"})"),
                     query_parameter("task", "of this task only", R"({"type":"string"})"),
                     query_parameter("limit", "entries at most, 100 when absent",
                                     R"({"type":"integer","minimum":1,"maximum":1000})"),
                     query_parameter("cursor", "of the page before", R"({"type":"string"})")};
  add("GET", "/{id}", "task.read", &CustomActionRoutes::get, "A custom action", action_schema)
      .versioned = true;
  Route& put = add("PUT", "/{id}", "action.write", &CustomActionRoutes::replace,
                   "Replaces the definition of a custom action", action_schema);
  put.request_schema = definition_schema;
  put.versioned = true;
  add("DELETE", "/{id}", "action.write", &CustomActionRoutes::remove, "Removes a custom action",
      deleted_schema)
      .versioned = true;
  return table;
}

Response CustomActionRoutes::list(Request& request) {
  std::string body;
  JsonWriter w(body);
  w.object().key("custom_actions").array();
  for (const auto& definition : book_.configured()) write_configured(w, *definition);
  Query query;
  query.collection = context_.store().collection(actions_name);
  query.filter = context_.access().visible(request.who(), actions_name);
  query.columns = stored_columns();
  const auto offered = book_.all();
  context_.store().query(query, [&](const Row& row) {
    write_stored(w, row, offered);
    return true;
  });
  w.end_array().end_object();
  return json(std::move(body));
}

Response CustomActionRoutes::answer(const Principal& who, std::string_view id, int status) const {
  Response response;
  response.status = status;
  JsonWriter w(response.body);
  Query query;
  query.collection = context_.store().collection(actions_name);
  query.filter =
      all_of({context_.access().visible(who, actions_name), eq(record_id(), std::string(id))});
  query.columns = stored_columns();
  const auto offered = book_.all();
  context_.store().query(query, [&](const Row& row) {
    write_stored(w, row, offered);
    response.headers.emplace_back("ETag", etag(row.version()));
    return true;
  });
  if (!response.body.empty()) return response;
  if (!book_.is_configured(id))
    throw Error(ErrorCode::not_found, "there is no custom action '" + std::string(id) + "'");
  write_configured(w, *book_.find(id));
  response.headers.emplace_back("ETag", etag(0));
  return response;
}

Response CustomActionRoutes::get(Request& request) {
  return answer(request.who(), request.segment("id"));
}

Response CustomActionRoutes::add(Request& request) {
  const auto definition = book_.read(body_of(request));
  book_.add(request.who(), *definition);
  return answer(request.who(), definition->id, 201);
}

Response CustomActionRoutes::replace(Request& request) {
  Json body = body_of(request);
  const std::string id(request.segment("id"));
  if (!body.contains("id")) body["id"] = id;
  const auto definition = book_.read(body);
  if (definition->id != id)
    throw Error(ErrorCode::invalid, "the id of a custom action stays as it is").in("id");
  book_.replace(request.who(), *definition, request.header("If-Match"));
  return answer(request.who(), id);
}

Response CustomActionRoutes::remove(Request& request) {
  (void)context_.access().visible(request.who(), actions_name);
  book_.remove(request.segment("id"), request.header("If-Match"));
  return json(R"({"deleted":true})");
}

Response CustomActionRoutes::attempt(Request& request) {
  const Json body = body_of(request);
  Members members(body, "");
  const std::string action = members.text("action"), task = members.required("task"),
                    why = members.text("why");
  const Json& given = members.any("definition");
  Json parameters = members.any("parameters");
  members.finish();
  if (action.empty() == given.is_null())
    throw Error(ErrorCode::invalid, "say either action or definition");
  if (parameters.is_null()) parameters = Json::object();
  if (!parameters.is_object()) refuse("parameters", "must be an object");

  const DefinitionPtr definition =
      given.is_null() ? book_.find(action)
                      : read_definition(given, book_.secrets(), context_.query_language(),
                                        context_.vocabulary("tasks"));
  if (!definition)
    throw Error(ErrorCode::not_found, "there is no custom action '" + action + "'").in("action");
  if (!definition->spec.parameters.empty()) {
    const Json properties =
        Json::parse(definition->spec.parameters).value("properties", Json::object());
    for (const auto& [name, property] : properties.items())
      if (!parameters.contains(name) && property.contains("default"))
        parameters[name] = property["default"];
  }

  const Principal& who = request.who();
  const Ordinal ordinal = context_.tasks().find(context_.store(), who, task);
  if (!ordinal) throw Error(ErrorCode::not_found, "there is no task '" + task + "'").in("task");
  Query query;
  query.filter =
      all_of({context_.query_language().parse(definition->spec.when, context_.vocabulary("tasks")),
              eq(record_ordinal(), ordinal)});
  const bool matches =
      context_.tasks().query(context_.store(), who, query, [](const Row&) { return true; }).rows >
      0;
  const auto facts =
      read_facts(context_, who, std::span<const Ordinal>(&ordinal, 1), definition->names);
  static const Facts none;
  const auto found = facts.find(ordinal);
  const std::vector<std::string> ids = {task};
  const Scene scene{found == facts.end() ? &none : &found->second, parameters, ids, who.id, why};
  Rendered rendered = render(*definition, book_.secrets(), scene, true);
  rendered.request.headers.emplace_back("Idempotency-Key", "***");
  if (!definition->sign.empty()) {
    rendered.request.headers.emplace_back("Podium-Timestamp", "***");
    rendered.request.headers.emplace_back("Podium-Signature", "***");
  }

  std::string out;
  JsonWriter w(out);
  w.object().key("matches").value(matches).key("method").value(rendered.request.method);
  w.key("url").value(rendered.request.url).key("headers").object();
  for (const auto& [name, value] : rendered.request.headers) w.key(name).value(value);
  w.end_object().key("body").value(rendered.request.body);
  try {
    context_.http().check(rendered.request.url);
  } catch (const Error& e) {
    w.key("problem").value(e.what());
  }
  w.end_object();
  return json(std::move(out));
}

Response CustomActionRoutes::audit(Request& request) {
  request.who().mark_checked();  // who may read of the host may read all of it
  AuditQuery query{text(request, "action"), text(request, "task"), 100, text(request, "cursor")};
  if (const auto given = request.query("limit")) {
    const auto [end, failure] =
        std::from_chars(given->data(), given->data() + given->size(), query.limit);
    if (failure != std::errc() || end != given->data() + given->size() || query.limit < 1 ||
        query.limit > 1000)
      throw Error(ErrorCode::invalid, "'limit' must be a number from 1 to 1000").in("limit");
  }
  return json(audit_page(context_.store(), query));
}

}  // namespace podium::custom
