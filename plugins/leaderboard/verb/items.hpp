#pragma once
// Lists of names with words behind them: `by acc max, loss min`.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/extension/verb.hpp"

namespace podium::leaderboard {

struct Item {
  CommandWord name;
  std::vector<CommandWord> words;  ///< that say more of it, in lower case
};

/// The words of a list clause, `line` being the command. One that is among `known`, is not quoted
/// and does not stand behind a comma says more of the name before it.
std::vector<Item> items_of(std::string_view line, std::span<const CommandWord> list,
                           std::span<const std::string_view> known);

/// A word as it can stand in a line: in quotes where it must be, which is also where it is one of
/// `keywords`.
std::string as_word(std::string_view text, std::span<const std::string> keywords);

}  // namespace podium::leaderboard
