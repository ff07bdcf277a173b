#include "query/cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::host::query {
namespace {

constexpr std::size_t longest_excerpt = 60;

}  // namespace

std::string excerpt(std::string_view text) {
  if (text.size() <= longest_excerpt) return std::string(text);
  std::size_t end = longest_excerpt;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

Cursor::Cursor(std::string_view text, const Vocabulary& vocabulary,
               std::span<const QueryLanguage::Binding> bindings)
    : text_(text), vocabulary_(vocabulary), features_(vocabulary.features()), bindings_(bindings) {
  if (text.size() > longest_text) {
    Refusal r;
    r.sentence =
        fmt::format("the query has {} bytes; at most {} are taken", text.size(), longest_text);
    r.position = longest_text;
    refuse(std::move(r));
  }
  if (!kit::valid_text(text)) {
    Refusal r;
    r.sentence = "the query is not valid UTF-8 without U+0000";
    refuse(std::move(r));
  }
  tokens_ = tokens_of(text, features_);
}

bool Cursor::take(std::string_view keyword) {
  if (!word(keyword)) return false;
  ++at_;
  return true;
}

std::string_view Cursor::since(const Token& from) const {
  if (at_ == 0) return {};
  const Token& last = tokens_[at_ - 1];
  return text_.substr(from.position, last.position + last.size - from.position);
}

std::string Cursor::found(const Token& t) const {
  if (t.kind == Token::Kind::end) return "the text ended";
  const std::string_view s = source(t);
  if (t.kind == Token::Kind::text) return "found " + excerpt(s);
  if (s == "'" || s == "\"" || s == "`")
    return fmt::format("found a quote {} that is not closed", s);
  return fmt::format("found '{}'", excerpt(s));
}

void Cursor::refuse(Refusal r) const {
  r.text = text_;
  throw vocabulary_.refuse(r);
}

void Cursor::refuse(const std::string& expected, const Token& t) const {
  Refusal r;
  r.sentence = fmt::format("expected {}, {}", expected, found(t));
  r.position = t.position;
  r.pieces = {source(t)};
  refuse(std::move(r));
}

Cursor::Found Cursor::find_operator() const {
  if (is(Token::Kind::op)) {
    const std::string_view s = source(peek());
    static constexpr std::pair<std::string_view, Operator> known[] = {
        {"=", Operator::eq},  {"!=", Operator::ne}, {"<", Operator::lt},
        {"<=", Operator::le}, {">", Operator::gt},  {">=", Operator::ge}};
    for (const auto& [spelled, op] : known)
      if (s == spelled) return {op, 1, false, true};
    if (!features_.as_written && s == "==") return {Operator::eq, 1, false, true};
    if (!features_.as_written && s == "<>") return {Operator::ne, 1, false, true};
    return {Operator::other, 1, false, true};
  }
  const std::size_t n = word("NOT") ? 1 : 0;
  const auto op = [&](Operator plain, Operator negated, bool list) {
    return Found{n == 0 ? plain : negated, n + 1, list, true};
  };
  if (word("IN", n)) return op(Operator::in, Operator::not_in, true);
  if (word("LIKE", n)) return op(Operator::like, Operator::not_like, false);
  if (word("ILIKE", n)) return op(Operator::ilike, Operator::not_ilike, false);
  if (features_.matches && (word("MATCHES", n) || word("RLIKE", n)))
    return op(Operator::matches, Operator::not_matches, false);
  if (features_.tag_sets && n == 1 && is(Token::Kind::open, 1))
    return {Operator::tags_not, 1, true, true};
  if (n == 1) return {};
  if (features_.tag_sets && word("ANY") && is(Token::Kind::open, 1))
    return {Operator::tags_any, 1, true, true};
  if (features_.tag_sets && word("ALL") && is(Token::Kind::open, 1))
    return {Operator::tags_all, 1, true, true};
  if (features_.is_null && word("IS")) {
    if (word("NULL", 1)) return {Operator::is_null, 2, false, false};
    if (word("NOT", 1) && word("NULL", 2)) return {Operator::is_not_null, 3, false, false};
  }
  return {};
}

Identifier Cursor::name() {
  const Token& t = peek();
  if (t.kind != Token::Kind::name || is_reserved(source(t))) refuse("a name", t);
  auto id = identifier_of(source(t), t.position, features_);
  if (!id) {
    Refusal r;
    r.sentence = fmt::format(
        "'{}' is no name; write a key that needs quotes in back-ticks as a whole, as in "
        "metrics.`a key`",
        excerpt(source(t)));
    r.position = t.position;
    r.pieces = {source(t)};
    refuse(std::move(r));
  }
  ++at_;
  return std::move(*id);
}

Literal Cursor::literal(std::string_view after) {
  const Token& t = peek();
  Literal l;
  l.source = source(t);
  l.position = t.position;
  const auto expected = [&] {
    return after.empty() ? std::string("a value") : fmt::format("a value after {}", after);
  };
  switch (t.kind) {
    case Token::Kind::text:
      l.text = text_of(l.source, features_);
      break;
    case Token::Kind::number:
      if (!read_number(l.source, l)) {
        Refusal r;
        r.sentence = fmt::format("the number {} is too large", excerpt(l.source));
        r.position = t.position;
        r.pieces = {l.source};
        refuse(std::move(r));
      }
      break;
    case Token::Kind::bound: {
      const std::string_view asked = l.source.substr(1);
      const auto it = std::find_if(bindings_.begin(), bindings_.end(),
                                   [&](const auto& b) { return b.name == asked; });
      if (it == bindings_.end()) {
        std::vector<std::string> names;
        for (const auto& b : bindings_) names.push_back(b.name);
        const std::string near = kit::nearest(asked, names);
        Refusal r;
        r.sentence = fmt::format("no value is given for ':{}'{}", excerpt(asked),
                                 near.empty() ? "" : fmt::format("; did you mean ':{}'?", near));
        r.position = t.position;
        r.pieces = {l.source};
        refuse(std::move(r));
      }
      Literal bound = it->value;
      bound.source = l.source;
      bound.position = t.position;
      if (bound.text && !kit::valid_text(*bound.text)) {
        Refusal r;
        r.sentence =
            fmt::format("the value of ':{}' is not valid UTF-8 without U+0000", excerpt(asked));
        r.position = t.position;
        r.pieces = {l.source};
        refuse(std::move(r));
      }
      l = std::move(bound);
      break;
    }
    case Token::Kind::name: {
      if (features_.as_written) {
        l.bare = !is_keyword(l.source, "NULL");
        break;
      }
      if (is_keyword(l.source, "NULL")) break;
      if (features_.bool_literals && is_keyword(l.source, "TRUE")) {
        l.boolean = true;
        break;
      }
      if (features_.bool_literals && is_keyword(l.source, "FALSE")) {
        l.boolean = false;
        break;
      }
      if (const auto special = special_number(l.source)) {
        l.number = special;
        break;
      }
      Refusal r;
      r.sentence =
          fmt::format("expected {}, {}; a text is written in quotes", expected(), found(t));
      r.position = t.position;
      r.pieces = {l.source};
      refuse(std::move(r));
    }
    default:
      if (t.kind == Token::Kind::bad && l.source.size() > 1)
        refuse(expected() + " (a text is written in quotes)", t);
      refuse(expected(), t);
  }
  ++at_;
  return l;
}

void Cursor::tail(Node& node, const Found& f) {
  const Token& first = peek();
  at_ += f.tokens;
  node.comparison.op = f.op;
  node.comparison.operator_source = since(first);
  if (!f.value) return;
  const Token& value = peek();
  const std::string after = fmt::format("'{}'", node.comparison.operator_source);
  if (!f.list) {
    node.values.push_back(literal(after));
  } else {
    if (!is(Token::Kind::open))
      refuse(fmt::format("a list in parentheses after {}", after), peek());
    ++at_;
    if (!(features_.as_written && is(Token::Kind::close))) {
      while (true) {
        node.values.push_back(literal(node.values.empty() ? "'('" : "','"));
        if (!features_.numbers_in_lists && node.values.back().number) refuse("a text", value);
        if (!is(Token::Kind::comma)) break;
        ++at_;
        if (features_.as_written && is(Token::Kind::close)) break;  // ('a',)
      }
    }
    if (!is(Token::Kind::close)) refuse("',' or ')' in a list", peek());
    ++at_;
  }
  node.comparison.value_source = since(value);
}

}  // namespace podium::host::query
