#pragma once
// A plugin's settings against the JSON Schema it gives.
#include <string_view>

#include "podium/json.hpp"

namespace podium::host {

/// Throws `invalid` telling every place that does not fit ("/room: ..."), or `misuse` when the
/// schema itself is no JSON Schema. An empty schema accepts everything.
void check_config(std::string_view schema, const Json& config);

}  // namespace podium::host
