#pragma once
// The colours that somebody gave to tasks, which are kept. Without one a task has that of its id
// (chart_kit::color_of), wherever it is shown.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/principal.hpp"
#include "podium/store/store.hpp"

namespace podium {
class PluginContext;
}

namespace podium::comparison {

/// "#4C78A8" as "#4c78a8"; nothing for what is no colour.
std::optional<std::string> normal_color(std::string_view text);

/// "comparison/colors": task (reference, cascade), color (text); one a task.
Collection colors_collection();
/// The colours that were given to tasks.
std::map<Ordinal, std::string> kept_colors(PluginContext&, const Reader&, const Principal&,
                                           std::span<const Ordinal> tasks);
/// Gives tasks colours; without one a task gets that of its id back. Throws `not_found`, naming a
/// task that is not there for the caller.
void keep_colors(PluginContext&, const Principal&,
                 const std::vector<std::pair<std::string, std::optional<std::string>>>& colors);

}  // namespace podium::comparison
