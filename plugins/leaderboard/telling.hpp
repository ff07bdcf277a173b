#pragma once
// Writing a board's history, in one place for those who do: the listener, and who defines a board
// anew.
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "log.hpp"

namespace podium::leaderboard {

struct Library::Told {
  explicit Told(Ordinal board) : replica(board) {}
  std::mutex mutex;  ///< taken while that of the board's ranking is held, or alone
  Replica replica;
};

/// What is to be written of one board.
struct Telling {
  Ordinal board = 0;
  std::int64_t revision = 0, records = 0, at = 0;
  std::vector<std::pair<Event, std::string>> events;  ///< with their bodies
  bool complete = true;                               ///< else more follows when this is written
  bool open = false;                                  ///< a task is looked at that has not ended

  /// How many records the log has when it is written.
  std::int64_t expected() const { return records + static_cast<std::int64_t>(events.size()); }
};

/// The difference between a ranking and what the log has told, some records of it, and what the
/// board was seen to be in between. `tasks`: those that may differ, or null: all. The ranking is
/// locked and caught up with the reader. Whoever has it written says so to `live.seen()`.
Telling to_tell(const Reader&, const Ids&, const Board&, Live&, Replica& told,
                const std::set<Ordinal>* tasks, std::int64_t now);
/// Whether it is still what is to be told: the board was not defined anew, erased or told of by
/// somebody else meanwhile.
bool still_to_tell(Transaction&, const Ids&, const Telling&);
void tell(Transaction&, const Ids&, const Telling&);

}  // namespace podium::leaderboard
