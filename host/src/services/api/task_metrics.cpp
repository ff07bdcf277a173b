// /api/v1/tasks/{id}/metrics
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "podium/http/input.hpp"
#include "services/api/output.hpp"
#include "services/api/route_table.hpp"
#include "services/api/task_handlers.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t block_points = 4096;
constexpr auto least = std::numeric_limits<std::int64_t>::min(),
               most = std::numeric_limits<std::int64_t>::max();

/// A page's cursor: the last point, exactly.
std::string cursor_of(const Point& p) {
  return std::to_string(p.step) + "_" + std::to_string(p.time) + "_" +
         std::to_string(std::bit_cast<std::uint64_t>(p.value));
}

std::optional<Point> point_of(const std::string& cursor) {
  if (cursor.empty()) return std::nullopt;
  Point p;
  std::uint64_t bits = 0;
  const char* at = cursor.data();
  const char* const end = at + cursor.size();
  bool good = true;
  const auto read = [&](auto& number, bool last) {
    const auto [next, error] = std::from_chars(at, end, number);
    good = good && error == std::errc() && (last ? next == end : next != end && *next == '_');
    at = good && !last ? next + 1 : end;
  };
  read(p.step, false);
  read(p.time, false);
  read(bits, true);
  if (!good) throw Error(ErrorCode::invalid, "'cursor' is not one of this path's").in("cursor");
  p.value = std::bit_cast<double>(bits);
  return p;
}

/// Writes the points of a series block by block.
class PointStream final : public Generator {
 public:
  PointStream(const Core& core, VisibleRecords records, Principal who, PointsQuery query)
      : core_(core),
        records_(std::move(records)),
        who_(std::move(who)),
        query_(std::move(query)),
        left_(query_.limit) {}

  bool next(std::string& block) override {
    if (!begun_) {
      begun_ = true;
      JsonWriter w(block);
      w.object().key("key").value(query_.key);
      if (!query_.scope.empty()) w.key("scope").value(query_.scope);
      w.key("points").array();
    }
    if (query_.buckets != 0) {
      read(block, std::numeric_limits<std::uint64_t>::max());
      return finish(block, false);
    }
    // One more than is written tells whether the page has a successor.
    const std::uint64_t wanted = std::min(block_points, left_);
    const std::uint64_t got = read(block, wanted);
    left_ -= std::min(got, wanted);
    if (got <= wanted) return finish(block, false);
    return left_ == 0 ? finish(block, true) : true;
  }

 private:
  /// Writes up to `wanted` points; returns how many there were, at most wanted + 1.
  std::uint64_t read(std::string& block, std::uint64_t wanted) {
    PointsQuery query = query_;
    if (query.buckets == 0) query.limit = wanted + 1;
    std::uint64_t seen = 0;
    records_.points(core_.store, who_, query, [&](std::span<const Point> points) {
      for (const Point& p : points) {
        if (seen++ >= wanted) return false;
        if (wrote_) block += ',';
        wrote_ = true;
        block += '[';
        append_json_number(block, p.step);
        block += ',';
        append_json_number(block, p.time);
        block += ',';
        append_json_number(block, p.value);
        block += ']';
        query_.after = p;
      }
      return true;
    });
    return seen;
  }

  bool finish(std::string& block, bool more) const {
    block += "],\"cursor\":";
    if (more)
      append_json_string(block, cursor_of(*query_.after));
    else
      block += "null";
    block += '}';
    return false;
  }

  const Core& core_;
  const VisibleRecords records_;
  const Principal who_;
  PointsQuery query_;
  std::uint64_t left_;
  bool begun_ = false, wrote_ = false;
};

}  // namespace

Response series_summaries(const Core& core, const VisibleRecords& records, Ordinal record,
                          Request& request) {
  static const std::array columns = {whole_series("metrics")};
  std::string body;
  JsonWriter w(body);
  w.object().key("metrics");
  if (!records.get(core.store, request.who(), record, columns,
                   [&](const Row& row) { write_series(w, row.series(0)); }))
    throw no_such("task", request.segment("id"));
  w.end_object();
  return json_response(std::move(body));
}

std::vector<Parameter> points_parameters() {
  return {text_parameter("scope", "what it was measured on; the empty scope when absent"),
          choice_parameter("by", "the order, and what from and to mean; step when absent",
                           {"step", "time"}),
          integer_parameter("from", "the least step or time", least, most),
          integer_parameter("to", "the greatest step or time", least, most),
          integer_parameter("limit", "how many at most; 100000 when absent", 1, 1'000'000'000),
          text_parameter("cursor", "of the page before"),
          integer_parameter("buckets",
                            "down-sampled to so many, keeping first, least, greatest and last of "
                            "each; not with limit or cursor",
                            1, 10'000)};
}

Response series_points(const Core& core, const VisibleRecords& records, Ordinal record,
                       Request& request) {
  const Parameters p(request);
  const Principal& who = request.who();
  PointsQuery query;
  query.record = record;
  query.series = "metrics";
  query.key = request.segment("key");
  query.scope = p.text("scope").value_or("");
  const std::string by = p.text("by").value_or("step");
  if (by != "step" && by != "time")
    throw Error(ErrorCode::invalid, "'by' must be step or time").in("by");
  query.by = by == "time" ? PointsQuery::By::time : PointsQuery::By::step;
  query.from = p.integer("from", least, most).value_or(least);
  query.to = p.integer("to", least, most).value_or(most);
  query.after = point_of(p.cursor());
  query.buckets = static_cast<std::uint32_t>(p.integer("buckets", 1, 10'000).value_or(0));
  if (query.buckets != 0 && (request.query("limit") || query.after))
    throw Error(ErrorCode::invalid, "'buckets' does not go together with 'limit' or 'cursor'")
        .in("buckets");
  if (query.buckets == 0) query.limit = p.limit(100'000, 1'000'000'000);

  bool there = false;
  Column column = whole_series("metrics");
  column.path.key = query.key;
  records.get(core.store, who, query.record, std::span<const Column>(&column, 1),
              [&](const Row& row) {
                for (const auto& s : row.series(0)) there |= s.scope == query.scope;
              });
  if (!there) throw no_such("metric", query.key).in("key");
  Response response;
  response.stream = std::make_unique<PointStream>(core, records, who, std::move(query));
  return response;
}

Response task_metrics(const Core& core, const ApiServices& services, Request& request) {
  const Ordinal task =
      find_visible(services.tasks, core.store, request.who(), "task", request.segment("id"));
  return series_summaries(core, VisibleRecords(core, core.in.tasks, "tasks"), task, request);
}

Response task_points(const Core& core, const ApiServices& services, Request& request) {
  const Ordinal task =
      find_visible(services.tasks, core.store, request.who(), "task", request.segment("id"));
  return series_points(core, VisibleRecords(core, core.in.tasks, "tasks"), task, request);
}

}  // namespace podium::host
