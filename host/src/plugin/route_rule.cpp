#include "plugin/route_rule.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "podium/error.hpp"

namespace podium::host {
namespace {

std::string_view without_last_slash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool plain_path(std::string_view path) {
  return path.starts_with('/') && path.find("//") == path.npos && path.find("/../") == path.npos &&
         !path.ends_with("/..") && path.find_first_of("?#%\\ ") == path.npos;
}

}  // namespace

bool below(std::string_view path, std::string_view prefix) noexcept {
  prefix = without_last_slash(prefix);
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

void check_prefixes(std::string_view id, const std::vector<std::string>& prefixes,
                    const std::vector<std::string>& granted) {
  const std::string own = "/api/v1/x/" + std::string(id);
  if (prefixes.empty())
    throw Error(ErrorCode::invalid, "a group of routes has no prefix; use \"" + own + "/\"");
  for (const auto& prefix : prefixes) {
    if (!plain_path(prefix))
      throw Error(ErrorCode::invalid,
                  fmt::format("'{}' is no prefix of paths; use \"{}/\"", prefix, own));
    const auto path = without_last_slash(prefix);
    if (below(path, own) ||
        std::any_of(granted.begin(), granted.end(), [&](const auto& g) { return below(path, g); }))
      continue;
    throw Error(
        ErrorCode::denied,
        fmt::format("it asks for routes below '{0}' but may answer below '{1}/' only; to grant "
                    "it more, write prefixes = [\"{0}\"] under [plugins.\"{2}\"] in podium.toml",
                    prefix, own, id));
  }
}

void check_routes(const std::vector<Route>& routes, const std::vector<std::string>& prefixes) {
  for (const auto& route : routes) {
    const auto name = "route " + route.method + " " + route.path;
    if (!plain_path(route.path) ||
        std::none_of(prefixes.begin(), prefixes.end(),
                     [&](const auto& p) { return below(route.path, p); }))
      throw Error(ErrorCode::denied, name + " is not below a prefix of its group");
    if (route.method.empty() || route.permission.empty() ||
        std::holds_alternative<std::monostate>(route.handler))
      throw Error(ErrorCode::invalid, name + " has no method, no permission or no handler");
  }
}

}  // namespace podium::host
