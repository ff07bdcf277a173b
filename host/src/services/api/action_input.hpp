#pragma once
// Reading a selection of tasks out of a body.
#include <string>

#include "podium/http/input.hpp"
#include "podium/service/actions.hpp"
#include "services/api/api.hpp"

namespace podium::host {

/// The member `selection`: {"ids": [...]}, or members of the table's question with `except`, or
/// "all": true. An absent `archived` means both. Throws `invalid` and `not_found`.
ActionSelection read_selection(Members& body, const Core&, const ApiServices&, const Principal&);
/// Its schema, for the OpenAPI document.
std::string selection_schema();

}  // namespace podium::host
