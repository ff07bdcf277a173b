#pragma once
// Which words a plugin may add to the command language.
#include <string_view>

#include "podium/extension/verb.hpp"

namespace podium::host {

/// [a-z][a-z0-9-]*, not ending in '-'.
bool is_verb_word(std::string_view text) noexcept;
/// Whether a word belongs to the front ends: `podium serve`, `connect`, ...
bool is_front_end_word(std::string_view word) noexcept;
/// Whether `--name` is an option of the command line itself.
bool is_command_line_option(std::string_view name) noexcept;

/// Throws `invalid` naming the word when a verb's id or one of its clauses cannot be typed or is
/// taken.
void check_verb(const Verb&);

}  // namespace podium::host
