#pragma once
// What of a board is not told yet: its ranking beside its log.
#include <set>
#include <span>
#include <vector>

#include "live.hpp"
#include "log.hpp"

namespace podium::leaderboard {

struct Difference {
  std::vector<Event> events;
  bool complete = true;  ///< all that was to be laid side by side has been
  bool open =
      false;  ///< a task that runs was touched: it looks different, and nothing is kept of that
};

/// Lays the ranking beside what was told. `tasks`: those that may differ, or (null) all. Of the
/// times at which things happened, those that the tasks tell are taken, else `now`. What the board
/// was `seen` to be since it was told of comes first. With more than `most` records it stops before
/// it is complete.
Difference difference(const Reader&, const Ids&, const Board&, const Live&, const Replica& told,
                      const std::set<Ordinal>* tasks, std::span<const Seen> seen, std::int64_t now,
                      std::size_t most);

/// The board's log with what is not told yet: all that there is to know by now. Of a board that is
/// not saved: as if it were made now.
std::vector<Event> told_so_far(Library&, const Board&);

}  // namespace podium::leaderboard
