#pragma once
// Answers and problems as text, as `podium` and the kernel show them.
#include <string>
#include <string_view>
#include <vector>

#include "podium/front_kit/draw.hpp"
#include "podium/front_kit/json.hpp"

namespace podium::front {

/// An answer of any kind. `most_rows` of a table, and then how many there are; 0: all of them, and
/// nothing is said.
std::string text_of(const Json& answer, const DrawOptions&, std::size_t most_rows = 0);

/// A problem with a caret under its place and what was perhaps meant, line by line. `program`
/// stands before a corrected command: "podium " where it is typed into a shell.
std::vector<std::string> problem_lines(const Json& problem, std::string_view program = {});

}  // namespace podium::front
