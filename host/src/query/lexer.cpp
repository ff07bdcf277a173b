#include "query/lexer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace podium::host::query {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_operator(char c) { return c == '<' || c == '>' || c == '=' || c == '!'; }

/// Characters of a word where keys may hold punctuation: all that the grammar has no use for.
bool is_free(char c) {
  return !is_blank(c) && !is_operator(c) && c != '(' && c != ')' && c != ',' && c != ';' &&
         c != '\'' && c != '"' && c != '`';
}
/// Characters of a word elsewhere. Every byte of a character beyond ASCII counts as a letter.
bool is_plain(char c) {
  return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'Z') || c == '_' || c == '$' || c == '#' ||
         c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  Lexer(std::string_view text, const QueryFeatures& features) : text_(text), features_(features) {}

  std::vector<Token> run() {
    while (true) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ == text_.size()) break;
      const std::size_t start = at_;
      const Token::Kind kind = next();
      tokens_.push_back(
          {kind, static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(at_ - start)});
    }
    tokens_.push_back({Token::Kind::end, static_cast<std::uint32_t>(text_.size()), 0});
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool in_word(char c) const { return features_.punctuation_in_keys ? is_free(c) : is_plain(c); }
  void skip_word() {
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
  }

  /// Where the quoted text that begins at `start` ends, behind its closing quote; 0 when it is not
  /// closed. Once no further quote of a kind was found, none is looked for again: the time stays
  /// linear.
  std::size_t end_of_quoted(std::size_t start) {
    const char quote = text_[start];
    bool& none_left = quote == '\'' ? no_single_ : quote == '"' ? no_double_ : no_back_tick_;
    if (none_left) return 0;
    std::size_t passed = 0;
    for (std::size_t i = start + 1; i < text_.size(); ++i) {
      const bool escaped = !features_.doubled_quotes && quote != '`' && text_[i] == '\\';
      if (text_[i] != quote && !escaped) continue;
      if (i + 1 < text_.size() && text_[i + 1] == quote) {
        passed = escaped ? i + 1 : i;
        ++i;
      } else if (!escaped) {
        return i + 1;
      }
    }
    none_left = true;
    // MLflow's clients know no doubled quotes; a pair is passed over as long as that leads to an
    // end.
    return features_.doubled_quotes || passed == 0 ? 0 : passed + 1;
  }

  bool number_may_begin() const {
    std::size_t i = peek() == '-' || peek() == '+' ? 1 : 0;
    if (i == 1 && !features_.punctuation_in_keys) {  // a-1 is no number behind a
      if (peek() == '+' ||
          (!tokens_.empty() && tokens_.back().kind != Token::Kind::op &&
           tokens_.back().kind != Token::Kind::open && tokens_.back().kind != Token::Kind::comma))
        return false;
    }
    return is_digit(peek(i)) || (peek(i) == '.' && is_digit(peek(i + 1)));
  }

  Token::Kind number() {
    const std::size_t start = at_;
    if (peek() == '-' || peek() == '+') ++at_;
    while (is_digit(peek())) ++at_;
    if (peek() == '.') ++at_;
    while (is_digit(peek())) ++at_;
    if (peek() == 'e' || peek() == 'E') {
      const std::size_t sign = peek(1) == '-' || peek(1) == '+' ? 2 : 1;
      if (is_digit(peek(sign))) {
        at_ += sign;
        while (is_digit(peek())) ++at_;
      }
    }
    const std::size_t end = at_;
    skip_word();
    if (at_ == end) return Token::Kind::number;
    if (features_.punctuation_in_keys) return Token::Kind::bad;  // 0x10, 7d
    at_ = start;  // a name may begin with digits there: 2x
    if (peek() == '-') {
      ++at_;
      return Token::Kind::arithmetic;
    }
    skip_word();
    return Token::Kind::name;
  }

  /// A word and the quoted parts that touch it.
  Token::Kind name() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool quoted_key = features_.double_quoted_keys && (c == '"' || c == '\'') && at_ > 0 &&
                              text_[at_ - 1] == '.';
      if (in_word(c)) {
        ++at_;
      } else if (c == '`' || quoted_key) {
        const std::size_t end = end_of_quoted(at_);
        if (end == 0) {
          if (at_ > start_) break;  // the word stands for itself, the quote is the next token
          ++at_;
          return Token::Kind::bad;
        }
        at_ = end;
      } else {
        break;
      }
    }
    return Token::Kind::name;
  }

  Token::Kind next() {
    const char c = text_[at_];
    start_ = at_;
    switch (c) {
      case '(':
        ++at_;
        return Token::Kind::open;
      case ')':
        ++at_;
        return Token::Kind::close;
      case ',':
        ++at_;
        return Token::Kind::comma;
      case ';':
        ++at_;
        return Token::Kind::semicolon;
      case '\'':
      case '"': {
        const std::size_t end = end_of_quoted(at_);
        at_ = end == 0 ? at_ + 1 : end;
        return end == 0 ? Token::Kind::bad : Token::Kind::text;
      }
      case ':':
        ++at_;
        skip_word();
        return at_ == start_ + 1 ? Token::Kind::bad : Token::Kind::bound;
      default:
        break;
    }
    if (is_operator(c)) {
      while (is_operator(peek())) ++at_;
      return Token::Kind::op;
    }
    if (!features_.punctuation_in_keys && c == '-' && peek(1) == '-') {
      while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      return Token::Kind::comment;
    }
    if (!features_.punctuation_in_keys && c == '/' && peek(1) == '*' && !no_comment_end_) {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end != std::string_view::npos) {
        at_ = end + 2;
        return Token::Kind::comment;
      }
      no_comment_end_ = true;
    }
    if (number_may_begin()) return number();
    if (c == '`' || in_word(c)) return name();
    ++at_;
    return c == '+' || c == '-' || c == '*' || c == '/' || c == '%' ? Token::Kind::arithmetic
                                                                    : Token::Kind::bad;
  }

  std::string_view text_;
  const QueryFeatures& features_;
  std::size_t at_ = 0, start_ = 0;
  bool no_single_ = false, no_double_ = false, no_back_tick_ = false, no_comment_end_ = false;
  std::vector<Token> tokens_;
};

