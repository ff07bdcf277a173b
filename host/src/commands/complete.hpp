#pragma once
// What could stand where somebody types.
#include <string>
#include <string_view>
#include <vector>

#include "commands/commands.hpp"

namespace podium::host::commands {

struct Match {
  std::string text;  ///< as it stands in the line, in quotes where it must be
  std::string
      kind;  ///< verb, clause, keyword, project, task, result, field, param, tag, metric, ...
  std::string note = {};  ///< one line; podium's own words, never what runs logged
};
struct Matches {
  std::size_t begin = 0, end = 0;  ///< bytes of the line that a match replaces
  std::vector<Match> matches;      ///< the most likely first
};

/// `results` are the names that the front end gave to results. Answers within some 30 ms, however
/// many tasks there are.
Matches complete(const Parts&, const Commands&, const Principal&, std::string_view line,
                 std::size_t cursor, const std::vector<std::string>& results);
std::string to_json(const Matches&);

}  // namespace podium::host::commands
