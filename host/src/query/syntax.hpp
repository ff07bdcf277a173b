#pragma once
// The query language's grammar: tokens become a tree of comparisons that no vocabulary has judged
// yet.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/query.hpp"

namespace podium::host::query {

/// One node of a well-formed text. Views point into the text.
struct Node {
  enum class Kind : std::uint8_t { all, none, and_, or_, not_, comparison, child, number };
  Kind kind = Kind::all;
  Comparison comparison;  ///< of comparison; of number: "at most infinity"; of child its `name`
  std::vector<Literal> values;  ///< what `comparison.values` will view
  std::vector<Node> children;   ///< of and_, or_ at least two, of not_ and child one
};

/// Throws what `Vocabulary::refuse` makes of a text that is not well-formed.
Node syntax_of(std::string_view text, const Vocabulary&, std::span<const QueryLanguage::Binding>);

struct OrderItem {
  Identifier name;
  bool descending = false;
};
OrderItem order_item_of(std::string_view text, const Vocabulary&);

}  // namespace podium::host::query
