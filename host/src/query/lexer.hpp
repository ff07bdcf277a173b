#pragma once
// The query language's words: a text becomes tokens in one pass.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "podium/query.hpp"

namespace podium::host::query {

struct Token {
  enum class Kind : std::uint8_t {
    end,
    name,  ///< a word with its quoted parts, `metrics.acc`; keywords too
    text,  ///< in single or double quotes
    number,
    bound,  ///< :name
    op,     ///< a run of < > = !
    open,
    close,
    comma,
    semicolon,
    arithmetic,  ///< + - * / %, only where keys hold no punctuation
    comment,     ///< only where keys hold no punctuation
    bad,  ///< a quote that is not closed, a malformed number, a character that nothing starts with
  };
  Kind kind = Kind::end;
  std::uint32_t position = 0, size = 0;
};

inline constexpr std::size_t longest_text = std::size_t{1} << 20;

/// Ends with one `end` token. The text is at most `longest_text` long.
std::vector<Token> tokens_of(std::string_view text, const QueryFeatures&);

/// Whether a word is a keyword, in any case. `keyword` is upper case.
bool is_keyword(std::string_view word, std::string_view keyword) noexcept;
/// The words that are no names where a name begins.
bool is_reserved(std::string_view word) noexcept;
bool is_blank(char) noexcept;
/// Whether a text can stand for a name, a key or a scope without quotes.
bool is_bare_word(std::string_view) noexcept;

/// The parts of a name token. Empty when they do not fit together.
std::optional<Identifier> identifier_of(std::string_view source, std::size_t position,
                                        const QueryFeatures&);
/// The content of a text token.
std::string text_of(std::string_view source, const QueryFeatures&);
/// Sets number and integer; false when the number is not finite as a double.
bool read_number(std::string_view source, Literal&);
/// inf, infinity, nan, with a sign, in any case.
std::optional<double> special_number(std::string_view word) noexcept;

}  // namespace podium::host::query
