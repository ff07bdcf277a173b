#pragma once
// Points: their order, summaries, chunks, down-sampling.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/store/reader.hpp"
#include "podium/store/schema.hpp"

namespace podium::kit {

/// (step, time, value) with NaN as 0 behind the number 0 (so the order is total): the order of
/// chunks, of By::step and of LastRule step_time_value. Equal only for exact duplicates (-0 equals
/// 0).
int compare_by_step(const Point&, const Point&) noexcept;
/// (time, step, value), likewise: By::time.
int compare_by_time(const Point&, const Point&) noexcept;

/// Adds one point (not a duplicate) to a summary; `summary.count == 0` is an empty one. first is
/// the least by the rule's order, last the greatest; with time_step the rule's order is (time,
/// step) and a later arrival replaces an equal last.
void add(Summary& summary, const Point&, LastRule);
/// The summary of all points in the order of their arrival, the slow obvious way round: for checks
/// and rebuilding. (Sums may differ in the last bits when points are added in another order.)
Summary summarize(std::span<const Point> points, LastRule);

/// At most this many points in a sealed chunk; loose points are sealed at this number.
constexpr std::size_t sealed_points = 1024;

struct ChunkRange {
  std::uint32_t count = 0;
  std::int64_t first_step = 0, last_step = 0;  ///< least and greatest
  std::int64_t first_time = 0, last_time = 0;
};
/// Sorted points (by step) as bytes: delta-of-delta varints of step and time, then the values as
/// raw doubles. About 10 to 13 bytes a point. Decoding what encode made gives the same bits (NaN
/// too).
std::string encode_chunk(std::span<const Point> sorted);
ChunkRange range_of(std::span<const Point> sorted);
/// Appends the points to `out`; throws Error `corrupt` for anything that encode did not make. Never
/// reads outside `bytes`, never allocates more than the count it was told permits.
void decode_chunk(std::string_view bytes, std::uint32_t count, std::vector<Point>& out);

/// first, min, max and last of each of `buckets` runs of equal numbers of points (NaN runs keep
/// first and last), in order, without repeats. Streaming: the total count is told in advance.
class Downsampler {
 public:
  Downsampler(std::uint64_t total, std::uint32_t buckets);
  void add(std::span<const Point>, std::vector<Point>& out);
  void finish(std::vector<Point>& out);

 private:
  void flush(std::vector<Point>& out);
  void take_extremes(std::span<const Point> piece);
  std::uint64_t end_of(std::uint64_t bucket) const;
  std::uint64_t total_, seen_ = 0, bucket_ = 0, end_ = 0;
  std::uint32_t buckets_;
  bool any_ = false, has_number_ = false;
  Point first_{}, last_{}, min_{}, max_{};
  std::uint64_t first_at_ = 0, last_at_ = 0, min_at_ = 0, max_at_ = 0;
};

/// The row numbers (0-based, ascending, without repeats) of at most `n` evenly spaced rows of
/// `total`: of each of n runs of (nearly) equal length the first, the longer runs in front, and the
/// last row in the place of the last run's. With n == 1 the last row. All of them when n >= total.
std::vector<std::uint64_t> evenly_spaced(std::uint64_t total, std::uint32_t n);

}  // namespace podium::kit
