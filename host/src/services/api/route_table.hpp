#pragma once
// Filling a group's table of routes.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/json_writer.hpp"
#include "podium/http/routes.hpp"

namespace podium::host {

// Parameters of a query.
inline Parameter text_parameter(std::string name, std::string description) {
  return {std::move(name), std::move(description)};
}
inline Parameter integer_parameter(std::string name, std::string description, std::int64_t least,
                                   std::int64_t most) {
  return {std::move(name), std::move(description),
          R"({"type":"integer","minimum":)" + std::to_string(least) + R"(,"maximum":)" +
              std::to_string(most) + "}"};
}
inline Parameter choice_parameter(std::string name, std::string description,
                                  std::initializer_list<std::string_view> choices) {
  std::string schema = R"({"type":"string","enum":[)";
  for (const auto choice : choices) {
    if (schema.back() != '[') schema += ',';
    append_json_string(schema, choice);
  }
  return {std::move(name), std::move(description), schema + "]}"};
}
inline Parameter boolean_parameter(std::string name, std::string description) {
  return choice_parameter(std::move(name), std::move(description), {"true", "false"});
}
/// For what honours If-Match and answers without an ETag.
inline Parameter if_match() {
  Parameter p{"If-Match", "the ETag that it was read with"};
  p.in = Parameter::In::header;
  return p;
}
/// `limit` and `cursor` of a list.
inline std::vector<Parameter> paged(std::vector<Parameter> others = {}) {
  others.push_back(integer_parameter("limit", "how many at most; 100 when absent", 1, 1000));
  others.push_back(text_parameter("cursor", "of the page before"));
  return others;
}

/// Collects routes; `request` "" means no body.
class RouteTable {
 public:
  RouteTable& add(const char* method, const char* path, const char* permission, const char* summary,
                  Handler handler, std::string request, std::string answer) {
    Route route;
    route.method = method;
    route.path = path;
    route.permission = permission;
    route.handler = std::move(handler);
    route.body = request.empty() ? BodyKind::none : BodyKind::text;
    route.summary = summary;
    route.request_schema = std::move(request);
    route.answer_schema = std::move(answer);
    routes_.push_back(std::move(route));
    return *this;
  }
  RouteTable& add(const char* method, const char* path, const char* permission, const char* summary,
                  InlineHandler handler, std::string request, std::string answer) {
    add(method, path, permission, summary, Handler(), std::move(request), std::move(answer));
    routes_.back().handler = std::move(handler);
    return *this;
  }
  /// Of the route added last: the query parameters that it takes.
  RouteTable& with(std::vector<Parameter> parameters) {
    auto& all = routes_.back().parameters;
    for (auto& parameter : parameters) all.push_back(std::move(parameter));
    return *this;
  }
  /// Of the route added last: its answer has an ETag, and a change honours If-Match.
  RouteTable& versioned() {
    routes_.back().versioned = true;
    return *this;
  }
  /// Of the route added last: status and media types of its good answer.
  RouteTable& answers(int status, std::vector<std::string> types = {"application/json"}) {
    routes_.back().answer_status = status;
    routes_.back().answer_types = std::move(types);
    return *this;
  }
  std::vector<Route> take() { return std::move(routes_); }

 private:
  std::vector<Route> routes_;
};

}  // namespace podium::host
