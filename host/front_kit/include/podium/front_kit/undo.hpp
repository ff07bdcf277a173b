#pragma once
// `undo` alone takes back what was done last from here: the host keeps nothing between commands.
#include <string>

#include "podium/front_kit/json.hpp"

namespace podium::front {

/// Remembers the run of an answer that can be undone.
void keep_undoable(const Json& answer, std::string& last_run);

/// The line `undo RUN` for `undo`; any other line as it is. Throws Error when nothing was done.
std::string undo_of(const std::string& line, const std::string& last_run);

}  // namespace podium::front
