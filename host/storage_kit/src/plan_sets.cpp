// Which index ranges serve which filters.
#include "plan_sets.hpp"

#include <algorithm>
#include <utility>

#include "plan_any.hpp"
#include "podium/storage_kit/declaration.hpp"
#include "podium/storage_kit/named_values.hpp"
#include "podium/storage_kit/text.hpp"

namespace podium::kit {
namespace {

using Piece = SetNode::Piece;
using Bound = IndexRange::Bound;

// More ranges than this cost more seeks than they save.
constexpr std::size_t max_pieces = 4096;

Piece piece(IndexRange base, int rank, std::optional<Bound> from, std::optional<Bound> to,
            bool check) {
  base.rank = rank;
  base.from = std::move(from);
  base.to = std::move(to);
  return {std::move(base), check};
}

Piece whole(IndexRange base, int rank, bool check) {
  return piece(std::move(base), rank, std::nullopt, std::nullopt, check);
}

// The ranges of a number's comparison in rank 0 of a map or series index.
void number_pieces(const IndexRange& base, Compare cmp, double v, std::vector<Piece>& out) {
  const auto add = [&](std::optional<Bound> from, std::optional<Bound> to) {
    out.push_back(piece(base, rank_number, std::move(from), std::move(to), false));
  };
  const Bound open{Value{v}, false}, closed{Value{v}, true};
  switch (cmp) {
    case Compare::eq:
      add(closed, closed);
      break;
    case Compare::ne:
      add(std::nullopt, open);
      add(open, std::nullopt);
      break;
    case Compare::lt:
      add(std::nullopt, open);
      break;
    case Compare::le:
      add(std::nullopt, closed);
      break;
    case Compare::gt:
      add(open, std::nullopt);
      break;
    case Compare::ge:
      add(closed, std::nullopt);
      break;
  }
}

// Where in a map index the entries with exactly this text are.
Piece text_piece(const IndexRange& base, const std::string& text) {
  if (const auto number = number_of(text)) {
    const Bound at{Value{*number}, true};
    return piece(base, rank_number, at, at, true);
  }
  const std::string_view start = first_code_points(text, indexed_code_points);
  const Bound at{Value{std::string(start)}, true};
  return piece(base, rank_text, at, at, count_code_points(text) >= indexed_code_points);
}

// Texts that start with `prefix`.
void prefix_pieces(const IndexRange& base, const std::string& prefix, std::vector<Piece>& out) {
  if (prefix.empty()) {
    out.push_back(whole(base, rank_number, true));
    out.push_back(whole(base, rank_text, true));
    return;
  }
  const std::string start(first_code_points(prefix, indexed_code_points));
  std::string behind = start;
  behind.back() = static_cast<char>(behind.back() + 1);  // UTF-8 has no byte 0xFF
  out.push_back(
      piece(base, rank_text, Bound{Value{start}, true}, Bound{Value{behind}, false}, true));
  if (std::string_view("+-.0123456789").find(prefix.front()) != std::string_view::npos)
    out.push_back(whole(base, rank_number, true));
}

}  // namespace

const std::vector<Ordinal>& SetBuilder::partitions(const Conjunction& c) {
  if (c.scope) return *c.scope;
  if (!all_partitions_) {
    if (engine_.declaration().partition.empty())
      all_partitions_ = std::vector<Ordinal>{0};
    else
      all_partitions_ = engine_.partitions();
  }
  return *all_partitions_;
}

// The pieces, once for each partition to look at.
std::optional<SetNode> SetBuilder::value_node(const Filter& f, const Conjunction& c,
                                              const std::vector<Piece>& pieces) {
  const auto& parts = partitions(c);
  if (parts.size() * pieces.size() > max_pieces) return std::nullopt;
  SetNode node;
  node.scoped = c.scope.has_value();
  for (const Ordinal part : parts)
    for (const Piece& p : pieces) {
      node.pieces.push_back(p);
      node.pieces.back().range.partition = part;
    }
  if (std::any_of(pieces.begin(), pieces.end(), [](const Piece& p) { return p.check; }))
    node.check = std::make_shared<const Evaluator>(f);
  return node;
}

std::optional<SetNode> SetBuilder::map_leaf(const Filter& f, const Conjunction& c) {
  if (!map_of(engine_.declaration(), f.path.name).indexed) return std::nullopt;
  IndexRange base;
  base.index = IndexRange::Index::map;
  base.name = f.path.name;
  base.key = f.path.key;
  std::vector<Piece> pieces;
  const auto everything = [&](bool check) {
    pieces.push_back(whole(base, check ? rank_number : IndexRange::any_rank, check));
    if (check) pieces.push_back(whole(base, rank_text, check));
  };
  bool absent = false;
  switch (f.op) {
    case Filter::Op::compare:
      if (const auto* text = std::get_if<std::string>(&f.values[0])) {
        if (f.cmp == Compare::eq) {
          pieces.push_back(text_piece(base, *text));
        } else {
          everything(true);
          const Bound at{Value{std::string(first_code_points(*text, indexed_code_points))}, true};
          if (f.cmp == Compare::lt || f.cmp == Compare::le) pieces.back().range.to = at;
          if (f.cmp == Compare::gt || f.cmp == Compare::ge) pieces.back().range.from = at;
        }
      } else if (const auto number = exact_number(f.values[0])) {
        number_pieces(base, f.cmp, *number, pieces);
      } else {
        return std::nullopt;
      }
      break;
    case Filter::Op::in:
      if (f.negated) {
        everything(true);
        break;
      }
      for (const Value& v : f.values) {
        if (const auto* text = std::get_if<std::string>(&v))
          pieces.push_back(text_piece(base, *text));
        else if (const auto number = exact_number(v))
          number_pieces(base, Compare::eq, *number, pieces);
        else
          return std::nullopt;
      }
      break;
    case Filter::Op::is_null:
      everything(false);
      absent = !f.negated;
      break;
    case Filter::Op::like:
      if (!f.negated) {
        prefix_pieces(base, Pattern(f.op, std::get<std::string>(f.values[0])).prefix(), pieces);
        break;
      }
      [[fallthrough]];
    case Filter::Op::ilike:
    case Filter::Op::matches:
      everything(true);
      break;
    default:
      return std::nullopt;
  }
  auto node = value_node(f, c, pieces);
  if (!node || !absent) return node;
  SetNode complement;
  complement.kind = SetNode::Kind::not_;
  complement.children.push_back(std::move(*node));
  return complement;
}

std::optional<SetNode> SetBuilder::series_leaf(const Filter& f, const Conjunction& c) {
  IndexRange base;
  base.index = IndexRange::Index::series;
  base.name = f.path.name;
  base.key = f.path.key;
  base.scope = f.path.scope;
  std::vector<Piece> pieces;
  const auto everything = [&](bool check) {
    pieces.push_back(whole(base, check ? rank_number : IndexRange::any_rank, check));
    if (check) pieces.push_back(whole(base, rank_nan, check));
  };
  const bool indexed = f.path.statistic == Statistic::last;
  const bool null = f.op == Filter::Op::is_null;
  if (null || !indexed) {
    everything(false);
  } else if (f.op == Filter::Op::compare) {
    const auto number = exact_number(f.values[0]);
    if (!number) return std::nullopt;
    number_pieces(base, f.cmp, *number, pieces);
    if (f.cmp == Compare::ne) pieces.push_back(whole(base, rank_nan, false));
  } else if (f.op == Filter::Op::in && f.negated) {
    everything(true);
  } else if (f.op == Filter::Op::in) {
    for (const Value& v : f.values) {
      const auto number = exact_number(v);
      if (!number) return std::nullopt;
      number_pieces(base, Compare::eq, *number, pieces);
    }
  } else {
    return std::nullopt;
  }
  auto node = value_node(f, c, pieces);
  if (!node) return node;
  // Of another statistic the index knows only which records have the series.
  node->exact = indexed || null;
  if (!null || f.negated) return node;
  SetNode complement;
  complement.kind = SetNode::Kind::not_;
  complement.children.push_back(std::move(*node));
  return complement;
}

// Ids and ordinals that are named.
std::optional<SetNode> SetBuilder::identity_leaf(const Filter& f) {
  if (!names_values(f)) return std::nullopt;
  const Collection& c = engine_.declaration();
  SetNode node;
  for (const Value& v : f.values) {
    IndexRange range;
    range.rank = rank_number;
    Value at = v;
    if (f.path.kind == Path::Kind::ordinal) {
      const Literal literal = literal_for(Type::integer, v);
      if (literal.use == Literal::Use::unservable) return std::nullopt;
      if (literal.use == Literal::Use::never) continue;
      at = literal.value;
    } else if (!std::holds_alternative<std::string>(v)) {
      return std::nullopt;
    } else if (c.sequence) {
      const auto ordinal = sequence_ordinal(c, std::get<std::string>(v));
      if (!ordinal) continue;
      at = *ordinal;
    } else {
      range.index = IndexRange::Index::id;
    }
    range.from = range.to = Bound{std::move(at), true};
    node.pieces.push_back({std::move(range), false});
  }
  return node;
}

// One node for each declared key and reference that arms bind, the widest coverings first.
void SetBuilder::key_nodes(const Conjunction& conjunction, std::vector<SetNode>& out) {
  const Collection& c = engine_.declaration();
  const auto add = [&](IndexRange::Index index, const std::string& name,
                       const std::vector<std::string>& fields) {
    Prefix prefix = prefix_of(fields, conjunction, c, fields.size());
    Bounds bounds;
    if (prefix.fields < fields.size() && prefix.combinations.size() > 0) {
      const Field& next = field_of(c, fields[prefix.fields]);
      if (next.type != Type::scalar) bounds = bounds_on(field(next.name), conjunction, c);
    }
    if (!prefix.own && !bounds.any()) return;
    if (prefix.fields == 0 && !bounds.any()) return;
    SetNode node;
    node.scoped = prefix.scoped && conjunction.scope.has_value();
    node.covers = prefix.arms | bounds.arms;
    for (auto& combination : prefix.combinations) {
      IndexRange range;
      range.index = index;
      range.name = name;
      range.equal = std::move(combination);
      if (bounds.any()) {
        range.rank = rank_number;
        range.from = bounds.from;
        range.to = bounds.to;
      }
      node.pieces.push_back({std::move(range), false});
    }
    out.push_back(std::move(node));
  };
  std::vector<SetNode> found;
  std::swap(found, out);
  for (const Key& key : c.keys) add(IndexRange::Index::key, key.name, key.fields);
  for (const Field& f : c.fields)
    if (f.type == Type::reference) add(IndexRange::Index::reference, f.name, {f.name});
  std::swap(found, out);
  std::stable_sort(found.begin(), found.end(), [](const SetNode& a, const SetNode& b) {
    const auto bound = [](const SetNode& n) {
      return n.pieces.empty() ? ~std::size_t{0} : n.pieces[0].range.equal.size();
    };
    return bound(a) > bound(b);
  });
  // What another covers too, and more, is not worth reading.
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool redundant = std::any_of(found.begin(), found.end(), [&](const SetNode& other) {
      const std::size_t j = static_cast<std::size_t>(&other - found.data());
      if (i == j || (found[i].covers & ~other.covers) != 0) return false;
      return found[i].covers != other.covers || j < i;
    });
    if (!redundant) out.push_back(found[i]);
  }
}

