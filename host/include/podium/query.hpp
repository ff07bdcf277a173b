#pragma once
// The one query language. Text becomes a filter tree with the help of a vocabulary: the names, aliases,
// operators and values that an entity allows, and the wording of its refusals. Grammar: docs/query.ebnf.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "podium/error.hpp"
#include "podium/store/filter.hpp"

namespace podium {

/// What a vocabulary's grammar allows beyond one comparison. Everything off is MLflow's: cmp AND cmp.
struct QueryFeatures {
  bool or_not_parentheses = true;  ///< OR, NOT, ( )
  bool numbers_in_lists = true;
  bool matches = true;             ///< MATCHES (also spelled RLIKE)
  bool is_null = true;
  bool bool_literals = true;       ///< true, false; a bare identifier asks for true: `not archived`
  bool double_quoted_keys = false; ///< "a b" after a prefix's dot is a key, as in MLflow
  bool tag_sets = true;            ///< tags any ('a', null), tags all (...), tags not (...)
  int depth = 64;                  ///< of nesting
};

/// A name as written: `prefix.key`, split on the first dot outside quotes; without a dot the prefix is
/// empty. `quoted` when the key was in back-ticks or double quotes (then it is taken as it is).
struct Identifier {
  std::string_view prefix, key;
  bool quoted = false;
  std::size_t position = 0;  ///< byte offset in the text
};

enum class Operator : std::uint8_t {
  eq = 1, ne, lt, le, gt, ge, in, not_in, like, not_like, ilike, not_ilike, matches, not_matches,
  is_null, is_not_null,
  tags_any, tags_all, tags_not,  ///< the identifier is the map, literals are words or null
};
/// As written in the language, e.g. "NOT IN".
constexpr std::string_view spelling(Operator op) {
  constexpr std::string_view names[] = {
      "",      "=",         "!=",      "<",           "<=",      ">",       ">=",  "IN",  "NOT IN",
      "LIKE",  "NOT LIKE",  "ILIKE",   "NOT ILIKE",   "MATCHES", "NOT MATCHES",
      "IS NULL", "IS NOT NULL", "ANY", "ALL", "NOT"};
  return names[static_cast<std::size_t>(op)];
}

/// A literal as written. `text` is set for quoted strings, `number` for numbers (then `source` is how
/// it was spelled), `boolean` for true/false; all empty is null.
struct Literal {
  std::optional<std::string> text;
  std::optional<double> number;
  std::optional<std::int64_t> integer;  ///< when the number is a whole one within int64
  std::optional<bool> boolean;
  std::string_view source;
  std::size_t position = 0;
};

/// What an entity's queries may say. The host's parser knows the grammar only; each comparison and each
/// order key it meets is handed to the vocabulary, which makes a filter of it or refuses.
/// Implementations are immutable and thread-safe.
class Vocabulary {
 public:
  virtual ~Vocabulary() = default;
  virtual QueryFeatures features() const { return {}; }
  /// One comparison. Throws Error `invalid`, `at(position)`.
  virtual Filter comparison(const Identifier&, Operator, std::span<const Literal>) const = 0;
  /// One order key.
  virtual OrderKey order(const Identifier&, bool descending) const = 0;
  /// Names that may stand where an identifier does, for "did you mean".
  virtual std::vector<std::string> names() const = 0;
  /// Words a syntax error. `what` is the parser's sentence, `clause` the offending part of the text.
  virtual Error refuse(const std::string& what, std::string_view clause, std::size_t position) const {
    (void)clause;
    return Error(ErrorCode::invalid, what).at(static_cast<std::int64_t>(position));
  }
};

/// The parser, as the host hands it out. Thread-safe.
class QueryLanguage {
 public:
  virtual ~QueryLanguage() = default;
  /// An empty or blank text is `all`. Throws Error `invalid` with the position and, where a name is
  /// unknown, the nearest one.
  virtual Filter parse(std::string_view text, const Vocabulary&) const = 0;
  /// One order item: `identifier [ASC|DESC]`.
  virtual OrderKey parse_order(std::string_view item, const Vocabulary&) const = 0;
  /// A literal bound by name, `:name` in the text.
  struct Binding { std::string name; Literal value; };
  virtual Filter parse(std::string_view text, const Vocabulary&, std::span<const Binding>) const = 0;
};

}  // namespace podium
