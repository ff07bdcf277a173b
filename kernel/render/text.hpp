#pragma once
// Answers as text for a terminal, as `podium` itself draws them.
#include <string>

#include "kernel/notebook.hpp"

namespace podium::kernel {

/// Of any kind; of a table up to `most` rows.
std::string text_of(const Json& answer, std::size_t most);
/// A problem with a caret under its place and what was perhaps meant, line by line.
std::vector<std::string> problem_lines(const Json& problem);

}  // namespace podium::kernel
