#pragma once
// The colors of what is drawn: of an id always the same, in every chart, page and answer.
#include <string>
#include <string_view>

namespace podium::chart_kit {

/// "#rrggbb" of an id, or of a group's label: readable on white and on black.
std::string color_of(std::string_view id);

/// Whether two colors "#rrggbb" are so near each other that lines of them are taken for one.
bool alike(std::string_view a, std::string_view b);

}  // namespace podium::chart_kit
