#pragma once
// The tasks of a selection, taken.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "podium/json.hpp"
#include "podium/service/actions.hpp"
#include "services/actions/catalogue.hpp"
#include "services/core.hpp"

namespace podium::host {

/// A selection as JSON text for the record of a run, and back.
std::string to_json(const ActionSelection&);
ActionSelection selection_from_json(const Json&);

/// What a run works on, in the order in which it does. Of a filter they are ordinals, ascending; of
/// named tasks there is an id to each, and the ordinal is 0 where there is none.
struct Targets {
  bool named = false;
  std::uint64_t matched = 0;  ///< tasks of the selection
  std::vector<Ordinal> ordinals;
  std::vector<std::string> ids;       ///< when named
  std::vector<std::uint32_t> groups;  ///< into `parameters`; empty: all have the first
  std::vector<std::shared_ptr<const Json>> parameters;

  std::size_t size() const noexcept { return ordinals.size(); }
  const Json& parameters_of(std::size_t i) const {
    return *parameters[groups.empty() ? 0 : groups[i]];
  }
};

/// Where a run that takes a filter goes on.
struct Range {
  Ordinal after = 0, upto = 0;
};

/// Takes a selection on one snapshot. Of a filter: those that `action` can affect; with a range
/// only those in it, and `matched` is not counted again.
Targets take(const Core&, const Reader&, const Principal&, const ActionSelection&,
             const Filter& when, const Range* = nullptr);

/// Tasks of a filter, beside `except`.
std::uint64_t count_of(const Core&, const Reader&, const Principal&, const ActionSelection&,
                       const Filter& more);

}  // namespace podium::host
