#pragma once
#include "podium/http/message.hpp"

namespace podium {
class PluginContext;
}

namespace podium::comparison {

/// POST /api/v1/comparisons/plots
Response plots(PluginContext&, Request&);

}  // namespace podium::comparison
