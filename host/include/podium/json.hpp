#pragma once
// JSON as a value crosses the plugin boundary for settings and form schemas only. A request's or a
// record's body crosses as text. Include <nlohmann/json.hpp> in the .cpp that touches the value.
#include <nlohmann/json_fwd.hpp>

namespace podium {
using Json = nlohmann::json;
}
