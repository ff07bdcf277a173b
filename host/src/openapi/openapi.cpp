#include "openapi/openapi.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "http/host_rules.hpp"
#include "http/problem.hpp"

namespace podium::host {
namespace {

constexpr std::string_view base = "/api/v1/";
using Ordered = nlohmann::ordered_json;

/// Every code, in the order of the enumeration.
std::vector<ErrorCode> all_codes() {
  std::vector<ErrorCode> out;
  for (auto c = static_cast<int>(ErrorCode::invalid); c <= static_cast<int>(ErrorCode::too_old);
       ++c)
    out.push_back(static_cast<ErrorCode>(c));
  return out;
}

/// What a route may refuse with, by its shape.
std::set<int> errors_of(const Route& route) {
  const bool body = route.body != BodyKind::none;
  const bool writes = changes_state(route.method) && !route.permission.ends_with(".read");
  std::set<ErrorCode> codes = {ErrorCode::invalid, ErrorCode::denied, ErrorCode::too_large,
                               ErrorCode::internal, ErrorCode::unavailable};
  if (body || route.path.find('{') != std::string::npos || !route.parameters.empty())
    codes.insert(ErrorCode::not_found);
  if (std::holds_alternative<Handler>(route.handler))
    codes.insert({ErrorCode::busy, ErrorCode::timeout});
  if (writes)
    codes.insert({ErrorCode::conflict, ErrorCode::out_of_space});
  else
    codes.insert(ErrorCode::too_expensive);
  std::set<int> statuses;
  for (const ErrorCode code : codes) statuses.insert(http_status(code));
  return statuses;
}

/// "get_tasks_id_history" of GET /api/v1/tasks/{id}/history.
std::string operation_id(const Route& route) {
  std::string id;
  for (const char c : route.method + "/" + route.path.substr(base.size())) {
    if (std::isalnum(static_cast<unsigned char>(c)))
      id += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!id.empty() && id.back() != '_')
      id += '_';
  }
  while (id.ends_with('_')) id.pop_back();
  return id;
}

/// "tasks" of /api/v1/tasks/{id}, "acme.notes" of /api/v1/x/acme.notes/notes.
std::string tag_of(std::string_view path) {
  path.remove_prefix(base.size());
  if (path.starts_with("x/")) path.remove_prefix(2);
  return std::string(path.substr(0, path.find('/')));
}

class Document {
 public:
  explicit Document(std::string_view version) {
    root_["openapi"] = "3.1.0";
    root_["info"] = {{"title", "podium"},
                     {"version", version},
                     {"description",
                      "Experiment tracking. Times are milliseconds UTC. NaN and the infinities are "
                      "the texts \"NaN\", \"Infinity\" and \"-Infinity\", both ways. Errors are "
                      "problem details (RFC 9457) with a stable code."}};
    root_["servers"] = Ordered::array({{{"url", "/"}}});
    root_["paths"] = Ordered::object();
  }
  void add(const RouteEntry&);
  std::string text() {
    add_errors();
    for (auto& [name, schema] : schemas_) root_["components"]["schemas"][name] = std::move(schema);
    return root_.dump();
  }

 private:
  Ordered schema_of(const std::string& text, const RouteEntry&);
  Ordered lift(Ordered node);
  Ordered answers_of(const RouteEntry&);
  void add_parameters(Ordered& operation, const RouteEntry&);
  void add_errors();

