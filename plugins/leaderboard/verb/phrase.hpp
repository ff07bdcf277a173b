#pragma once
// What is ranked, as people say it, as a definition.
#include <string>
#include <vector>

#include "desk.hpp"
#include "podium/extension/verb.hpp"

namespace podium::leaderboard {

/// The clauses that say what is ranked.
std::vector<ClauseSpec> phrase_clauses();
/// The first of them that is given without `by`, which all others belong to; "" when none is.
std::string without_by(const VerbCall&);

struct Phrase {
  std::string project;  ///< its id
  Definition definition;
  std::vector<std::string> notices;  ///< what was assumed
};

/// Reads `by` and what belongs to it. `direction` is "max" or "min" of the first metric where it
/// was said elsewhere, or "". Throws with the place in the line.
Phrase read_phrase(const VerbCall&, const Desk&, std::string_view direction);

/// `e`, thrown by what looked closer at the definition, with its place in the line.
Error placed_in_phrase(const VerbCall&, const Error& e);

/// Metrics that tasks of the project have, most used first; empty when that takes too long.
std::vector<std::string> metrics_of(const Desk&, const Principal&, Ordinal project);

}  // namespace podium::leaderboard
