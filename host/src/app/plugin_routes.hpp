#pragma once
// Routes about the host itself.
#include <memory>

#include "podium/http/routes.hpp"

namespace podium::host {
class PluginManager;
/// GET /api/v1/plugins. Borrows the manager.
std::unique_ptr<Routes> make_plugin_routes(const PluginManager&);
}  // namespace podium::host