  Ordered root_;
  std::map<std::string, Ordered> schemas_;
  std::set<int> errors_;
};

Ordered Document::schema_of(const std::string& text, const RouteEntry& entry) {
  auto parsed = Ordered::parse(text, nullptr, false);
  if (parsed.is_discarded())
    throw Error(ErrorCode::invalid, "a schema of " + entry.where + " is not JSON");
  return lift(std::move(parsed));
}

/// Moves schemas with a title to the components, and refers to them.
Ordered Document::lift(Ordered node) {
  if (node.is_structured())
    for (auto& child : node) child = lift(std::move(child));
  if (!node.is_object()) return node;
  const auto title = node.find("title");
  if (title == node.end() || !title->is_string()) return node;
  const auto name = title->get<std::string>();
  const auto [at, fresh] = schemas_.try_emplace(name, node);
  if (!fresh && at->second != node) return node;  // another one of this name stays where it is
  return {{"$ref", "#/components/schemas/" + name}};
}

void Document::add_parameters(Ordered& operation, const RouteEntry& entry) {
  const Route& route = entry.route;
  Ordered list = Ordered::array();
  for (const auto& name : entry.segment_names) {
    Ordered parameter = {{"name", name}, {"in", "path"}, {"required", true}};
    if (route.path.find("{" + name + "*}") != std::string::npos)
      parameter["description"] = "may hold slashes";
    parameter["schema"] = {{"type", "string"}, {"minLength", 1}};
    list.push_back(std::move(parameter));
  }
  for (const auto& p : route.parameters) {
    Ordered parameter = {{"name", p.name},
                         {"in", p.in == Parameter::In::query ? "query" : "header"},
                         {"description", p.description}};
    if (p.required) parameter["required"] = true;
    parameter["schema"] = schema_of(p.schema, entry);
    list.push_back(std::move(parameter));
  }
  const auto header = [&](const char* name, const char* description) {
    list.push_back({{"name", name},
                    {"in", "header"},
                    {"description", description},
                    {"schema", {{"type", "string"}}}});
  };
  if (route.versioned && changes_state(route.method))
    header("If-Match", "the ETag that was read; refused with 409 when it has changed meanwhile");
  if (route.versioned && route.method == "GET")
    header("If-None-Match", "the ETag that is known; answered with 304 when it is still the same");
  if (!list.empty()) operation["parameters"] = std::move(list);
}

Ordered Document::answers_of(const RouteEntry& entry) {
  const Route& route = entry.route;
  Ordered answers;
  Ordered good = {{"description", status_text(route.answer_status)}};
  if (route.versioned)
    good["headers"]["ETag"] = {{"description", "names this version"},
                               {"schema", {{"type", "string"}}}};
  if (!route.answer_schema.empty() || route.answer_types != Route().answer_types)
    for (const auto& type : route.answer_types)
      good["content"][type]["schema"] = type == "application/json" && !route.answer_schema.empty()
                                            ? schema_of(route.answer_schema, entry)
                                            : Ordered{{"type", "string"}};
  if (route.websocket) answers["101"] = {{"description", "the connection is a WebSocket now"}};
  answers[std::to_string(route.answer_status)] = std::move(good);
  if (route.versioned && route.method == "GET")
    answers["304"] = {{"description", "the ETag that was sent still holds"}};
  for (const int status : errors_of(route)) {
    errors_.insert(status);
    answers[std::to_string(status)] = {
        {"$ref", "#/components/responses/Error" + std::to_string(status)}};
  }
  return answers;
}

void Document::add(const RouteEntry& entry) {
  const Route& route = entry.route;
  if (!route.path.starts_with(base)) return;
  Ordered operation = {{"operationId", operation_id(route)},
                       {"tags", Ordered::array({tag_of(route.path)})},
                       {"summary", route.summary},
                       {"x-permission", route.permission}};
  add_parameters(operation, entry);
  if (!route.request_schema.empty()) {
    Ordered body;
    const auto plain = Ordered::parse(route.request_schema, nullptr, false);
    body["required"] = plain.is_object() && plain.contains("required");
    body["content"]["application/json"]["schema"] = schema_of(route.request_schema, entry);
    operation["requestBody"] = std::move(body);
  } else if (route.body == BodyKind::spooled) {
    operation["requestBody"]["content"]["application/octet-stream"] = Ordered::object();
  }
  operation["responses"] = answers_of(entry);
  std::string path = route.path;
  std::erase(path, '*');
  std::string method = route.method;
  std::transform(method.begin(), method.end(), method.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  root_["paths"][path][method] = std::move(operation);
}

void Document::add_errors() {
  schemas_["Problem"] = Ordered::parse(R"({"type":"object",
    "required":["type","title","status","code","detail"],"properties":{
      "type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},
      "code":{"type":"string","description":"what kind of failure it is; stable"},
      "detail":{"type":"string","description":"what was wrong and what to do"},
      "field":{"type":"string","description":"the input it is about"},
      "position":{"type":"integer","description":"byte of a text, where one was parsed"},
      "facts":{"type":"object","description":"for programs"},
      "conflicts":{"type":"array","items":{"type":"object","required":["key","old","new"],
        "properties":{"key":{"type":"string"},"old":{"type":"string"},
          "new":{"type":"string"}}}}}})");
  for (const int status : errors_) {
    Ordered codes = Ordered::array();
    for (const ErrorCode code : all_codes())
      if (http_status(code) == status) codes.push_back(name(code));
    Ordered error = {{"description", status_text(status)}};
    error["content"]["application/problem+json"]["schema"] = {
        {"allOf", Ordered::array({{{"$ref", "#/components/schemas/Problem"}},
                                  {{"properties", {{"code", {{"enum", std::move(codes)}}}}}}})}};
    if (status == 403)  // a Host or an Origin that is not allowed
      error["content"]["text/plain"]["schema"] = {{"type", "string"}};
    root_["components"]["responses"]["Error" + std::to_string(status)] = std::move(error);
  }
}

}  // namespace

std::string openapi_document(const Router& router, std::string_view version) {
  Document document(version);
  for (const auto& entry : router.entries()) document.add(*entry);
  return document.text();
}

}  // namespace podium::host
