#pragma once
// Percent-decoding, once, and the query string.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podium::host {

/// Decodes %XX once. Nothing when an escape is malformed or the text holds NUL. `plus` reads '+' as
/// a blank, as query strings do.
std::optional<std::string> percent_decode(std::string_view text, bool plus = false);

/// The decoded parameters of a query string (without '?') in order of appearance. A part without
/// '=' has an empty value. Nothing when an escape is malformed or a NUL appears.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);

}  // namespace podium::host
