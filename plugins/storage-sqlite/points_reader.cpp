// Reading a series: its chunks and its tail, merged, in blocks.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "podium/storage_kit/points.hpp"
#include "reader.hpp"
#include "series_table.hpp"
#include "summary_columns.hpp"

namespace podium::sqlite {
namespace {

using By = PointsQuery::By;

// Points handed on at once, and read of the tail at once.
constexpr std::size_t block_points = 16 * 1024;

// Step and time, or time and step, whichever orders.
using Place = std::pair<std::int64_t, std::int64_t>;

struct ChunkHead {
  std::int64_t seq = 0;
  std::uint32_t count = 0;
  Place first, last;  // nothing in it is before or behind
};

class PointsRead {
 public:
  PointsRead(const ReadContext& context, const SeriesInfo& series, const PointsQuery& query)
      : connection_(context.connection), series_(series), query_(query) {}

  /// Finds the series; false when there is none.
  bool open(std::int64_t owner, std::int64_t key, std::int64_t scope) {
    Statement s = connection_.prepare(fmt::format(
        "SELECT sid, n, loose, chunks FROM {} WHERE owner = ? AND key = ? AND scope = ?",
        series_.summaries));
    if (!s.bind(owner, key, scope).step()) return false;
    sid_ = s.integer(0);
    total_ = static_cast<std::uint64_t>(s.integer(1));
    loose_ = s.integer(2);
    return true;
  }

  void run(PointSink sink) {
    if (query_.evenly != 0) return run_evenly(sink);
    if (query_.buckets == 0) {
      std::uint64_t left = query_.limit;
      read([&](std::span<const Point> points) {
        if (points.size() > left) points = points.first(static_cast<std::size_t>(left));
        left -= points.size();
        return (points.empty() || sink(points)) && left != 0;
      });
      return;
    }
    // The down-sampler is told the number of points in advance.
    kit::Downsampler sampler(std::min(count(), query_.limit), query_.buckets);
    std::vector<Point> out;
    std::uint64_t left = query_.limit;
    bool wanted = true;
    read([&](std::span<const Point> points) {
      if (points.size() > left) points = points.first(static_cast<std::size_t>(left));
      left -= points.size();
      sampler.add(points, out);
      if (out.size() >= block_points) {
        wanted = sink(out);
        out.clear();
      }
      return wanted && left != 0;
    });
    if (!wanted) return;
    sampler.finish(out);
    if (!out.empty()) sink(out);
  }

 private:
  using Blocks = FunctionRef<bool(std::span<const Point>)>;

  bool by_step() const { return query_.by == By::step; }
  int compare(const Point& a, const Point& b) const {
    return by_step() ? kit::compare_by_step(a, b) : kit::compare_by_time(a, b);
  }
  Place place(const Point& p) const {
    return by_step() ? Place{p.step, p.time} : Place{p.time, p.step};
  }
  // Nothing of the chunk is outside of what is wanted.
  bool inside(const ChunkHead& head) const {
    return head.first.first >= query_.from && head.last.first <= query_.to &&
           (!query_.after || head.first > place(*query_.after));
  }
  bool whole() const {
    return query_.from == std::numeric_limits<std::int64_t>::min() &&
           query_.to == std::numeric_limits<std::int64_t>::max() && !query_.after;
  }
  bool wanted(const Point& p) const {
    return place(p).first >= query_.from && place(p).first <= query_.to &&
           (!query_.after || compare(p, *query_.after) > 0);
  }

  // The heads of the chunks that may hold something wanted, by where they begin.
  const std::vector<ChunkHead>& heads() {
    if (heads_) return *heads_;
    heads_.emplace();
    Statement s = connection_.prepare(fmt::format(
        "SELECT seq, n, s0, s1, t0, t1 FROM {} WHERE sid = ? ORDER BY seq", series_.chunks));
    s.bind(sid_);
    while (s.step()) {
      ChunkHead head;
      head.seq = s.integer(0);
      head.count = static_cast<std::uint32_t>(s.integer(1));
      const int own = by_step() ? 2 : 4, other = by_step() ? 4 : 2;
      head.first = {s.integer(own), s.integer(other)};
      head.last = {s.integer(own + 1), s.integer(other + 1)};
      if (head.last.first >= query_.from && head.first.first <= query_.to &&
          (!query_.after || head.last >= place(*query_.after)))
        heads_->push_back(head);
    }
    std::stable_sort(heads_->begin(), heads_->end(),
                     [](const ChunkHead& a, const ChunkHead& b) { return a.first < b.first; });
    return *heads_;
  }

