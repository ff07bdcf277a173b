#include "series_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <vector>

#include "podium/storage_kit/points.hpp"
#include "series_table.hpp"

namespace podium::sqlite {
namespace {

constexpr std::int64_t most_loose = static_cast<std::int64_t>(kit::sealed_points);
constexpr std::int64_t most_small = 64;  ///< chunks that are merged at once when so many wait

bool before(const Point& a, const Point& b) { return kit::compare_by_step(a, b) < 0; }

/// The points of one series in one append, in the order of arrival.
struct Arrival {
  std::int64_t key = 0, scope = 0;
  std::span<const Point> points;
  std::vector<Point> joined;  ///< when several of the spans named the series
};

std::vector<Arrival> by_series(Session& session, std::span<const SeriesPoints> given) {
  std::vector<Arrival> result;
  result.reserve(given.size());
  struct Hash {
    std::size_t operator()(const std::pair<std::int64_t, std::int64_t>& p) const noexcept {
      return static_cast<std::size_t>(p.first) * 0x9E3779B97F4A7C15u +
             static_cast<std::size_t>(p.second);
    }
  };
  std::unordered_map<std::pair<std::int64_t, std::int64_t>, std::size_t, Hash> at;
  for (const SeriesPoints& one : given) {
    if (one.points.empty()) continue;
    const std::int64_t key = session.text_id(one.key), scope = session.text_id(one.scope);
    if (given.size() > 1) {
      const auto [found, fresh] = at.try_emplace({key, scope}, result.size());
      if (!fresh) {
        Arrival& arrival = result[found->second];
        if (arrival.joined.empty())
          arrival.joined.assign(arrival.points.begin(), arrival.points.end());
        arrival.joined.insert(arrival.joined.end(), one.points.begin(), one.points.end());
        continue;
      }
    }
    result.push_back({key, scope, one.points, {}});
  }
  for (Arrival& arrival : result)
    if (!arrival.joined.empty()) arrival.points = arrival.joined;
  return result;
}

/// Whether a point lies outside of everything that the series has, so that it is no duplicate.
bool outside(const Summary& summary, LastRule rule, const Point& point) {
  if (summary.count == 0) return true;
  if (rule == LastRule::time_step)
    return point.time > summary.last.time || point.time < summary.first.time;
  return kit::compare_by_step(point, summary.last) > 0 ||
         kit::compare_by_step(point, summary.first) < 0;
}

/// Sorted points that a series may have already; tells which it has.
class Candidates {
 public:
  explicit Candidates(std::vector<Point> sorted)
      : sorted_(std::move(sorted)), has_(sorted_.size()) {
    box_ = kit::range_of(sorted_);
  }
  const kit::ChunkRange& box() const { return box_; }
  bool any_in(std::int64_t s0, std::int64_t s1, std::int64_t t0, std::int64_t t1) const {
    for (auto it = std::lower_bound(sorted_.begin(), sorted_.end(), s0,
                                    [](const Point&p, std::int64_t step) { return p.step < step; });
         it != sorted_.end() && it->step <= s1; ++it)
      if (it->time >= t0 && it->time <= t1) return true;
    return false;
  }
  void seen(const Point& point) {
    const auto it = std::lower_bound(sorted_.begin(), sorted_.end(), point, before);
    if (it != sorted_.end() && kit::compare_by_step(*it, point) == 0)
      has_[static_cast<std::size_t>(it - sorted_.begin())] = true;
  }
  /// Which of the candidates a sorted chunk has: looks each up when there are few.
  void seen(std::span<const Point> chunk) {
    if (sorted_.size() * 10 > chunk.size()) {
      for (const Point& point : chunk) seen(point);
      return;
    }
    for (std::size_t i = 0; i < sorted_.size(); ++i)
      if (std::binary_search(chunk.begin(), chunk.end(), sorted_[i], before)) has_[i] = true;
  }
  bool has(const Point& point) const {
    const auto it = std::lower_bound(sorted_.begin(), sorted_.end(), point, before);
    return it != sorted_.end() && kit::compare_by_step(*it, point) == 0 &&
           has_[static_cast<std::size_t>(it - sorted_.begin())];
  }

