#include "podium/storage_kit/points.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "podium/error.hpp"

namespace podium::kit {
namespace {

/// NaN as 0, behind the number 0.
int compare_values(double a, double b) noexcept {
  const bool a_nan = std::isnan(a), b_nan = std::isnan(b);
  const double x = a_nan ? 0 : a, y = b_nan ? 0 : b;
  if (x != y) return x < y ? -1 : 1;
  return static_cast<int>(a_nan) - static_cast<int>(b_nan);
}

/// By the order of the rule; with time_step equal ones are told apart by arrival alone.
int compare_by_rule(const Point& a, const Point& b, LastRule rule) noexcept {
  if (rule == LastRule::step_time_value) return compare_by_step(a, b);
  if (a.time != b.time) return a.time < b.time ? -1 : 1;
  if (a.step != b.step) return a.step < b.step ? -1 : 1;
  return 0;
}

// Steps and times may lie anywhere in int64, so differences are taken modulo 2^64, which undoes
// itself.
std::uint64_t bits(std::int64_t v) noexcept { return static_cast<std::uint64_t>(v); }
std::uint64_t zigzag(std::uint64_t v) noexcept { return (v << 1) ^ (0 - (v >> 63)); }
std::uint64_t unzigzag(std::uint64_t v) noexcept { return (v >> 1) ^ (0 - (v & 1)); }

__extension__ using Wide = unsigned __int128;  // products of two 64-bit numbers

constexpr char format = 1;  ///< the first byte of a chunk

void put_varint(std::string& out, std::uint64_t v) {
  while (v >= 0x80) {
    out.push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  out.push_back(static_cast<char>(v));
}

[[noreturn]] void damaged() { throw Error(ErrorCode::corrupt, "a chunk of points is damaged"); }

const unsigned char* get_varint(const unsigned char* p, const unsigned char* end,
                                std::uint64_t& v) {
  if (p != end && *p < 0x80) {
    v = *p;
    return p + 1;
  }
  v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (p == end) damaged();
    const std::uint64_t byte = *p++;
    if (shift == 63 && byte > 1) damaged();
    v |= (byte & 0x7F) << shift;
    if (byte < 0x80) {
      if (byte == 0 && shift != 0) damaged();  // longer than encode writes it
      return p;
    }
  }
  damaged();
}

template <std::int64_t Point::*member>
void put_deltas(std::string& out, std::span<const Point> points) {
  std::uint64_t previous = 0, previous_delta = 0;
  for (const Point& point : points) {
    const std::uint64_t delta = bits(point.*member) - previous;
    put_varint(out, zigzag(delta - previous_delta));
    previous = bits(point.*member);
    previous_delta = delta;
  }
}

template <std::int64_t Point::*member>
const unsigned char* get_deltas(const unsigned char* p, const unsigned char* end,
                                std::span<Point> points) {
  std::uint64_t value = 0, delta = 0, coded = 0;
  const auto put = [&](Point& point, std::uint64_t v) {
    delta += unzigzag(v);
    value += delta;
    point.*member = static_cast<std::int64_t>(value);
  };
  for (std::size_t i = 0; i < points.size();) {
    // Eight of a byte each, as those of even steps are, at once.
    std::uint64_t eight = 0;
    if (points.size() - i >= 8 && end - p >= 8) std::memcpy(&eight, p, sizeof eight);
    if (points.size() - i >= 8 && end - p >= 8 && (eight & 0x8080808080808080ULL) == 0) {
      for (int k = 0; k < 8; ++k) put(points[i + static_cast<std::size_t>(k)], p[k]);
      p += 8;
      i += 8;
      continue;
    }
    p = get_varint(p, end, coded);
    put(points[i++], coded);
  }
  return p;
}

}  // namespace

int compare_by_step(const Point& a, const Point& b) noexcept {
  if (a.step != b.step) return a.step < b.step ? -1 : 1;
  if (a.time != b.time) return a.time < b.time ? -1 : 1;
  return compare_values(a.value, b.value);
}

int compare_by_time(const Point& a, const Point& b) noexcept {
  if (a.time != b.time) return a.time < b.time ? -1 : 1;
  if (a.step != b.step) return a.step < b.step ? -1 : 1;
  return compare_values(a.value, b.value);
}

void add(Summary& summary, const Point& point, LastRule rule) {
  const bool is_number = !std::isnan(point.value);
  if (summary.count == 0) {
    summary = Summary{point, point, point, point, 1, is_number ? point.value : 0.0};
    return;
  }
  ++summary.count;
  if (is_number) summary.sum += point.value;
  if (compare_by_rule(point, summary.first, rule) < 0) summary.first = point;
  const int against_last = compare_by_rule(point, summary.last, rule);
  if (against_last > 0 || (against_last == 0 && rule == LastRule::time_step)) summary.last = point;

  // A NaN stands in min and max until there is a number.
  const auto better = [&](const Point& held, bool smaller) {
    if (std::isnan(held.value)) return is_number || compare_by_rule(point, held, rule) < 0;
    if (!is_number) return false;
    if (point.value == held.value) return compare_by_rule(point, held, rule) < 0;
    return smaller ? point.value < held.value : point.value > held.value;
  };
  if (better(summary.min, true)) summary.min = point;
  if (better(summary.max, false)) summary.max = point;
}

Summary summarize(std::span<const Point> points, LastRule rule) {
  Summary summary;
  if (points.empty()) return summary;
  summary.count = static_cast<std::int64_t>(points.size());
  // stable: among equals by the rule the earlier arrival stays ahead.
  std::vector<Point> sorted(points.begin(), points.end());
  std::stable_sort(sorted.begin(), sorted.end(), [rule](const Point& a, const Point& b) {
    return compare_by_rule(a, b, rule) < 0;
  });
  summary.first = sorted.front();
  summary.last = sorted.back();
  for (const Point& point : points)
    if (!std::isnan(point.value)) summary.sum += point.value;
  const Point* min = nullptr;
  const Point* max = nullptr;
  for (const Point& point : sorted) {
    if (std::isnan(point.value)) continue;
    if (min == nullptr || point.value < min->value) min = &point;
    if (max == nullptr || point.value > max->value) max = &point;
  }
  summary.min = min != nullptr ? *min : sorted.front();
  summary.max = max != nullptr ? *max : sorted.front();
  return summary;
}

std::string encode_chunk(std::span<const Point> sorted) {
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (compare_by_step(sorted[i - 1], sorted[i]) > 0)
      throw Error(ErrorCode::misuse, "the points of a chunk must be sorted by step");
  std::string out;
  out.reserve(1 + sorted.size() * 13);
  out.push_back(format);
  put_deltas<&Point::step>(out, sorted);
  put_deltas<&Point::time>(out, sorted);
  const std::size_t values = out.size();
  out.resize(values + sorted.size() * sizeof(double));
  char* to = out.data() + values;
  for (const Point& point : sorted) {
    std::memcpy(to, &point.value, sizeof(double));
    to += sizeof(double);
  }
  return out;
}

ChunkRange range_of(std::span<const Point> sorted) {
  ChunkRange range;
  if (sorted.empty()) return range;
  range.count = static_cast<std::uint32_t>(sorted.size());
  range.first_step = sorted.front().step;
  range.last_step = sorted.back().step;
  range.first_time = range.last_time = sorted.front().time;
  for (const Point& point : sorted) {
    range.first_time = std::min(range.first_time, point.time);
    range.last_time = std::max(range.last_time, point.time);
  }
  return range;
}

void decode_chunk(std::string_view bytes, std::uint32_t count, std::vector<Point>& out) {
  // A point takes at least a byte of step, one of time and its value: this bounds what is
  // allocated.
  const std::uint64_t least = 1 + std::uint64_t{count} * (2 + sizeof(double));
  if (bytes.size() < least || bytes.front() != format) damaged();
  const auto* p = reinterpret_cast<const unsigned char*>(bytes.data()) + 1;
  const auto* const values = p + (bytes.size() - 1 - std::size_t{count} * sizeof(double));
  const std::size_t before = out.size();
  out.resize(before + count);
  const std::span<Point> points = std::span<Point>(out).subspan(before);
  try {
    p = get_deltas<&Point::step>(p, values, points);
    p = get_deltas<&Point::time>(p, values, points);
    if (p != values) damaged();
    for (Point& point : points) {
      std::memcpy(&point.value, p, sizeof(double));
      p += sizeof(double);
    }
    for (std::size_t i = 1; i < points.size(); ++i)
      if (points[i - 1].step >= points[i].step && compare_by_step(points[i - 1], points[i]) > 0)
        damaged();
  } catch (...) {
    out.resize(before);
    throw;
  }
}

Downsampler::Downsampler(std::uint64_t total, std::uint32_t buckets)
    : total_(total), buckets_(buckets) {
  if (buckets == 0) throw Error(ErrorCode::misuse, "down-sampling needs at least one bucket");
  end_ = end_of(0);
}

// The first row behind the bucket. Bucket b has the rows i with i * buckets / total == b.
std::uint64_t Downsampler::end_of(std::uint64_t bucket) const {
  if (bucket + 1 >= buckets_) return ~std::uint64_t{0};  // the last takes whatever comes
  const auto rows = Wide{bucket + 1} * total_;
  return static_cast<std::uint64_t>((rows + buckets_ - 1) / buckets_);
}

void Downsampler::add(std::span<const Point> points, std::vector<Point>& out) {
  while (!points.empty()) {
    if (seen_ >= end_) {
      flush(out);
      while (seen_ >= end_) end_ = end_of(++bucket_);
    }
    // What of these is the bucket's, at once.
    const auto piece = points.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(points.size(), end_ - seen_)));
    if (!any_) {
      any_ = true;
      first_ = piece.front();
      first_at_ = seen_;
    }
    last_ = piece.back();
    last_at_ = seen_ + piece.size() - 1;
    take_extremes(piece);
    seen_ += piece.size();
    points = points.subspan(piece.size());
  }
}

