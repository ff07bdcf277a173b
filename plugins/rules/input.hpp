#pragma once
// Reading rules as requests give them. Everything throws Error that names the member.
#include <optional>
#include <string>

#include "podium/http/message.hpp"
#include "podium/plugin.hpp"
#include "rule.hpp"
#include "trial.hpp"

namespace podium::rules {

/// What a body says of a rule; what it does not name is none.
struct Draft {
  std::optional<std::string> name, project, scope, when, action;
  bool everywhere = false;  ///< `project` is there and null
  std::optional<std::int64_t> quiet;
  std::optional<Json> parameters;
  std::optional<bool> enabled;
  bool catch_up = false;
  std::optional<std::uint64_t> tasks;  ///< of a trial
};

/// The whole body, one JSON object. `trial`: it may say how many `tasks`.
Draft read_draft(const Request&, bool trial);

/// Puts what the body says into the rule, and refuses a rule that could not work: a filter that
/// cannot be read (with the position), an action that is not there, parameters that do not fit.
/// True when something else is watched than before.
bool apply(const Draft&, Rule&, PluginContext&, const Ids&, const Principal& who);
/// The same as far as it matters for a trial: no name and no action is needed.
void apply_trial(const Draft&, Rule&, PluginContext&, const Ids&, const Principal& who);

/// 600000, "10m", "1h30m".
std::int64_t duration_of(const Json&, const std::string& member);

}  // namespace podium::rules
