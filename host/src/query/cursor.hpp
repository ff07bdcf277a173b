#pragma once
// Walking over tokens: what both grammars, podium's and the conjunction of MLflow's clients, share.
#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/lexer.hpp"
#include "query/syntax.hpp"

namespace podium::host::query {

/// A reader of the tokens of one text. Throws what `Vocabulary::refuse` makes.
class Cursor {
 public:
  Cursor(std::string_view text, const Vocabulary&, std::span<const QueryLanguage::Binding>);

 protected:
  ~Cursor() = default;

  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  std::string_view source(const Token& t) const { return text_.substr(t.position, t.size); }
  bool is(Token::Kind kind, std::size_t ahead = 0) const { return peek(ahead).kind == kind; }
  bool word(std::string_view keyword, std::size_t ahead = 0) const {
    return is(Token::Kind::name, ahead) && is_keyword(source(peek(ahead)), keyword);
  }
  /// Moves behind a keyword that stands here.
  bool take(std::string_view keyword);
  /// From where `from` begins to where the token before this one ends.
  std::string_view since(const Token& from) const;

  /// The operator that begins at `at_`, or `eq` with size 0 tokens. Does not move.
  struct Found {
    Operator op = Operator::other;
    std::size_t tokens = 0;
    bool list = false, value = false;
  };
  Found find_operator() const;
  Identifier name();
  Literal literal(std::string_view after);
  /// Fills in the operator and the values that follow a name.
  void tail(Node& node, const Found&);

  [[noreturn]] void refuse(const std::string& expected, const Token& found) const;
  [[noreturn]] void refuse(Refusal) const;
  /// "found 'x'", or "the text ended".
  std::string found(const Token&) const;

  std::string_view text_;
  const Vocabulary& vocabulary_;
  const QueryFeatures features_;
  std::span<const QueryLanguage::Binding> bindings_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

/// The dialect of MLflow's clients, without OR, NOT and parentheses.
Node conjunction_of(std::string_view text, const Vocabulary&,
                    std::span<const QueryLanguage::Binding>);
OrderItem conjunction_order_of(std::string_view text, const Vocabulary&);

/// A text shortened to what fits in a sentence, cut between characters.
std::string excerpt(std::string_view);

}  // namespace podium::host::query