std::optional<SetNode> SetBuilder::leaf(const Filter& f, const Conjunction& c) {
  switch (f.path.kind) {
    case Path::Kind::map:
      if (f.path.key.empty()) return std::nullopt;  // "is there any entry" has no index
      return map_leaf(f, c);
    case Path::Kind::series:
      return series_leaf(f, c);
    case Path::Kind::id:
    case Path::Kind::ordinal:
      return identity_leaf(f);
    default:
      return std::nullopt;  // fields are served by keys
  }
}

std::optional<SetNode> SetBuilder::any_node(const Filter& f) {
  SetNode node;
  node.kind = SetNode::Kind::any;
  node.filter = &f;
  node.inner = std::make_shared<SetNode::Inner>(engine_.child(f.child), meter_, f.children[0]);
  return node;
}

std::optional<SetNode> SetBuilder::node_for(const Filter& f, const Conjunction& outer) {
  switch (f.op) {
    case Filter::Op::none:
      return SetNode{};
    case Filter::Op::or_: {
      SetNode node;
      node.kind = SetNode::Kind::or_;
      node.scoped = true;
      for (const Filter& arm : f.children) {
        auto child = node_for(arm, outer);
        if (!child || child->kind == SetNode::Kind::not_) return std::nullopt;
        node.exact = node.exact && child->exact;
        node.scoped = node.scoped && child->scoped;
        node.children.push_back(std::move(*child));
      }
      return node;
    }
    case Filter::Op::not_: {
      auto child = node_for(f.children[0], outer);
      if (!child || !child->exact) return std::nullopt;
      if (child->kind == SetNode::Kind::not_) {
        SetNode inside = std::move(child->children[0]);
        return inside;
      }
      SetNode node;
      node.kind = SetNode::Kind::not_;
      node.children.push_back(std::move(*child));
      return node;
    }
    case Filter::Op::any:
      return any_node(f);
    default:
      break;
  }
  // An AND, or a comparison as an AND of one.
  const Conjunction inside = conjunction_of(f, engine_.declaration(), &outer);
  SetNode node;
  node.kind = SetNode::Kind::and_;
  node.all_arms = inside.all();
  node.children = nodes_for(inside);
  std::uint64_t exactly = 0;
  bool positive = false;
  for (const SetNode& child : node.children) {
    if (child.exact) exactly |= child.covers;
    if (child.kind == SetNode::Kind::not_) continue;
    positive = true;
    node.scoped = node.scoped || child.scoped;
  }
  if (!positive) {
    // One arm that is a complement stays one; more cannot be combined without a set around them.
    if (inside.arms.size() == 1 && node.children.size() == 1) {
      SetNode only = std::move(node.children[0]);
      return only;
    }
    return std::nullopt;
  }
  node.exact = exactly == node.all_arms;
  return node;
}

std::vector<SetNode> SetBuilder::nodes_for(const Conjunction& c) {
  std::vector<SetNode> nodes;
  key_nodes(c, nodes);
  for (std::size_t i = 0; i < c.arms.size(); ++i) {
    const Filter& f = *c.arms[i];
    const bool compound = f.op == Filter::Op::or_ || f.op == Filter::Op::not_ ||
                          f.op == Filter::Op::any || f.op == Filter::Op::none;
    auto node = compound ? node_for(f, c) : leaf(f, c);
    if (!node) continue;
    node->covers = arm_bit(i);
    nodes.push_back(std::move(*node));
  }
  for (SetNode& node : nodes)
    if (node.scoped && node.kind != SetNode::Kind::not_) node.covers |= c.scope_arms;
  return nodes;
}

}  // namespace podium::kit
