#pragma once
// Positions in texts: the notebook counts characters, podium bytes.
#include <string>
#include <string_view>

namespace podium::kernel {

/// The byte where a character begins; the end of the text for one behind it.
std::size_t byte_of(std::string_view text, std::size_t character);
/// How many characters begin before a byte.
std::size_t character_of(std::string_view text, std::size_t byte);

}  // namespace podium::kernel
