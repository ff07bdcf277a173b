#pragma once
// Which part of the address space a plugin may answer for.
#include <string>
#include <string_view>
#include <vector>

#include "podium/http/routes.hpp"

namespace podium::host {

/// Whether `path` is `prefix` or below it, by whole segments.
bool below(std::string_view path, std::string_view prefix) noexcept;

/// Throws `denied` naming the prefix and what to write into podium.toml unless each prefix is below
/// /api/v1/x/<id> or below one of `granted` ("/" grants everything); `invalid` for one that is no
/// path.
void check_prefixes(std::string_view id, const std::vector<std::string>& prefixes,
                    const std::vector<std::string>& granted);

/// Throws `denied` when a route's path is not below one of its group's prefixes, `invalid` when it
/// has no handler or no permission.
void check_routes(const std::vector<Route>& routes, const std::vector<std::string>& prefixes);

}  // namespace podium::host
