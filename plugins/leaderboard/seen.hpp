#pragma once
// What a board was seen to be since the history was last written: somebody was shown it, so it is
// told, also when it is another by then.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "logged.hpp"

namespace podium::leaderboard {

/// A look at the board found something changed.
struct Seen {
  std::int64_t at = 0;                ///< when it was looked at
  std::int64_t before = 0;            ///< when it was looked at before: then it was not so yet
  Ordinal task = 0;                   ///< 0: what must be covered changed
  std::optional<LoggedTask> was, is;  ///< nothing: the task was not on the board, is no more
  std::int64_t was_updated = 0, updated = 0;  ///< as the task says; 0 when it is erased
  WantedNames wanted_was, wanted;
};

/// Kept until the log holds it. What a crash takes with it is what came and went in the last
/// milliseconds.
class SeenSteps {
 public:
  void add(Seen);
  /// What a log of so many records does not hold.
  std::span<const Seen> unwritten(std::int64_t records) const noexcept;
  /// It is all written.
  void clear() noexcept;
  /// All of it is in the log when that has so many records.
  void given(std::int64_t records) noexcept;
  /// Forgets what a log of so many records holds.
  void written(std::int64_t records);

 private:
  std::vector<Seen> steps_;
  std::size_t given_ = 0;
  std::int64_t held_by_ = 0;
};

}  // namespace podium::leaderboard
