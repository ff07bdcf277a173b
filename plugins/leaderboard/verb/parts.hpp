#pragma once
// What the parts of the verb share.
#include <string>
#include <string_view>
#include <vector>

#include "board.hpp"
#include "podium/extension/verb.hpp"

namespace podium::leaderboard {

constexpr std::int64_t usual_rows = 100, most_rows = 1000;

/// `not_found` about a word, with the command as it was perhaps meant.
Error unknown(const VerbCall&, const CommandWord&, const std::string& sentence,
              const std::string& near, const std::string& near_as_word);
Answer with_notices(Answer, const std::vector<std::string>& notices);
/// What `limit` says, or as many as usual.
std::int64_t rows_of(const VerbCall&, std::int64_t usual, std::int64_t most);
bool all_digits(std::string_view text);

}  // namespace podium::leaderboard
