#pragma once
// The handlers of /api/v1/projects that are more than a few lines.
#include <optional>
#include <string>

#include "podium/http/message.hpp"
#include "services/api/api.hpp"

namespace podium {
class Parameters;
}

namespace podium::host {

/// The parameter `archived`: true, false (when absent), or all, which is none.
std::optional<bool> archived_of(const Parameters&);

Response show_project_tree(const Core&, const ApiServices&, Request&);
std::string project_tree_schema();
/// POST rename and delete: what changes more than one project.
Response rename_projects(const Core&, const ApiServices&, Request&);
Response delete_projects(const Core&, const ApiServices&, Request&);

}  // namespace podium::host
