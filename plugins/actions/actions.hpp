#pragma once
// The built-in actions, by group. They borrow the context: it outlives them.
#include <memory>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/plugin.hpp"

namespace podium::actions {

using Made = std::vector<std::unique_ptr<Action>>;

void add_look(Made&, PluginContext&);      ///< what shows or links
void add_state(Made&, PluginContext&);     ///< what changes the state
void add_organise(Made&, PluginContext&);  ///< tags, projects, names
void add_copies(Made&, PluginContext&);    ///< clones
void add_removal(Made&, PluginContext&);   ///< archive, reset, delete

inline Made make_actions(PluginContext& context) {
  Made made;
  add_look(made, context);
  add_state(made, context);
  add_organise(made, context);
  add_copies(made, context);
  add_removal(made, context);
  return made;
}

}  // namespace podium::actions