  // The bytes of a chunk. The next one of the file is a step further, not looked for.
  std::string_view data_of(const ChunkHead& head) {
    if (!cursor_)
      cursor_.emplace(connection_.prepare(fmt::format(
          "SELECT seq, data FROM {} WHERE sid = ? AND seq >= ? ORDER BY seq", series_.chunks)));
    const auto next_is_it = [&] { return cursor_->step() && cursor_->integer(0) == head.seq; };
    const bool follows =
        cursor_at_ != nullptr && &head == cursor_at_ + 1 && head.seq > cursor_at_->seq;
    if (!follows || !next_is_it()) {
      cursor_->reset();
      cursor_->bind(sid_, head.seq);
      if (!next_is_it()) throw damaged(connection_.file(), "a chunk of points vanished");
    }
    cursor_at_ = &head;
    return cursor_->blob(1);
  }

  // A chunk's wanted points, in the order that was asked for. The head is one of heads().
  std::vector<Point> decode(const ChunkHead& head) {
    std::vector<Point> points = std::move(spare_);
    points.clear();
    points.reserve(head.count);
    decode_points(connection_, data_of(head), head.count, points);
    if (!by_step())
      std::sort(points.begin(), points.end(),
                [](const Point& a, const Point& b) { return kit::compare_by_time(a, b) < 0; });
    if (!inside(head)) std::erase_if(points, [this](const Point& p) { return !wanted(p); });
    return points;
  }

  // The tail in order: it is short, as it is sealed at some number of points.
  std::vector<Point> tail() {
    std::vector<Point> points;
    if (loose_ == 0) return points;
    Statement s = connection_.prepare(
        by_step()
            ? fmt::format(
                  "SELECT step, time, rank, v FROM {} WHERE sid = ? AND step >= ? AND step <= ? "
                  "ORDER BY step, time, rank, v",
                  series_.tail)
            : fmt::format("SELECT step, time, rank, v FROM {} WHERE sid = ?", series_.tail));
    if (by_step())
      s.bind(sid_, query_.after ? std::max(query_.from, query_.after->step) : query_.from,
             query_.to);
    else
      s.bind(sid_);
    while (s.step()) {
      const Point p = read_point(s, 0);
      if (wanted(p)) points.push_back(p);
    }
    std::sort(points.begin(), points.end(),
              [this](const Point& a, const Point& b) { return compare(a, b) < 0; });
    return points;
  }

  // Everything wanted, merged, in blocks. Holds the chunks that overlap each other at one place
  // only.
  void read(Blocks sink) {
    struct Run {
      std::vector<Point> points;
      std::size_t at = 0;
    };
    std::vector<Run> runs;
    std::size_t next = 0;
    const auto& chunks = heads();
    if (auto loose = tail(); !loose.empty()) runs.push_back({std::move(loose), 0});
    std::vector<Point> out;
    const auto later = [this](const Run& a, const Run& b) {
      return compare(a.points[a.at], b.points[b.at]) > 0;
    };
    for (;;) {
      // A chunk joins when what is open has come to where it begins.
      while (next < chunks.size() &&
             (runs.empty() || chunks[next].first <= place(runs.front().points[runs.front().at]))) {
        Run run{decode(chunks[next++]), 0};
        if (run.points.empty()) continue;
        runs.push_back(std::move(run));
        std::push_heap(runs.begin(), runs.end(), later);
      }
      if (runs.empty()) break;
      std::pop_heap(runs.begin(), runs.end(), later);
      Run& run = runs.back();
      // As far as nothing else begins; usually all of a chunk.
      const std::size_t begin = run.at;
      const auto alone = [&](const Point& p) {
        return (runs.size() == 1 || compare(p, runs[0].points[runs[0].at]) <= 0) &&
               (next == chunks.size() || place(p) < chunks[next].first);
      };
      if (alone(run.points.back()))
        run.at = run.points.size();
      else
        while (++run.at < run.points.size() && alone(run.points[run.at])) {
        }
      const std::span<const Point> piece(run.points.data() + begin, run.at - begin);
      if (out.empty() && piece.size() >= kit::sealed_points / 2) {
        if (!sink(piece)) return;
      } else {
        out.insert(out.end(), piece.begin(), piece.end());
        if (out.size() >= block_points || piece.size() >= kit::sealed_points / 2) {
          if (!sink(out)) return;
          out.clear();
        }
      }
      if (run.at == run.points.size()) {
        spare_ = std::move(run.points);
        runs.pop_back();
      } else {
        std::push_heap(runs.begin(), runs.end(), later);
      }
    }
    if (!out.empty()) sink(out);
  }

