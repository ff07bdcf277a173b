#pragma once
// What could stand where somebody types: the host's suggestions, and the front end's own words.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/front_kit/json.hpp"

namespace podium::front {

/// A command that the front end answers itself.
struct OwnWord {
  const char* text;
  const char* note;  ///< how it is used, for help
};

struct Completion {
  struct Match {
    std::string text, kind, note;
  };
  std::size_t begin = 0, end = 0;  ///< bytes of the line that a match replaces
  std::vector<Match> matches;
};

/// `answer` is that of POST /api/v1/commands/complete, null when nobody answered: the own words are
/// known all the same.
Completion completion_of(const Json& answer, std::string_view line, std::size_t cursor,
                         std::span<const OwnWord> own);

/// What of all matches is the same, where that is more than what was typed: that is safe to put
/// there. Else "".
std::string common_beginning(const Completion&, std::string_view line);

}  // namespace podium::front
