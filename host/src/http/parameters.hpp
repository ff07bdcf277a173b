#pragma once
// A request's query held to what its route declares.
#include <algorithm>
#include <string>

#include "podium/http/routes.hpp"

namespace podium::host {

/// Throws `invalid`, naming the parameter, when the query of a request below /api/v1 has one that
/// the route does not declare, or lacks a required one.
inline void check_query(const Route& route, const Request& request) {
  if (!route.path.starts_with("/api/v1/")) return;
  const auto in_query = [](const Parameter& p) { return p.in == Parameter::In::query; };
  for (const auto& [name, value] : request.query()) {
    if (std::any_of(
            route.parameters.begin(), route.parameters.end(),
            [&, &given = name](const Parameter& p) { return in_query(p) && p.name == given; }))
      continue;
    std::string names;
    for (const auto& p : route.parameters)
      if (in_query(p)) names += (names.empty() ? "; there are: " : ", ") + p.name;
    throw Error(ErrorCode::invalid, "'" + name + "' is not a parameter of this path" + names)
        .in(name);
  }
  for (const auto& p : route.parameters)
    if (p.required && in_query(p) && !request.query(p.name))
      throw Error(ErrorCode::invalid, "the parameter '" + p.name + "' is missing: " + p.description)
          .in(p.name);
}

}  // namespace podium::host