  // How many points are wanted: from the heads, looking into chunks that are wanted in part.
  std::uint64_t count() {
    if (whole()) return total_;
    std::uint64_t n = 0;
    for (const ChunkHead& head : heads()) {
      n += inside(head) ? head.count : decode(head).size();
    }
    return n + tail().size();
  }

  // Evenly spaced row numbers. Where chunks follow each other only those that are hit are decoded.
  void run_evenly(PointSink sink) {
    const std::uint64_t total = count();
    const auto rows = kit::evenly_spaced(total, query_.evenly);
    std::vector<Point> out;
    std::size_t want = 0;
    std::uint64_t passed = 0;
    const auto take = [&](std::span<const Point> points) {
      for (; want < rows.size() && rows[want] < passed + points.size(); ++want)
        out.push_back(points[static_cast<std::size_t>(rows[want] - passed)]);
      passed += points.size();
      return want < rows.size();
    };
    const auto& chunks = heads();
    bool apart = whole();
    for (std::size_t i = 1; i < chunks.size() && apart; ++i)
      apart = chunks[i].first > chunks[i - 1].last;
    const std::vector<Point> loose = apart ? tail() : std::vector<Point>();
    // Loose points usually follow the chunks; elsewhere they split the counting.
    if (apart && !loose.empty() && !chunks.empty())
      apart = place(loose.front()) > chunks.back().last;
    if (!apart) {
      read([&](std::span<const Point> points) { return take(points); });
    } else {
      for (const ChunkHead& head : chunks) {
        if (want == rows.size()) break;
        if (rows[want] < passed + head.count)
          take(decode(head));
        else
          passed += head.count;
      }
      if (want < rows.size()) take(loose);
    }
    if (!out.empty()) sink(out);
  }

  Connection& connection_;
  const SeriesInfo& series_;
  const PointsQuery& query_;
  std::int64_t sid_ = 0, loose_ = 0;
  std::uint64_t total_ = 0;
  std::optional<std::vector<ChunkHead>> heads_;
  std::optional<Statement> cursor_;  // over the chunks, at the one of `cursor_at_`
  const ChunkHead* cursor_at_ = nullptr;
  std::vector<Point> spare_;  // what a chunk was decoded into, for the next one
};

}  // namespace

void SnapshotReader::points(const PointsQuery& q, PointSink sink) const {
  const CollectionInfo& info = collection(q.collection);
  const SeriesInfo& series = info.one_series(q.series);
  if (q.evenly != 0 &&
      (q.buckets != 0 || q.after || q.limit != std::numeric_limits<std::uint64_t>::max()))
    throw Error(ErrorCode::invalid,
                "evenly spaced points cannot be had together with buckets, a cursor or a limit");
  if (q.by != By::step && q.by != By::time)
    throw Error(ErrorCode::invalid, "points are ordered by step or by time");
  const auto key = context_.dictionary.id(context_.connection, q.key);
  const auto scope = context_.dictionary.id(context_.connection, q.scope);
  if (!key || !scope || q.limit == 0) return;
  if (!context_.tombstones.empty() && !context_.visible(info, q.record)) return;
  PointsRead read(context_, series, q);
  if (read.open(q.record, *key, *scope)) read.run(sink);
}

}  // namespace podium::sqlite
