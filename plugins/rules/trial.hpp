#pragma once
// Trying a rule on tasks that have ended.
#include <cstdint>
#include <string>

#include "podium/http/message.hpp"
#include "replay.hpp"

namespace podium::rules {

struct TrialBounds {
  std::uint64_t tasks = 100;         ///< the newest
  std::uint64_t points = 2'000'000;  ///< of all of them
};
inline constexpr std::uint64_t most_tried = 1000;

/// {"examined", "would_fire", "tasks": [...], "assumed": [...], "truncated"}: which of the newest
/// ended tasks the rule would have fired for, and when first.
std::string try_rule(PluginContext&, const Ids&, const Question&, const Principal& who,
                     const TrialBounds&, const Cancel&);

}  // namespace podium::rules
