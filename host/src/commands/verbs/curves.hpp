#pragma once
// Curves, for the verbs that answer them.
#include <vector>

#include "commands/call.hpp"
#include "podium/command/answer.hpp"

namespace podium::host::commands {

/// The metrics that the arguments name, of these tasks, by the clauses `by` and `points`. Throws
/// `invalid`, `not_found` when none of the tasks has them, `too_large`.
AnswerChart read_curves(const Parts&, const VerbCall&, const std::vector<Ordinal>& tasks);
/// The tasks of the clause `of`.
std::vector<Ordinal> tasks_of_clause(const VerbCall&);

}  // namespace podium::host::commands
