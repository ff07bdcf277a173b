#pragma once
// Which actions a plugin may add, and what is read of one when it is added.
#include <string>
#include <string_view>

#include "podium/extension/action.hpp"
#include "podium/query.hpp"

namespace podium::host {

/// An action's declaration, understood.
struct ReadAction {
  std::string word;  ///< the verb: the id's last part
  ActionSpec spec;
  Filter when;
};

/// Throws `invalid` naming the action when its id cannot be typed, or its `when`, its schema or a
/// name in them is wrong. `owner` is the id of its plugin, "" for the host.
ReadAction read_action(std::string_view owner, const Action&, const QueryLanguage&,
                       const Vocabulary& tasks);

/// The clauses that every action has as a verb; no parameter may be called so.
bool is_action_clause(std::string_view name) noexcept;

}  // namespace podium::host
