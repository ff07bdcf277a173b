#pragma once
// Curves and bars as SVG.
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace podium::front {

/// An answer's chart; "" for one that is neither curves nor bars. Every text in it is escaped and
/// it holds no script.
std::string svg_of(const nlohmann::ordered_json& answer);

}  // namespace podium::front
