#pragma once
// One call of `Action::invoke`: whom it is about, and what its answer means.
#include <string>
#include <vector>

#include "services/actions/calls.hpp"
#include "services/actions/outcomes.hpp"
#include "services/actions/targets.hpp"

namespace podium::host {

/// Of a range of targets those that can be called for; `result` has the others, if they were named.
struct PlannedCall {
  std::size_t first = 0, end = 0;
  std::vector<Ordinal> ordinals;
  std::vector<std::string> ids;
  BlockResult result;
};
PlannedCall plan_call(const Core&, const Reader&, const Principal&, const KnownAction&,
                      const Targets&, std::size_t first, std::size_t end);

/// Adds what became of those that were called for. Ids that were not asked about are ignored, with
/// a line in the log; of asked ones without an answer nothing is known.
void judge(const KnownAction&, PlannedCall&, const Invoked&);

/// A plugin's sentence, as UTF-8.
std::string words_of(std::string);
/// A path on this host or https://; anything else is "", with a line in the log.
std::string address_of(const KnownAction&, const std::string&);

}  // namespace podium::host
