#pragma once
// Curves as a picture: SVG or PNG.
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace podium::host::cli {

/// Whether a file name is that of a picture: .svg or .png.
bool is_picture(std::string_view file);

/// A chart answer drawn as the name's ending tells.
std::string picture_of(const nlohmann::ordered_json& chart, std::string_view file);

}  // namespace podium::host::cli
