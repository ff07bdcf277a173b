#pragma once
// What is substituted: facts about tasks, read from the store as the caller may see them.
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/plugin.hpp"
#include "template.hpp"

namespace podium::custom {

/// Values by `Name::source`; what a task does not have is null.
using Facts = std::map<std::string, Json>;

/// Facts of tasks by ordinal; a task that is gone or hidden has none.
std::map<Ordinal, Facts> read_facts(PluginContext&, const Principal&, std::span<const Ordinal>,
                                    const std::vector<Name>&);

}  // namespace podium::custom
