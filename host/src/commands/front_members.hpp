#pragma once
// What front ends that go on with an answer want to know beside it: the question behind a table of
// tasks, and how a chart is to be drawn.
#include <string>

#include "commands/call.hpp"
#include "podium/command/answer.hpp"

namespace podium::host::commands {

/// Members of the answer's JSON without braces: `"question":{...}`, `"draw":{...}`; "" has none.
/// A question is what /api/v1/tasks/query takes; with `limit` when the command gave one.
std::string front_members(const Parts&, const Call&, const Answer&);

}  // namespace podium::host::commands
