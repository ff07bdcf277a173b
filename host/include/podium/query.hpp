#pragma once
// The one query language. Text becomes a filter tree with the help of a vocabulary: the names,
// aliases, operators and values that an entity allows, and the wording of its refusals. Grammar:
// docs/query.ebnf.
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

/// What a vocabulary's grammar allows beyond one comparison. `conjunction()` is MLflow's: cmp AND
/// cmp.
struct QueryFeatures {
  bool or_not_parentheses =
      true;  ///< OR, NOT, ( ); off: what is no comparison is refused as strays
  bool numbers_in_lists = true;
  bool matches = true;  ///< MATCHES (also spelled RLIKE)
  bool is_null = true;
  bool bool_literals = true;  ///< true, false; a bare identifier asks for true: `not archived`
  bool double_quoted_keys = false;  ///< "a b" and 'a b' after a prefix's dot are keys, as in MLflow
  bool tag_sets = true;             ///< tags any ('a', null), tags all (...), tags not (...)
  bool doubled_quotes = true;  ///< '' in a text and `` in a key stand for one; off: stay as written
  bool punctuation_in_keys =
      true;  ///< params.Args/lr unquoted; off: letters, digits, _ $ # and dots
  /// The vocabulary judges what stands beside a name: bare words, nulls, empty and mixed lists and
  /// unknown operators (`Operator::other`) are handed to it as they are written.
  bool as_written = false;
  int depth = 64;  ///< of nesting

  /// The dialect of MLflow's clients.
  static constexpr QueryFeatures conjunction() {
    QueryFeatures f;
    f.or_not_parentheses = f.bool_literals = f.tag_sets = false;
    f.doubled_quotes = f.punctuation_in_keys = false;
    f.double_quoted_keys = f.as_written = true;
    return f;
  }
};

/// A name as written: `prefix.key`, split on the first dot outside quotes; without a dot the prefix
/// is empty. `quoted` when the key was in quotes: then it is taken as it is, and an unquoted
/// `.suffix` may follow. `scope` is what stood in back-ticks after an '@', or after the '@' of a
/// quoted key; the '@' of an unquoted key is left in it.
struct Identifier {
  std::string_view prefix;
  std::string key;
  std::string_view suffix;
  std::string scope;
  bool quoted = false;
  std::size_t position = 0;  ///< byte offset in the text
  std::string_view source;   ///< as written
};

enum class Operator : std::uint8_t {
  eq = 1,
  ne,
  lt,
  le,
  gt,
  ge,
  in,
  not_in,
  like,
  not_like,
  ilike,
  not_ilike,
  matches,
  not_matches,
  is_null,
  is_not_null,
  tags_any,
  tags_all,
  tags_not,  ///< the identifier is the map, literals are words or null
  other,     ///< none of these; see `Comparison::operator_source`. Only with
             ///< `QueryFeatures::as_written`
};
/// As written in the language, e.g. "NOT IN".
constexpr std::string_view spelling(Operator op) {
  constexpr std::string_view names[] = {
      "",         "=",           "!=",        "<",       "<=",
      ">",        ">=",          "IN",        "NOT IN",  "LIKE",
      "NOT LIKE", "ILIKE",       "NOT ILIKE", "MATCHES", "NOT MATCHES",
      "IS NULL",  "IS NOT NULL", "ANY",       "ALL",     "NOT",
      ""};
  return names[static_cast<std::size_t>(op)];
}

/// A literal. `text` is set for quoted strings, `number` for numbers, `boolean` for true/false; all
/// empty is null, or a bare word.
struct Literal {
  std::optional<std::string> text;
  std::optional<double> number;
  std::optional<std::int64_t> integer;  ///< when the number is a whole one within int64
  std::optional<bool> boolean;
  bool bare = false;        ///< a word without quotes; only with `QueryFeatures::as_written`
  std::string_view source;  ///< as written, quotes included
  std::size_t position = 0;
};

/// One comparison. A name alone (`archived`) is one with true, with an empty source.
struct Comparison {
  Identifier name;
  Operator op = Operator::eq;
  std::string_view operator_source;  ///< as written
  std::span<const Literal> values;
  std::string_view value_source;  ///< as written; a list with its parentheses
};

/// A text that the grammar refuses, for a vocabulary that has its own words for it.
struct Refusal {
  enum class Flaw : std::uint8_t {
    syntax = 1,  ///< none of the others
    strays,      ///< pieces that are no comparison (without `or_not_parentheses`): all, in `pieces`
    left,        ///< what stands left of an operator is no name: `pieces[0]`
    several,     ///< a second statement after a ';'
    order,       ///< an order item that is not `name [ASC|DESC]`
    direction,   ///< an order item whose second word is neither ASC nor DESC
  };
  Flaw flaw = Flaw::syntax;
  std::string sentence;                  ///< the parser's own: what was expected and what was found
  std::vector<std::string_view> pieces;  ///< of the text
  std::size_t position = 0;
  std::string_view text;  ///< the whole
};

/// What an entity's queries may say. The host's parser knows the grammar only; each comparison and
/// each order key it meets is handed to the vocabulary, which makes a filter of it or refuses.
/// Implementations are immutable and thread-safe.
class Vocabulary {
 public:
  virtual ~Vocabulary() = default;
  virtual QueryFeatures features() const { return {}; }
  /// One comparison. Called after the whole text was found to be well-formed, from left to right.
  /// Throws Error `invalid`, `at(position)`.
  virtual Filter comparison(const Comparison&) const = 0;
  /// One order key.
  virtual OrderKey order(const Identifier&, bool descending) const = 0;
  /// The vocabulary of the records that `any NAME (...)` asks for; throws Error `invalid` when
  /// there are none.
  virtual const Vocabulary& child(const Identifier& name) const {
    throw Error(ErrorCode::invalid,
                "'" + std::string(name.source) + "' has no records to ask for with ANY")
        .at(static_cast<std::int64_t>(name.position));
  }
  /// Some record of the child satisfies `inner`, which its vocabulary made.
  virtual Filter any_of_child(const Identifier& name, Filter inner) const {
    (void)inner;
    child(name);
    return none();
  }
  /// Names that may stand where an identifier does, for "did you mean".
  virtual std::vector<std::string> names() const = 0;
  /// Words a syntax error.
  virtual Error refuse(const Refusal& r) const {
    return Error(ErrorCode::invalid, r.sentence).at(static_cast<std::int64_t>(r.position));
  }
};

/// The parser, as the host hands it out. Thread-safe.
class QueryLanguage {
 public:
  virtual ~QueryLanguage() = default;
  /// An empty or blank text is `all`. Throws Error `invalid` with the position and, where a name is
  /// unknown, the nearest one.
  virtual Filter parse(std::string_view text, const Vocabulary&) const = 0;
  /// One order item: `name [ASC|DESC]`.
  virtual OrderKey parse_order(std::string_view item, const Vocabulary&) const = 0;
  /// A literal bound by name, `:name` in the text.
  struct Binding {
    std::string name;
    Literal value;
  };
  virtual Filter parse(std::string_view text, const Vocabulary&,
                       std::span<const Binding>) const = 0;
};

}  // namespace podium
