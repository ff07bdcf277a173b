#pragma once
// A shape of filters that indexes answer.
#include "podium/store/filter.hpp"

namespace podium::kit {

/// Whether a filter names the values that its path may have: `= value` or `IN (values)`.
inline bool names_values(const Filter& f) {
  return (f.op == Filter::Op::compare && f.cmp == Compare::eq) ||
         (f.op == Filter::Op::in && !f.negated);
}

}  // namespace podium::kit
