#pragma once
#include <nlohmann/json_fwd.hpp>

namespace podium::front {

/// Members stay in the order in which the host told them: so they are shown.
using Json = nlohmann::ordered_json;

}  // namespace podium::front
