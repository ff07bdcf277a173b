#pragma once
// What boards say, as JSON.
#include <string>

#include "desk.hpp"

namespace podium {
class JsonWriter;
}

namespace podium::leaderboard {

void write(JsonWriter&, const Number&);  ///< null when it is missing
/// {"tags": {...}, "params": {...}}, {"team": NAME} or {"task": ID, "name": NAME}.
void write_label(JsonWriter&, const Engine&, const Candidate&);
/// One row of a ranking.
void write_row(JsonWriter&, const Engine&, std::size_t position);
void write_board(JsonWriter&, const Desk&, const Board&);

/// {"board", "revision", "total", "ranked", "stale", "rows", ...}
std::string ranking_json(const Board&, const Ranking&, std::uint64_t limit, std::uint64_t offset);

}  // namespace podium::leaderboard
