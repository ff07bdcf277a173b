#pragma once
// The list of everything that this server answers.
#include <functional>
#include <memory>

#include "podium/http/routes.hpp"

namespace podium::host {
class Router;
/// GET /api/v1/routes. `table` gives the routes as they are when it is asked.
std::unique_ptr<Routes> make_route_list(std::function<std::shared_ptr<const Router>()> table);
}  // namespace podium::host
