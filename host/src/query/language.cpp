#include "query/language.hpp"

#include <utility>

#include "query/syntax.hpp"

namespace podium::host {
namespace {

using query::Node;

/// Makes a filter of a tree, asking the vocabulary about its comparisons from left to right.
Filter lower(Node& node, const Vocabulary& vocabulary) {
  Filter f;
  switch (node.kind) {
    case Node::Kind::all:
      return f;
    case Node::Kind::none:
      return none();
    case Node::Kind::comparison:
      node.comparison.values = node.values;
      return vocabulary.comparison(node.comparison);
    case Node::Kind::number: {
      node.comparison.values = node.values;
      Filter found = vocabulary.comparison(node.comparison);
      // A text that spells no number is no NaN either.
      if (found.op != Filter::Op::compare || found.path.kind == Path::Kind::map)
        throw Error(ErrorCode::invalid, "'" + std::string(node.comparison.name.source) +
                                            "' is never NaN: ask so of a metric or a number")
            .at(static_cast<std::int64_t>(node.comparison.name.position));
      return found;
    }
    case Node::Kind::child: {
      const Vocabulary& child = vocabulary.child(node.comparison.name);
      return vocabulary.any_of_child(node.comparison.name, lower(node.children.front(), child));
    }
    case Node::Kind::and_:
      f.op = Filter::Op::and_;
      break;
    case Node::Kind::or_:
      f.op = Filter::Op::or_;
      break;
    case Node::Kind::not_:
      f.op = Filter::Op::not_;
      break;
  }
  f.children.reserve(node.children.size());
  for (Node& child : node.children) f.children.push_back(lower(child, vocabulary));
  return f;
}

class Language final : public QueryLanguage {
 public:
  Filter parse(std::string_view text, const Vocabulary& vocabulary) const override {
    return parse(text, vocabulary, {});
  }
  Filter parse(std::string_view text, const Vocabulary& vocabulary,
               std::span<const Binding> bindings) const override {
    Node node = query::syntax_of(text, vocabulary, bindings);
    return lower(node, vocabulary);
  }
  OrderKey parse_order(std::string_view item, const Vocabulary& vocabulary) const override {
    const query::OrderItem found = query::order_item_of(item, vocabulary);
    return vocabulary.order(found.name, found.descending);
  }
};

}  // namespace

std::unique_ptr<QueryLanguage> make_query_language() { return std::make_unique<Language>(); }

}  // namespace podium::host
