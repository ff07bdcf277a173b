#pragma once
// Texts as MLflow's server spells them: its messages quote values in Python's notation.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace podium::mlflow {

/// 'text', or "text" when it holds ' and no "; control characters escaped.
std::string repr(std::string_view text);
/// 1.0, 1e+16, nan, inf
std::string repr(double value);
/// ['a', 'b']
std::string repr(std::span<const std::string> list);
/// A JSON string with everything outside ASCII escaped.
std::string json_text(std::string_view text);
/// A whole number with optional sign, blanks around it and underscores between digits; arbitrary
/// length is refused beyond int64.
std::optional<std::int64_t> whole_number(std::string_view text);
/// A floating-point number as Python reads one: also inf, nan and their signs, blanks around it.
std::optional<double> real_number(std::string_view text);

/// Code points of valid UTF-8.
std::size_t code_points(std::string_view text);
/// The first `limit` code points.
std::string_view first_code_points(std::string_view text, std::size_t limit);
/// The next code point of valid UTF-8 at `i`, which moves behind it.
char32_t next_code_point(std::string_view text, std::size_t& i);

std::string lower_ascii(std::string_view text);
std::string_view trimmed(std::string_view text);

}  // namespace podium::mlflow
