#include <fmt/format.h>

#include <optional>
#include <utility>

#include "query/cursor.hpp"

namespace podium::host::query {
namespace {

using Kind = Token::Kind;

/// The dialect of MLflow's clients: comparisons and ANDs, in any sequence. Everything else is
/// collected and refused as a whole, in the pieces that its users know from there.
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
      if (is(Kind::open)) {
        group();
        continue;
      }
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
    const bool key =
        is(Kind::name) && !is_reserved(source(peek())) && !word("ASC") && !word("DESC");
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

  /// Parentheses that are no list, with what they hold, are one stray; without their end, one by
  /// one.
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
    const auto is_name = [&](const Token& t) {
      return t.kind == Kind::name && !is_reserved(source(t));
    };
    if (is_name(start) && is_name(peek()) && find_operator().tokens == 0) {
      ++at_;
      if (find_operator().tokens != 0) --at_;
    }
    strays_.push_back(since(start));
  }

  /// Whether what stands here is a comparison; it is added to `all`, or remembered as one without a
  /// name.
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
    auto id = operands == 1 && start.kind == Kind::name
                  ? identifier_of(source(start), start.position, features_)
                  : std::nullopt;
    // Only a sign or LIKE makes a comparison of what has no name.
    const bool compares = found.tokens != 0 && (id || (found.value && !found.list));
    if (!compares || !well_formed(found)) {
      if (operands > 1) {
        strays_.push_back(since(start));  // as a whole: a sum is one piece, and is looked at once
        return true;
      }
      at_ = begin;
      return false;
    }
    if (!id) {
      if (!left_) {
        left_.emplace();
        left_->flaw = Refusal::Flaw::left;
        left_->pieces = {since(start)};
        left_->sentence =
            fmt::format("expected a name before the operator, found '{}'", excerpt(since(start)));
        left_->position = start.position;
      }
      Node unused;
      tail(unused, found);
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
      return is_value(t.kind) &&
             !(t.kind == Kind::name && is_reserved(source(t)) && !is_keyword(source(t), "NULL"));
    };
    std::size_t i = f.tokens;
    if (!f.list) return value_at(i);
    if (!is(Kind::open, i++)) return false;
    while (!is(Kind::close, i)) {
      if (!value_at(i++)) return false;
      if (is(Kind::comma, i))
        ++i;
      else if (!is(Kind::close, i))
        return false;
    }
    return true;
  }

  std::vector<std::string_view> strays_;
  std::optional<Refusal> left_;
  bool none_closes_ = false;
};

}  // namespace

Node conjunction_of(std::string_view text, const Vocabulary& vocabulary,
                    std::span<const QueryLanguage::Binding> bindings) {
  return Conjunction(text, vocabulary, bindings).run();
}

OrderItem conjunction_order_of(std::string_view text, const Vocabulary& vocabulary) {
  return Conjunction(text, vocabulary, {}).order();
}

}  // namespace podium::host::query