 private:
  std::vector<Point> sorted_;
  std::vector<bool> has_;
  kit::ChunkRange box_;
};

/// Takes out repeats among the points themselves, keeping the first arrival, and what the series
/// has.
std::vector<Point> without_duplicates(SeriesTable& table, const SeriesRow& row, LastRule rule,
                                      std::span<const Point> points, bool with_tail) {
  std::vector<Point> fresh;
  if (points.size() == 1 ||
      std::adjacent_find(points.begin(), points.end(), [](const Point& a, const Point& b) {
        return !before(a, b);
      }) == points.end()) {
    fresh.assign(points.begin(), points.end());
  } else {
    std::vector<std::size_t> order(points.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return before(points[a], points[b]); });
    std::vector<bool> repeated(points.size());
    for (std::size_t i = 1; i < order.size(); ++i)
      repeated[order[i]] = kit::compare_by_step(points[order[i - 1]], points[order[i]]) == 0;
    for (std::size_t i = 0; i < points.size(); ++i)
      if (!repeated[i]) fresh.push_back(points[i]);
  }

  std::vector<Point> inside;
  for (const Point& point : fresh)
    if (!outside(row.summary, rule, point)) inside.push_back(point);
  if (inside.empty()) return fresh;
  std::sort(inside.begin(), inside.end(), before);
  Candidates candidates(std::move(inside));
  // What a summary shows is there; a client's retry mostly repeats the last point.
  for (const Point* known :
       {&row.summary.last, &row.summary.first, &row.summary.min, &row.summary.max})
    candidates.seen(*known);
  if (with_tail && row.loose > 0)
    table.tail(row.sid, candidates.box().first_step, candidates.box().last_step,
               [&](const Point& point) { candidates.seen(point); });
  if (row.summary.count > row.loose)
    table.chunks(
        row.sid, candidates.box(),
        [&](std::int64_t s0, std::int64_t s1, std::int64_t t0, std::int64_t t1) {
          return candidates.any_in(s0, s1, t0, t1);
        },
        [&](std::span<const Point> chunk) { candidates.seen(chunk); });
  std::erase_if(fresh, [&](const Point& point) {
    return !outside(row.summary, rule, point) && candidates.has(point);
  });
  return fresh;
}

/// How sorted points are cut into chunks of about equal size.
std::size_t parts_of(std::size_t points) {
  return (points + kit::sealed_points - 1) / kit::sealed_points;
}
std::size_t part_end(std::size_t points, std::size_t part) {
  return points * (part + 1) / parts_of(points);
}

/// Counts in the row what `write_chunks` will write.
void count_chunks(SeriesRow& row, std::size_t points) {
  row.chunks += static_cast<std::int64_t>(parts_of(points));
  for (std::size_t i = 0, from = 0; i < parts_of(points); from = part_end(points, i++))
    if (part_end(points, i) - from < small_chunk) ++row.small;
}

void write_chunks(SeriesTable& table, std::int64_t sid, std::int64_t seq,
                  std::span<const Point> sorted) {
  for (std::size_t i = 0, from = 0; i < parts_of(sorted.size());
       from = part_end(sorted.size(), i++))
    table.insert_chunk(sid, seq++, sorted.subspan(from, part_end(sorted.size(), i) - from));
}

bool append_one(Session& session, const CollectionInfo& info, const SeriesInfo& series,
                SeriesTable& table, Owner owner, const Arrival& arrival) {
  SeriesRow row;
  const bool known = table.find(owner.ordinal, arrival.key, arrival.scope, row);
  const Summary old = row.summary;
  const bool in_chunks = arrival.points.size() >= chunk_at_once;
  // A tail's primary key refuses repeats itself, unless the points become a chunk.
  std::vector<Point> fresh = without_duplicates(table, row, series.rule, arrival.points, in_chunks);
  if (fresh.empty()) return false;
  const bool chunk = fresh.size() >= chunk_at_once;
  if (!known) {
    for (const Point& point : fresh) kit::add(row.summary, point, series.rule);
    if (chunk)
      count_chunks(row, fresh.size());
    else
      row.loose = static_cast<std::int64_t>(fresh.size());
    row.sid = table.insert(owner.ordinal, arrival.key, arrival.scope, row);
  } else if (chunk) {
    for (const Point& point : fresh) kit::add(row.summary, point, series.rule);
    count_chunks(row, fresh.size());
  }
  if (chunk) {
    if (!std::is_sorted(fresh.begin(), fresh.end(), before))
      std::sort(fresh.begin(), fresh.end(), before);
    write_chunks(table, row.sid, row.chunks - static_cast<std::int64_t>(parts_of(fresh.size())),
                 fresh);
  } else {
    for (const Point& point : fresh) {
      if (!table.insert_loose(row.sid, point) || !known) continue;
      kit::add(row.summary, point, series.rule);
      ++row.loose;
    }
    if (row.summary.count == old.count) return false;
  }
  session.points += row.summary.count - old.count;
  if (known) table.store(row);
  if (!known || kit::compare_by_step(old.last, row.summary.last) != 0) {
    if (known) table.unindex(owner, arrival.key, arrival.scope, old.last.value);
    table.index(owner, arrival.key, arrival.scope, row.summary.last.value);
  }
  if (row.loose >= most_loose || row.small >= most_small)
    merge_series(session, series, row.sid);
  else if (worth_merging(row.loose, row.small))
    session.loosen({info.id, static_cast<std::size_t>(&series - info.series.data()), row.sid});
  return true;
}

}  // namespace

