#include "query/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
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
  struct Tree { Node node; int height = 1; };

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
      if (word("IS")) expected = "NULL or NOT NULL after 'IS'", ++at_;
      else if (word("NOT")) expected = "IN, LIKE, ILIKE or MATCHES after 'NOT'", ++at_;
      refuse(expected, peek());
    }
    Literal yes;
    yes.boolean = true;
    yes.position = node.comparison.name.position;
    node.values.push_back(std::move(yes));
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

/// The dialect of MLflow's clients: comparisons and ANDs, in any sequence. Everything else is collected
/// and refused as a whole, in the pieces that its users know from there.
class Conjunction : Cursor {
 public:
  using Cursor::Cursor;

  Node run() {
    Node all;
    while (!is(Kind::end)) {
      const Token& start = peek();
      if (take("AND")) continue;
      if (is(Kind::semicolon) && !is(Kind::end, 1)) {
        Refusal r;
        r.flaw = Refusal::Flaw::several;
        r.sentence = "expected one statement, found a second one after ';'";
        r.position = start.position;
        Cursor::refuse(std::move(r));
      }
      if (is(Kind::open)) { group(); continue; }
      if (!comparison(all)) stray();
    }
    if (!strays_.empty()) {
      Refusal r;
      r.flaw = Refusal::Flaw::strays;
      r.sentence = "expected comparisons that are joined by AND, found";
      for (std::size_t i = 0; i < strays_.size() && i < 10; ++i)
        r.sentence += fmt::format("{} '{}'", i == 0 ? "" : ",", excerpt(strays_[i]));
      r.position = static_cast<std::size_t>(strays_.front().data() - text_.data());
      r.pieces = std::move(strays_);
      Cursor::refuse(std::move(r));
    }
    if (left_) Cursor::refuse(std::move(*left_));
    all.kind = all.children.empty() ? Node::Kind::all : Node::Kind::and_;
    if (all.children.size() == 1) {
      Node only = std::move(all.children.front());
      return only;
    }
    return all;
  }

  OrderItem order() {
    OrderItem item;
    const bool one = is(Kind::name) && is(Kind::end, 1);
    const bool two = is(Kind::name) && is(Kind::name, 1) && is(Kind::end, 2);
    const bool blank_behind = !text_.empty() && is_blank(text_.back());
    const bool key = is(Kind::name) && !is_reserved(source(peek())) && !word("ASC") && !word("DESC");
    auto name_of = key ? identifier_of(source(peek()), peek().position, features_) : std::nullopt;
    Refusal r;
    r.position = peek().position;
    if ((!one && !two) || blank_behind || !name_of) {
      r.flaw = Refusal::Flaw::order;
      r.sentence = fmt::format("expected a name and ASC or DESC, found '{}'", excerpt(text_));
      Cursor::refuse(std::move(r));
    }
    item.name = std::move(*name_of);
    item.descending = word("DESC", 1);
    if (two && !item.descending && !word("ASC", 1)) {
      r.flaw = Refusal::Flaw::direction;
      r.sentence = fmt::format("expected ASC or DESC, found '{}'", excerpt(source(peek(1))));
      r.position = peek(1).position;
      Cursor::refuse(std::move(r));
    }
    return item;
  }

 private:
  static bool is_value(Kind k) {
    return k == Kind::name || k == Kind::text || k == Kind::number || k == Kind::bound;
  }

  /// Parentheses that are no list, with what they hold, are one stray; without their end, one by one.
  void group() {
    const Token& start = peek();
    const std::size_t begin = at_;
    if (!none_closes_) {
      int open = 0;
      while (!is(Kind::end)) {
        open += is(Kind::open) ? 1 : is(Kind::close) ? -1 : 0;
        ++at_;
        if (open == 0) {
          strays_.push_back(since(start));
          return;
        }
      }
      none_closes_ = true;
      at_ = begin;
    }
    stray();
  }

  void stray() {
    const Token& start = peek();
    ++at_;
    // Two names side by side are one piece: to SQL the second is an alias.
    const auto is_name = [&](const Token& t) { return t.kind == Kind::name && !is_reserved(source(t)); };
    if (is_name(start) && is_name(peek()) && find_operator().tokens == 0) {
      ++at_;
      if (find_operator().tokens != 0) --at_;
    }
    strays_.push_back(since(start));
  }

  /// Whether what stands here is a comparison; it is added to `all`, or remembered as one without a name.
  bool comparison(Node& all) {
    if (!is_value(peek().kind) || (is(Kind::name) && is_reserved(source(peek())))) return false;
    const Token& start = peek();
    const std::size_t begin = at_;
    std::size_t operands = 1;
    ++at_;
    while (is(Kind::arithmetic) && is_value(peek(1).kind)) {
      at_ += 2;
      ++operands;
    }
    const auto found = find_operator();
    if (found.tokens == 0 || !well_formed(found)) {
      at_ = begin;
      return false;
    }
    auto id = operands == 1 && start.kind == Kind::name
                  ? identifier_of(source(start), start.position, features_)
                  : std::nullopt;
    if (!id) {
      // Only with a sign is it a comparison; a word operator behind no name makes pieces.
      if (!is(Kind::op)) {
        at_ = begin;
        return false;
      }
      if (!left_) {
        left_.emplace();
        left_->flaw = Refusal::Flaw::left;
        left_->pieces = {since(start)};
        left_->sentence = fmt::format("expected a name before the operator, found '{}'", excerpt(since(start)));
        left_->position = start.position;
      }
      at_ += found.tokens + 1;
      return true;
    }
    Node node;
    node.kind = Node::Kind::comparison;
    node.comparison.name = std::move(*id);
    tail(node, found);
    all.children.push_back(std::move(node));
    return true;
  }

  /// Whether a value of the right shape follows the operator.
  bool well_formed(const Found& f) const {
    if (!f.value) return true;
    const auto value_at = [&](std::size_t i) {
      const Token& t = peek(i);
      return is_value(t.kind) && !(t.kind == Kind::name && is_reserved(source(t)) &&
                                   !is_keyword(source(t), "NULL"));
    };
    std::size_t i = f.tokens;
    if (!f.list) return value_at(i);
    if (!is(Kind::open, i++)) return false;
    while (!is(Kind::close, i)) {
      if (!value_at(i++)) return false;
      if (is(Kind::comma, i)) ++i;
      else if (!is(Kind::close, i)) return false;
    }
    return true;
  }

  std::vector<std::string_view> strays_;
  std::optional<Refusal> left_;
  bool none_closes_ = false;
};

}  // namespace

Node syntax_of(std::string_view text, const Vocabulary& vocabulary,
               std::span<const QueryLanguage::Binding> bindings) {
  if (vocabulary.features().or_not_parentheses) return Parser(text, vocabulary, bindings).run();
  return Conjunction(text, vocabulary, bindings).run();
}

OrderItem order_item_of(std::string_view text, const Vocabulary& vocabulary) {
  if (vocabulary.features().or_not_parentheses) return Parser(text, vocabulary, {}).order();
  return Conjunction(text, vocabulary, {}).order();
}

}  // namespace podium::host::query
