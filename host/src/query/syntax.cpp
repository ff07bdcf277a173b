#include "query/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "query/cursor.hpp"

namespace podium::host::query {
namespace {

using Kind = Token::Kind;

/// Recursive descent over podium's grammar. Each node knows its height, so that no filter comes out
/// deeper than the vocabulary allows.
class Parser : Cursor {
 public:
  using Cursor::Cursor;

  Node run() {
    if (is(Kind::end)) return {};
    Tree tree = disjunction(0);
    if (!is(Kind::end)) {
      if (is(Kind::close)) refuse("the end of the text: this ')' closes nothing", peek());
      refuse("AND, OR or the end of the text", peek());
    }
    return std::move(tree.node);
  }

  OrderItem order() {
    OrderItem item;
    if (is(Kind::end)) refuse("a name to sort by", peek());
    item.name = name();
    if (!take("ASC")) item.descending = take("DESC");
    if (!is(Kind::end)) refuse("ASC, DESC or the end of the text", peek());
    return item;
  }

 private:
  struct Tree {
    Node node;
    int height = 1;
  };

  Tree disjunction(int depth) { return chain("OR", Node::Kind::or_, depth); }

  Tree operand(Node::Kind kind, int depth) {
    return kind == Node::Kind::or_ ? chain("AND", Node::Kind::and_, depth) : negation(depth);
  }

  /// Operands between keywords, in one node however many they are.
  Tree chain(std::string_view keyword, Node::Kind kind, int depth) {
    const Token& start = peek();
    Tree first = operand(kind, depth);
    if (!word(keyword)) return first;
    Tree tree;
    tree.node.kind = kind;
    tree.height = first.height;
    tree.node.children.push_back(std::move(first.node));
    while (take(keyword)) {
      Tree next = operand(kind, depth);
      tree.height = std::max(tree.height, next.height);
      tree.node.children.push_back(std::move(next.node));
    }
    raise(tree, start);
    return tree;
  }

  Tree negation(int depth) {
    const Token& start = peek();
    if (!take("NOT")) return primary(depth);
    deepen(depth, start);
    Tree tree;
    tree.node.kind = Node::Kind::not_;
    Tree inner = negation(depth + 1);
    tree.height = inner.height;
    tree.node.children.push_back(std::move(inner.node));
    raise(tree, start);
    return tree;
  }

  Tree primary(int depth) {
    const Token& start = peek();
    if (is(Kind::open)) {
      deepen(depth, start);
      ++at_;
      Tree inner = disjunction(depth + 1);
      close(start);
      return inner;
    }
    Tree tree;
    if (features_.bool_literals && !find_operator(1)) {
      if (take("TRUE")) return tree;
      if (take("FALSE")) {
        tree.node.kind = Node::Kind::none;
        return tree;
      }
    }
    if (word("ANY") && is(Kind::name, 1) && is(Kind::open, 2)) {
      deepen(depth, start);
      ++at_;
      tree.node.kind = Node::Kind::child;
      tree.node.comparison.name = name();
      const Token& open = peek();
      ++at_;
      Tree inner = disjunction(depth + 1);
      close(open);
      tree.height = inner.height;
      tree.node.children.push_back(std::move(inner.node));
      raise(tree, start);
      return tree;
    }
    predicate(tree.node);
    if (tree.node.kind == Node::Kind::and_) tree.height = 3;  // IS NAN
    return tree;
  }

  bool find_operator(std::size_t ahead) {
    at_ += ahead;
    const bool found = Cursor::find_operator().tokens != 0;
    at_ -= ahead;
    return found;
  }

  void predicate(Node& node) {
    node.kind = Node::Kind::comparison;
    if (!is(Kind::name) || is_reserved(source(peek()))) {
      if (is(Kind::end) && at_ > 0)
        refuse(fmt::format("a comparison after '{}'", excerpt(source(tokens_[at_ - 1]))), peek());
      refuse("a name, NOT or '('", peek());
    }
    node.comparison.name = name();
    if (features_.is_null && word("IS") && (word("NAN", 1) || (word("NOT", 1) && word("NAN", 2))))
      return is_nan(node);
    const auto found = Cursor::find_operator();
    if (found.op == Operator::other && found.tokens != 0)
      refuse("an operator (=, !=, <, <=, > or >=)", peek());
    if (found.tokens != 0) return tail(node, found);
    const bool ends = is(Kind::end) || is(Kind::close) || word("AND") || word("OR");
    if (!features_.bool_literals || !ends) {
      const std::string_view next = source(peek());
      std::string expected = fmt::format("an operator (=, <, IN, LIKE, IS NULL, ...) after '{}'",
                                         excerpt(node.comparison.name.source));
      if (next == "&&") expected = "AND";
      if (next == "||") expected = "OR";
      if (word("IS"))
        expected = "NULL, NAN, NOT NULL or NOT NAN after 'IS'", ++at_;
      else if (word("NOT"))
        expected = "IN, LIKE, ILIKE or MATCHES after 'NOT'", ++at_;
      refuse(expected, peek());
    }
    Literal yes;
    yes.boolean = true;
    yes.position = node.comparison.name.position;
    node.values.push_back(std::move(yes));
  }

  /// NaN is at most nothing. IS NOT NAN: it is a number; IS NAN: it is there and is none.
  void is_nan(Node& node) {
    const Token& first = peek();
    const bool negated = word("NOT", 1);
    at_ += negated ? 3 : 2;
    Node number;
    number.kind = Node::Kind::number;
    number.comparison.name = node.comparison.name;
    number.comparison.op = Operator::le;
    number.comparison.operator_source = since(first);
    Literal infinity;
    infinity.number = std::numeric_limits<double>::infinity();
    infinity.source = number.comparison.operator_source;
    infinity.position = first.position;
    number.values.push_back(std::move(infinity));
    if (negated) {
      node = std::move(number);
      return;
    }
    Node none;
    none.kind = Node::Kind::not_;
    none.children.push_back(std::move(number));
    node.comparison.op = Operator::is_not_null;
    node.comparison.operator_source = since(first);
    Node both;
    both.kind = Node::Kind::and_;
    both.children.push_back(std::move(none));
    both.children.push_back(std::move(node));
    node = std::move(both);
  }

  void close(const Token& open) {
    if (!is(Kind::close))
      refuse(fmt::format("AND, OR or ')' for the '(' at {}", open.position), peek());
    ++at_;
  }

  /// Bounds the recursion.
  void deepen(int depth, const Token& at) const {
    if (depth >= features_.depth) too_deep(at);
  }
  /// Bounds the height of the filter.
  void raise(Tree& tree, const Token& at) const {
    if (++tree.height > features_.depth) too_deep(at);
  }
  [[noreturn]] void too_deep(const Token& at) const {
    Refusal r;
    r.sentence = fmt::format("the query is nested deeper than {} levels", features_.depth);
    r.position = at.position;
    Cursor::refuse(std::move(r));
  }
};

}  // namespace

Node syntax_of(std::string_view text, const Vocabulary& vocabulary,
               std::span<const QueryLanguage::Binding> bindings) {
  if (vocabulary.features().or_not_parentheses) return Parser(text, vocabulary, bindings).run();
  return conjunction_of(text, vocabulary, bindings);
}

OrderItem order_item_of(std::string_view text, const Vocabulary& vocabulary) {
  if (vocabulary.features().or_not_parentheses) return Parser(text, vocabulary, {}).order();
  return conjunction_order_of(text, vocabulary);
}

}  // namespace podium::host::query
