#pragma once
// Texts as every engine must read them: validity, the number a text spells, folding, patterns.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "podium/store/filter.hpp"

namespace podium::kit {

/// Valid UTF-8 without U+0000 (and without surrogates and over-long forms).
bool valid_text(std::string_view) noexcept;

/// The number that a text spells as a finite decimal: [+-]digits[.digits][e[+-]digits], nothing
/// around it, finite as a double (`E` as well as `e`; what is too small for a double is 0, and "-0"
/// is 0). "0.1" and "1e-1" are the same; "nan", "inf", "0x1", ".5", "5.", "1e999", "" and " 1" are
/// none.
std::optional<double> number_of(std::string_view) noexcept;

/// The first `n` code points of valid UTF-8 (all of it when it is shorter).
std::string_view first_code_points(std::string_view, std::size_t n) noexcept;
std::size_t count_code_points(std::string_view) noexcept;

/// Unicode case folding (utf8proc's CASEFOLD without compatibility mappings).
std::string fold(std::string_view);

/// A compiled pattern of like, ilike or matches. Linear time in the text. Thread-safe. ilike is
/// like over the folded pattern and the folded text (so `_` is one code point of the folded text).
class Pattern {
 public:
  /// Throws Error `invalid` for a regular expression that RE2 refuses, with its reason.
  Pattern(Filter::Op op, std::string_view pattern);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  bool matches(std::string_view text) const;
  /// What every match of a LIKE starts with exactly ("" when unknown): bounds an index range.
  const std::string& prefix() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::kit
