#pragma once
// A plugin's settings against the JSON Schema it gives.
#include <string_view>

#include "podium/json.hpp"

namespace podium::host {

/// Throws `misuse` when a text is no JSON Schema.
void check_schema(std::string_view schema);
/// Checks any value, with a sentence that begins with `what`: "its configuration". The error is
/// `in` the first place that does not fit ("room.0").
void check_against(std::string_view schema, const Json& value, std::string_view what);
/// Throws `invalid` telling every place that does not fit ("/room: ..."), or `misuse` when the
/// schema itself is no JSON Schema. An empty schema accepts everything.
void check_config(std::string_view schema, const Json& config);

}  // namespace podium::host
