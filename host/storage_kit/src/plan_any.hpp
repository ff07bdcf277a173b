#pragma once
// The other side of `any`: the children that satisfy its filter.
#include <vector>

#include "plan_sets.hpp"

namespace podium::kit {

struct SetNode::Inner {
  Inner(IndexEngine& child, Meter& meter, const Filter& inner)
      : engine(child),
        builder(child, meter),
        filter(inner),
        evaluator(inner),
        conjunction(conjunction_of(inner, child.declaration(), nullptr)),
        nodes(builder.nodes_for(conjunction)) {}

  IndexEngine& engine;
  SetBuilder builder;
  const Filter& filter;
  Evaluator evaluator;
  Conjunction conjunction;
  std::vector<SetNode> nodes;
};

}  // namespace podium::kit
