#pragma once
// What happened to a board: its events, what is different from then, ranks over time.
#include <cstdint>
#include <string>

#include "desk.hpp"

namespace podium::leaderboard {

/// {"events": [...], "cursor"}: newest first.
std::string history_json(const Desk&, const Principal&, const Board&, std::uint64_t limit,
                         const std::string& cursor);
/// {"since", "rows": [...]}: candidates that are new, gone, or have another rank or value than
/// then.
std::string changes_json(const Desk&, const Principal&, const Board&, std::int64_t since);

struct RanksQuestion {
  std::int64_t from = 0, to = 0;
  std::uint64_t top = 10;
};
/// {"candidates": [{"candidate", "label", "ranks": [[at, rank or null], ...]}], ...}
std::string ranks_json(const Desk&, const Principal&, const Board&, const RanksQuestion&);

}  // namespace podium::leaderboard
