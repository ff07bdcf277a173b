#pragma once
// What a project may be called.
#include <string_view>

namespace podium::host {

/// Throws `invalid` (field "name") for a name that is empty or longer than 500 code points.
void check_project_name(std::string_view name);

}  // namespace podium::host
