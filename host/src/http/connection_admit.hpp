#pragma once
// What a connection decides about a request before its handler sees it. Included by server.cpp
// alone.
#include "http/connection.hpp"
#include "http/parameters.hpp"
#include "http/percent.hpp"
#include "http/problem.hpp"

namespace podium::host {

inline void Connection::refuse_text(Exchange& exchange, int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  exchange.send(std::move(response));
}

/// The target without scheme and authority, which only proxies are asked with.
inline std::string_view origin_form(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.empty() || target.front() == '/' || scheme == std::string_view::npos) return target;
  const auto slash = target.find('/', scheme + 3);
  return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
}

inline bool Connection::admit(Exchange& exchange) {
  exchange.router = io_.router;
  try {
    return admit_target(exchange) && admit_origin(exchange) && admit_route(exchange) &&
           admit_body(exchange);
  } catch (const Error& error) {
    exchange.fail(error);
  } catch (const std::exception& error) {
    exchange.fail(Error(ErrorCode::internal, error.what()));
  }
  return false;
}

inline bool Connection::admit_target(Exchange& exchange) {
  const auto target = origin_form(exchange.head.target());
  if (target == "*" && exchange.head.method() == "OPTIONS") {
    exchange.path = "*";
    return true;
  }
  const auto mark = target.find('?');
  const auto raw = target.substr(0, mark);
  auto path = raw.empty() || raw.front() != '/' ? std::nullopt : percent_decode(raw);
  if (!path || raw.find('#') != std::string_view::npos)
    throw Error(ErrorCode::invalid, "the request's path is malformed");
  exchange.path = std::move(*path);
  exchange.group = exchange.router->group_of(exchange.path);
  if (mark != std::string_view::npos) {
    auto query = parse_query(target.substr(mark + 1));
    if (!query) throw Error(ErrorCode::invalid, "the request's query string is malformed");
    exchange.query = std::move(*query);
  }
  return true;
}

inline bool Connection::admit_origin(Exchange& exchange) {
  if (!core_.options.check_host_and_origin) return true;
  const auto& path = exchange.path;
  if (path == "/health" || path == "/version" || path == "/healthz") return true;
  const auto host = exchange.head.field("Host").value_or(std::string_view{});
  if (host_ok_.empty() || host != host_ok_) {
    if (!core_.rules.host_allowed(host)) {
      refuse_text(exchange, 403, "Invalid Host header - possible DNS rebinding attack detected");
      return false;
    }
    host_ok_ = host;
  }
  const auto origin = exchange.head.field("Origin");
  const bool risky =
      changes_state(exchange.head.method()) || exchange.head.field("Sec-WebSocket-Key");
  if (!origin || origin->empty() || !risky) return true;
  const auto scheme = origin->find("://");
  const bool own = scheme != std::string_view::npos && origin->substr(scheme + 3) == host;
  if (own || core_.rules.origin_allowed(*origin)) return true;
  refuse_text(exchange, 403, "Cross-origin request blocked");
  return false;
}

inline bool Connection::admit_route(Exchange& exchange) {
  const auto method = exchange.head.method();
  const auto target = origin_form(exchange.head.target());
  const auto raw = target.substr(0, target.find('?'));
  auto match = exchange.path == "*" ? Router::Match{nullptr, {}, "GET, HEAD, OPTIONS"}
                                    : exchange.router->find(method, raw);
  if (!match.entry && method == "OPTIONS" && !match.allow.empty()) {
    Response response;
    response.status = 204;
    response.headers.emplace_back("Allow", match.allow);
    if (exchange.head.field("Access-Control-Request-Method")) {
      response.headers.emplace_back("Access-Control-Allow-Methods",
                                    "GET, POST, PUT, DELETE, OPTIONS, PATCH");
      if (const auto wanted = exchange.head.field("Access-Control-Request-Headers"))
        response.headers.emplace_back("Access-Control-Allow-Headers", *wanted);
      response.headers.emplace_back("Access-Control-Max-Age", "600");
    }
    exchange.send(std::move(response));
    return false;
  }
  if (!match.entry) {
    const std::string what(exchange.path);
    if (match.allow.empty()) {
      exchange.fail(Error(ErrorCode::not_found, "there is nothing at " + what));
    } else {
      allow_ = match.allow;
      exchange.fail(
          Error(ErrorCode::invalid, what + " cannot be asked with " + std::string(method) +
                                        "; it takes " + match.allow),
          405);
    }
    return false;
  }
  exchange.entry = match.entry;
  exchange.group = match.entry->group;
  exchange.segments = std::move(match.segments);
  if (core_.options.authenticate) {
    const HttpRequest request(exchange.shared_from_this());
    exchange.who = core_.options.authenticate(request);
  }
  if (core_.options.require_object_check) {
    exchange.checked = std::make_shared<std::atomic<bool>>(false);
    exchange.who.watch_checks(exchange.checked);
  }
  const auto& permission = match.entry->route.permission;
  if (permission != "public" &&
      !(core_.options.permits ? core_.options.permits(exchange.who, permission)
                              : exchange.who.may(permission)))
    throw Error(ErrorCode::denied, "'" + exchange.who.id + "' lacks the permission " + permission);
  check_query(match.entry->route, HttpRequest(exchange.shared_from_this()));
  return true;
}

inline bool Connection::admit_body(Exchange& exchange) {
  const auto& route = exchange.entry->route;
  if (const auto expect = exchange.head.field("Expect")) {
    std::string text(*expect);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (text != "100-continue") {
      exchange.fail(Error(ErrorCode::invalid, "the only expectation that is met is 100-continue"),
                    417);
      return false;
    }
  }
  const bool spooled = route.body == BodyKind::spooled;
  if (spooled && !core_.options.blobs)
    throw Error(ErrorCode::unavailable, "there is no blob store to take uploads");
  const auto limit = route.body_limit ? route.body_limit
                     : spooled        ? std::numeric_limits<std::size_t>::max()
                                      : core_.options.limits.body_bytes;
  if (exchange.head.content_length && *exchange.head.content_length > limit)
    throw Error(ErrorCode::too_large,
                "the request's body is larger than " + std::to_string(limit) + " bytes");
  return true;
}

inline void Connection::dispatch(const std::shared_ptr<Exchange>& exchange,
                                 std::unique_ptr<HttpRequest> request) {
  if (std::holds_alternative<InlineHandler>(exchange->entry->route.handler)) {
    exchange->call(std::move(request));
    return;
  }
  Pool::Job job = [exchange, request = std::move(request)]() mutable {
    if (exchange->claimed()) return;  // over its time limit before it began
    if (exchange->cancelled()) {
      exchange->fail(Error(ErrorCode::cancelled, "the client has gone"));
      return;
    }
    try {
      const auto& entry = *exchange->entry;
      auto response = contained(*entry.group->owner, entry.where,
                                [&] { return std::get<Handler>(entry.route.handler)(*request); });
      exchange->send(std::move(response));
    } catch (const Error& error) {
      exchange->fail(error);
    }
  };
  const auto& group = *exchange->group;
  if (!core_.pool.submit(group.owner, group.first_party, std::move(job)))
    exchange->fail(Error(
        ErrorCode::unavailable,
        (group.owner->id.empty() ? std::string("the host") : "plugin '" + group.owner->id + "'") +
            " has too many calls waiting; try again later"));
}

}  // namespace podium::host
