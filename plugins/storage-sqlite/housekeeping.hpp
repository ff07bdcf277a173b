#pragma once
// What the writer does between groups: purging behind tombstones, merging loose points, compacting
// the feed. Each slice is one short transaction; what is left stands in the file. On the writer's
// thread.
#include <chrono>
#include <cstdint>
#include <map>

#include "session.hpp"

namespace podium::sqlite {

class Housekeeping {
 public:
  using Clock = std::chrono::steady_clock;
  /// Throws `invalid` for a setting that is not known or does not fit.
  Housekeeping(Session&, const Json* settings);

  enum class Depth : std::uint8_t {
    busy,      ///< writes are waiting: only what must not be put off
    idle,      ///< nobody has written for a moment
    thorough,  ///< everything, now
  };
  /// Does one slice, in the caller's transaction; false when there is nothing to do.
  bool slice(Depth);
  /// A slice was undone: what is kept in memory beside the file no longer holds.
  void forget();
  /// Whether a slice would find something, as far as known without looking.
  bool pending(Depth) const;

 private:
  bool scan_loose();
  bool merge(Clock::time_point until);
  bool compact_feed(std::int64_t least, bool thorough);
  bool keep_clock(bool thorough);
  bool drop_old();

  Session& session_;
  std::int64_t kept_;  ///< milliseconds that erasures stay in the feed
  CollectionId scanned_collection_{};
  std::size_t scanned_series_ = 0;
  std::int64_t scanned_sid_ = 0;
  std::int64_t compacted_ = -1;  ///< as in meta; -1 until read
  Revision clock_revision_ = -1;
  std::int64_t clock_time_ = 0;
  Clock::time_point clock_due_{};
  Clock::time_point dropped_{};
};

}  // namespace podium::sqlite
