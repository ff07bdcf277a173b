#pragma once
// /api/v1/commands
#include <memory>

#include "commands/commands.hpp"
#include "podium/http/routes.hpp"

namespace podium::host::commands {

/// The references outlive the routes.
std::unique_ptr<Routes> make_command_routes(const Parts&, const Commands&);

}  // namespace podium::host::commands