/// Where a quoted part that begins at `at` ends. Within a token every quote of the kind is closed.
std::size_t end_of_part(std::string_view source, std::size_t at) {
  const char quote = source[at];
  for (++at; at < source.size(); ++at) {
    if (source[at] != quote) continue;
    if (at + 1 >= source.size() || source[at + 1] != quote) return at + 1;
    ++at;
  }
  return source.size();
}

/// The content of what stands in quotes; doubled ones are one, if they are doubled.
std::string unquoted(std::string_view source, bool doubled) {
  const char quote = source.front();
  source = source.substr(1, source.size() - 2);
  if (!doubled) return std::string(source);
  std::string content;
  for (std::size_t i = 0; i < source.size(); ++i) {
    content += source[i];
    if (source[i] == quote) ++i;
  }
  return content;
}

/// The content of a quoted part that begins at `at`, which moves behind it.
std::string quoted_part(std::string_view source, std::size_t& at, bool doubled) {
  const std::size_t begin = at;
  at = end_of_part(source, at);
  return unquoted(source.substr(begin, at - begin), doubled);
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text, const QueryFeatures& features) {
  return Lexer(text, features).run();
}

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_keyword(std::string_view word, std::string_view keyword) noexcept {
  return word.size() == keyword.size() && std::equal(word.begin(), word.end(), keyword.begin(),
                                                     [](char a, char b) { return upper(a) == b; });
}

