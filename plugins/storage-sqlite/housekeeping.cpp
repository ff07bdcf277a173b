#include "housekeeping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "eraser.hpp"
#include "feed_compaction.hpp"
#include "series_writer.hpp"

namespace podium::sqlite {
namespace {

constexpr std::int64_t purge_work = 200;           ///< rows of one slice, about 2 ms
constexpr std::int64_t scan_rows = 4000;           ///< summaries looked at in one slice
constexpr std::int64_t compaction_entries = 1000;  ///< entries of the feed in one slice
/// Entries that wait before the feed is compacted, while others write and while nobody does.
constexpr std::int64_t compact_busy = 100'000, compact_idle = 2000;
/// Series that wait before some are merged while others write.
constexpr std::size_t merge_busy = 4096;
constexpr auto merge_time = std::chrono::milliseconds(2);

/// The one setting there is: `feed_days`.
std::int64_t kept_in_feed(const Json* settings) {
  constexpr double day = 24 * 3600 * 1000;
  double days = 7;
  if (settings != nullptr)
    for (const auto& [name, value] : settings->items()) {
      if (name != "feed_days")
        throw Error(ErrorCode::invalid,
                    fmt::format("the SQLite store has no setting '{}'; it has feed_days", name));
      if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 36500)
        throw Error(ErrorCode::invalid, "feed_days must be a number of days from 0 to 36500");
      days = value.get<double>();
    }
  return static_cast<std::int64_t>(days * day);
}

}  // namespace

Housekeeping::Housekeeping(Session& session, const Json* settings)
    : session_(session), kept_(kept_in_feed(settings)) {}

bool Housekeeping::pending(Depth depth) const {
  if (depth == Depth::thorough) return true;
  if (!session_.tombstones().empty()) return true;
  const std::int64_t behind = session_.next_revision() - 1 - std::max<std::int64_t>(compacted_, 0);
  if (behind >= compact_busy) return true;
  if (depth == Depth::busy)
    return session_.loose().size() >= merge_busy || Clock::now() >= clock_due_;
  return session_.loose_incomplete || !session_.loose().empty() || behind >= compact_idle;
}

void Housekeeping::forget() {
  compacted_ = clock_revision_ = -1;
  scanned_collection_ = {};
  session_.loose_incomplete = true;
}

bool Housekeeping::slice(Depth depth) {
  if (purge_slice(session_, purge_work)) return true;
  const std::int64_t least = depth == Depth::busy   ? compact_busy
                             : depth == Depth::idle ? compact_idle
                                                    : 1;
  if (compact_feed(least, depth == Depth::thorough)) return true;
  if (depth == Depth::busy && session_.loose().size() < merge_busy) return false;
  if (session_.loose_incomplete && scan_loose()) return true;
  if (merge(Clock::now() + merge_time)) return true;
  return false;
}

bool Housekeeping::scan_loose() {
  std::int64_t left = scan_rows;
  for (const auto& info : session_.catalog().all()) {
    if (info->id < scanned_collection_) continue;
    if (info->id != scanned_collection_) {
      scanned_collection_ = info->id;
      scanned_series_ = 0;
      scanned_sid_ = 0;
    }
    for (; scanned_series_ < info->series.size(); ++scanned_series_, scanned_sid_ = 0) {
      if (left <= 0) return true;
      const SeriesInfo& series = info->series[scanned_series_];
      Statement rows = session_.db().prepare(fmt::format(
          "SELECT sid, loose, small FROM {} WHERE sid > ? ORDER BY sid LIMIT ?", series.summaries));
      rows.bind(scanned_sid_, left);
      std::int64_t found = 0;
      for (; rows.step(); ++found) {
        scanned_sid_ = rows.integer(0);
        if (worth_merging(rows.integer(1), rows.integer(2)))
          session_.loosen({info->id, scanned_series_, scanned_sid_});
      }
      if (found == left) return true;
      left -= found;
    }
  }
  session_.loose_incomplete = false;
  scanned_collection_ = {};
  return true;
}

bool Housekeeping::merge(Clock::time_point until) {
  auto& loose = session_.loose();
  if (loose.empty()) return false;
  // Taken out at once: a slice that is undone is found again by the scan.
  while (!loose.empty()) {
    const LooseSeries one = *loose.begin();
    loose.erase(loose.begin());
    const CollectionInfo& info = session_.catalog().at(one.collection);
    merge_series(session_, info.series[one.series], one.sid);
    if (Clock::now() >= until) break;
  }
  return true;
}

bool Housekeeping::compact_feed(std::int64_t least, bool thorough) {
  if (compacted_ < 0)
    compacted_ = session_.db().number("SELECT value FROM meta WHERE key = 'compacted'");
  const Revision newest = session_.next_revision() - 1;
  if (newest - compacted_ >= least) {
    compacted_ = compact_slice(session_.db(), compacted_, newest, compaction_entries);
    return true;
  }
  if (keep_clock(thorough)) return true;
  return drop_old();
}

bool Housekeeping::keep_clock(bool thorough) {
  const std::int64_t every = std::clamp<std::int64_t>(kept_, 1000, 10 * 60 * 1000);
  clock_due_ = Clock::now() + std::chrono::milliseconds(every);
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  if (clock_revision_ < 0) {
    Statement last =
        session_.db().prepare("SELECT rev, time FROM feed_clock ORDER BY rev DESC LIMIT 1");
    clock_revision_ = 0;
    if (last.step()) {
      clock_revision_ = last.integer(0);
      clock_time_ = last.integer(1);
    }
  }
  const Revision newest = session_.next_revision() - 1;
  if (newest == clock_revision_ || (!thorough && now - clock_time_ < every)) return false;
  session_.db()
      .prepare("INSERT OR REPLACE INTO feed_clock (rev, time) VALUES (?, ?)")
      .bind(newest, now)
      .run();
  clock_revision_ = newest;
  clock_time_ = now;
  return true;
}

bool Housekeeping::drop_old() {
  const auto pause =
      std::min(std::chrono::milliseconds(std::chrono::hours(1)), std::chrono::milliseconds(kept_));
  if (dropped_ != Clock::time_point{} && Clock::now() - dropped_ < pause) return false;
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  Statement last = session_.db().prepare("SELECT max(rev) FROM feed_clock WHERE time <= ?");
  last.bind(now - kept_).step();
  const Revision through = std::min<Revision>(last.integer(0), compacted_);
  last.reset();
  if (through > 0 &&
      drop_erased(session_.db(), through, session_.next_revision() - 1, compaction_entries))
    return true;
  session_.db().prepare("DELETE FROM feed_clock WHERE rev < ?").bind(through).run();
  dropped_ = Clock::now();
  return false;
}

}  // namespace podium::sqlite