/// The first least and the first greatest; a NaN is neither, as it compares with nothing.
void Downsampler::take_extremes(std::span<const Point> piece) {
  std::size_t begin = 0;
  if (!has_number_) {
    while (begin < piece.size() && std::isnan(piece[begin].value)) ++begin;
    if (begin == piece.size()) return;
    has_number_ = true;
    min_ = max_ = piece[begin];
    min_at_ = max_at_ = seen_ + begin++;
  }
  constexpr std::size_t none = ~std::size_t{0};
  std::size_t least = none, greatest = none;
  double low = min_.value, high = max_.value;
  for (std::size_t i = begin; i < piece.size(); ++i) {
    const double value = piece[i].value;
    if (value < low) {
      low = value;
      least = i;
    } else if (value > high) {
      high = value;
      greatest = i;
    }
  }
  if (least != none) {
    min_ = piece[least];
    min_at_ = seen_ + least;
  }
  if (greatest != none) {
    max_ = piece[greatest];
    max_at_ = seen_ + greatest;
  }
}

void Downsampler::finish(std::vector<Point>& out) { flush(out); }

void Downsampler::flush(std::vector<Point>& out) {
  if (!any_) return;
  struct Kept {
    std::uint64_t at;
    const Point* point;
  };
  Kept kept[4] = {{first_at_, &first_}, {last_at_, &last_}};
  std::size_t n = 2;
  if (has_number_) {
    kept[n++] = {min_at_, &min_};
    kept[n++] = {max_at_, &max_};
  }
  std::sort(kept, kept + n, [](const Kept& a, const Kept& b) { return a.at < b.at; });
  for (std::size_t i = 0; i < n; ++i)
    if (i == 0 || kept[i].at != kept[i - 1].at) out.push_back(*kept[i].point);
  any_ = has_number_ = false;
}

std::vector<std::uint64_t> evenly_spaced(std::uint64_t total, std::uint32_t n) {
  std::vector<std::uint64_t> rows;
  if (total == 0 || n == 0) return rows;
  if (n >= total) {
    rows.reserve(total);
    for (std::uint64_t i = 0; i < total; ++i) rows.push_back(i);
    return rows;
  }
  // The first of each of n runs of rows whose lengths differ by one at most, the longer ones first.
  rows.reserve(n);
  const std::uint64_t length = total / n, longer = total % n;
  for (std::uint64_t i = 0; i < n; ++i) rows.push_back(i * length + std::min(i, longer));
  rows.back() = total - 1;
  return rows;
}

}  // namespace podium::kit