bool is_reserved(std::string_view word) noexcept {
  for (const std::string_view k :
       {"AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "MATCHES", "RLIKE", "IS", "NULL", "BETWEEN"})
    if (is_keyword(word, k)) return true;
  return false;
}

bool is_bare_word(std::string_view word) noexcept {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_free);
}

std::optional<Identifier> identifier_of(std::string_view source, std::size_t position,
                                        const QueryFeatures& features) {
  Identifier id;
  id.position = position;
  id.source = source;
  const bool doubled = features.doubled_quotes;
  const auto is_quote = [&](std::size_t i) {
    return i < source.size() && (source[i] == '`' || (features.double_quoted_keys &&
                                                      (source[i] == '"' || source[i] == '\'')));
  };
  std::size_t at = 0;
  if (is_quote(0)) {
    std::string first = quoted_part(source, at, doubled);
    if (at == source.size() || source[at] != '.') {
      if (first.empty()) return std::nullopt;
      id.key = std::move(first);
      id.quoted = true;
    } else {
      id.prefix = source.substr(1, at - 2);
      ++at;
    }
  } else {
    const std::size_t stop = source.find_first_of(".`");
    if (stop == std::string_view::npos) {
      id.key = source;
      return id;
    }
    if (source[stop] == '.') {
      id.prefix = source.substr(0, stop);
      at = stop + 1;
      if (id.prefix.empty()) return std::nullopt;
    }
  }
  if (!id.quoted) {
    if (is_quote(at)) {
      id.key = quoted_part(source, at, doubled);
      id.quoted = true;
      if (id.key.empty()) return std::nullopt;
    } else {
      const std::size_t tick = source.find('`', at);
      if (tick == std::string_view::npos) {
        id.key = source.substr(at);
        if (id.key.empty()) return std::nullopt;
        return id;
      }
      // Only a scope can be quoted behind a key that is not.
      if (tick <= at + 1 || source[tick - 1] != '@') return std::nullopt;
      id.key = source.substr(at, tick - 1 - at);
      at = tick - 1;
    }
  }
  if (at < source.size() && source[at] == '.') {
    const std::size_t stop = std::min(source.find_first_of("@`", at), source.size());
    id.suffix = source.substr(at + 1, stop - at - 1);
    if (id.suffix.empty()) return std::nullopt;
    at = stop;
  }
  if (at < source.size() && source[at] == '@') {
    ++at;
    if (at < source.size() && source[at] == '`') {
      id.scope = quoted_part(source, at, doubled);
    } else {
      id.scope = source.substr(at);
      at = id.scope.find('`') == std::string::npos ? source.size() : at;
    }
    if (id.scope.empty()) return std::nullopt;
  }
  if (at != source.size()) return std::nullopt;
  return id;
}

std::string text_of(std::string_view source, const QueryFeatures& features) {
  return unquoted(source, features.doubled_quotes);
}

bool read_number(std::string_view source, Literal& literal) {
  std::string_view digits = source;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  const char* end = digits.data() + digits.size();
  double number = 0;
  const auto [stop, code] = std::from_chars(digits.data(), end, number);
  if (code == std::errc::result_out_of_range) {
    // Too small is zero; too large has no double.
    const std::size_t exponent = digits.find_first_of("eE");
    const bool small = exponent != std::string_view::npos
                           ? digits[exponent + 1] == '-'
                           : digits.find_first_not_of("-0") == digits.find('.');
    if (!small) return false;
    number = 0;
  } else if (code != std::errc() || stop != end) {
    return false;
  }
  literal.number = number;
  std::int64_t integer = 0;
  const auto whole = std::from_chars(digits.data(), end, integer);
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (whole.ec == std::errc() && whole.ptr == end)
    literal.integer = integer;
  else if (digits.find_first_of(".eE") != std::string_view::npos && std::trunc(number) == number &&
           number >= -limit && number < limit)
    literal.integer = static_cast<std::int64_t>(number);
  return true;
}

std::optional<double> special_number(std::string_view word) noexcept {
  const bool negative = !word.empty() && word.front() == '-';
  if (!word.empty() && (word.front() == '-' || word.front() == '+')) word.remove_prefix(1);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (is_keyword(word, "INF") || is_keyword(word, "INFINITY"))
    return negative ? -infinity : infinity;
  if (is_keyword(word, "NAN")) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

}  // namespace podium::host::query
