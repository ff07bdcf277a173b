#pragma once
// A saved view of a task table as a board: its filter, its order, its columns.
#include <string>
#include <string_view>

#include "board.hpp"
#include "podium/plugin.hpp"
#include "podium/principal.hpp"

namespace podium::leaderboard {

struct ViewBoard {
  std::string name, project;  ///< id of the project
  Definition definition;
};

/// The view by its id or its link, if the caller may see it. Throws `not_found`, and `invalid` for
/// one that no board can be: of all projects, of archived tasks, or with an order that is not
/// known.
ViewBoard board_of_view(PluginContext&, const Ids&, const Principal&, std::string_view view);

/// The text of the query language that a view's state asks with; `state` is the object that the
/// view keeps.
std::string filter_of_view(const Json& state);

}  // namespace podium::leaderboard
