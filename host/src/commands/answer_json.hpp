#pragma once
// Answers as JSON: stable, documented in docs/commands.md.
#include <string>
#include <string_view>
#include <vector>

#include "podium/command/answer.hpp"

namespace podium::host::commands {

/// One object: `verb`, `line`, `kind` and what the kind has, `members` as they are, `outcome`,
/// `notices`.
std::string to_json(const Answer&, std::string_view verb, std::string_view line,
                    std::string_view members = {});

/// How many characters of JSON a row takes.
std::size_t json_size(const std::vector<Value>& row);

/// Leaves out of an answer what does not fit into about `budget` characters of JSON, and marks it
/// as truncated. Rows go from the end, points so that first, last and extremes stay, long texts are
/// cut. What a verb has bounded itself already fits. 0 is no bound.
void fit(Answer&, std::size_t budget);

/// A curve as one line of block characters, `width` of them at most; "" without a finite point.
std::string sparkline(const std::vector<Point>&, std::size_t width);

}  // namespace podium::host::commands