bool append_points(Session& session, const CollectionInfo& info, const SeriesInfo& series,
                   Owner owner, std::span<const SeriesPoints> given) {
  SeriesTable table(session.db(), series);
  bool changed = false;
  for (const Arrival& arrival : by_series(session, given))
    changed = append_one(session, info, series, table, owner, arrival) || changed;
  return changed;
}

bool merge_series(Session& session, const SeriesInfo& series, std::int64_t sid) {
  SeriesTable table(session.db(), series);
  SeriesRow row;
  if (!table.find(sid, row) || !worth_merging(row.loose, row.small)) return false;
  std::vector<Point> points;
  table.tail(sid, std::numeric_limits<std::int64_t>::min(),
             std::numeric_limits<std::int64_t>::max(),
             [&](const Point& point) { points.push_back(point); });
  table.remove_tail(sid);
  if (row.small > 0) table.take_small_chunks(sid, points);
  row.loose = row.small = 0;
  std::sort(points.begin(), points.end(), before);
  // Full chunks of the least steps; the rest, the newest as a rule, waits for more.
  const std::size_t full = points.size() / kit::sealed_points * kit::sealed_points;
  const std::span<const Point> all(points);
  const auto chunks = [&](std::span<const Point> sorted) {
    write_chunks(table, sid, row.chunks, sorted);
    count_chunks(row, sorted.size());
  };
  if (full > 0) chunks(all.first(full));
  if (points.size() - full >= chunk_at_once) {
    chunks(all.subspan(full));
  } else {
    for (const Point& point : all.subspan(full)) {
      table.insert_loose(sid, point);
      ++row.loose;
    }
  }
  table.store(row);
  return true;
}

bool has_series(Session& session, const SeriesInfo& series, Ordinal owner) {
  Statement any = session.db().prepare(
      fmt::format("SELECT 1 FROM {} WHERE owner = ? LIMIT 1", series.summaries));
  return any.bind(owner).step();
}

bool clear_series(Session& session, const SeriesInfo& series, Owner owner) {
  SeriesTable table(session.db(), series);
  bool any = false;
  for (const SeriesTable::Member& member : table.of(owner.ordinal)) {
    table.unindex(owner, member.key, member.scope, member.last);
    table.remove_tail(member.sid);
    table.remove_chunks(member.sid);
    table.remove(member.sid);
    any = true;
  }
  return any;
}

bool move_series(Session& session, const SeriesInfo& from, Owner source, const SeriesInfo& to,
                 Owner target) {
  SeriesTable old_table(session.db(), from), new_table(session.db(), to);
  const std::vector<SeriesTable::Member> members = old_table.of(source.ordinal);
  for (const SeriesTable::Member& member : members) {
    old_table.unindex(source, member.key, member.scope, member.last);
    new_table.index(target, member.key, member.scope, member.last);
    if (&from != &to) old_table.copy(member.sid, new_table, target.ordinal);
  }
  if (&from == &to && source.ordinal != target.ordinal)
    session.db()
        .prepare(fmt::format("UPDATE {} SET owner = ? WHERE owner = ?", from.summaries))
        .bind(target.ordinal, source.ordinal)
        .run();
  return !members.empty();
}

}  // namespace podium::sqlite
