#pragma once
// Definitions as JSON: as people write them (what is left out is filled in), and in full.
#include <string>

#include "definition.hpp"
#include "podium/json.hpp"

namespace podium {
class Members;
}

namespace podium::leaderboard {

/// Reads a definition and refuses one that contradicts itself; names the member. `path` is its own
/// ("definition"). Names in queries are not looked at here.
Definition read_definition(const Json&, const std::string& path);
/// All members that matter to its kind, in full: `read_definition` of it gives the same.
Json json_of(const Definition&);

}  // namespace podium::leaderboard
