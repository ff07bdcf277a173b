#pragma once
// What an action is asked with: its parameters, checked and completed.
#include "podium/json.hpp"
#include "services/actions/catalogue.hpp"

namespace podium::host {

/// The parameters with defaults filled in. Throws `invalid`, `in` "parameters" or the parameter
/// ("parameters.queue"), when they do not fit the action's schema.
Json complete_parameters(const KnownAction&, const Json& given);

}  // namespace podium::host
