#include "metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "page_token.hpp"
#include "podium/http/json_writer.hpp"
#include "python_text.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::uint64_t points_per_read = 16'384;
constexpr std::size_t points_per_block = 1'000;
constexpr std::int64_t max_bulk_points = 25'000;
constexpr std::size_t max_bulk_runs = 100;
constexpr std::int64_t max_points_per_run = 2'500;
constexpr std::string_view see_docs =
    " See the API docs for more information about request parameters.";

std::string encode(const Point& p) {
  return fmt::format("{}:{}:{:016x}", p.time, p.step, std::bit_cast<std::uint64_t>(p.value));
}

Point decode(std::string_view cursor) {
  Point p;
  std::uint64_t bits = 0;
  const char* at = cursor.data();
  const char* const end = at + cursor.size();
  const auto read = [&](auto& number, int base, char behind) {
    const auto [next, failure] = std::from_chars(at, end, number, base);
    if (failure != std::errc() || (behind ? next == end || *next != behind : next != end))
      refuse_token(cursor);
    at = next + (behind ? 1 : 0);
  };
  read(p.time, 10, ':');
  read(p.step, 10, ':');
  read(bits, 16, '\0');
  p.value = std::bit_cast<double>(bits);
  return p;
}

/// One series' points in (time, step, value) order, read in pieces of their own snapshot each.
class History {
 public:
  History(const Api& api, const Principal& who, Ordinal run, std::string_view key)
      : api_(api), who_(who) {
    query_.record = run;
    query_.series = "metrics";
    query_.key = key;
    query_.by = PointsQuery::By::time;
  }
  void start_behind(const Point& p) { query_.after = p; }
  /// Up to `limit` more points; fewer only at the end.
  std::vector<Point> next(std::uint64_t limit) {
    std::vector<Point> out;
    out.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(limit, points_per_read)));
    query_.limit = limit;
    api_.tasks.points(api_.store, who_, query_, [&](std::span<const Point> points) {
      out.insert(out.end(), points.begin(), points.end());
      return true;
    });
    if (!out.empty()) query_.after = out.back();
    return out;
  }

 private:
  const Api& api_;
  Principal who_;
  PointsQuery query_;
};

/// Writes the answer of get-history piece by piece: all points, or a page of them.
class HistoryAnswer final : public Generator {
 public:
  /// `page` 0 is all.
  HistoryAnswer(History history, std::string_view key, std::uint64_t page)
      : history_(std::move(history)), left_(page), paged_(page != 0) {
    prefix_ = "{\"key\":";
    append_json_string(prefix_, key);
    prefix_ += ",\"value\":";
  }

  bool next(std::string& block) override {
    for (std::size_t n = 0; n < points_per_block; ++n) {
      if (at_ == points_.size() && !refill()) return finish(block);
      const Point& p = points_[at_];
      if (paged_ && left_ == 0) {  // one more than the page: there is a next one
        token_ = page_token(encode(last_));
        return finish(block);
      }
      block += first_ ? "{\"metrics\":[" : ",";
      first_ = false;
      block += prefix_;
      append_json_number(block, p.value);
      block += ",\"timestamp\":";
      append_json_number(block, p.time);
      block += ",\"step\":";
      append_json_number(block, p.step);
      block += '}';
      last_ = p;
      ++at_;
      if (paged_) --left_;
    }
    return true;
  }

 private:
  bool refill() {
    if (ended_) return false;
    const std::uint64_t want = paged_ ? std::min(points_per_read, left_ + 1) : points_per_read;
    points_ = history_.next(want);
    at_ = 0;
    ended_ = points_.size() < want;
    return !points_.empty();
  }
  bool finish(std::string& block) {
    if (first_) {
      block += "{}";
      return false;
    }
    block += ']';
    if (!token_.empty()) {
      block += ",\"next_page_token\":";
      append_json_string(block, token_);
    }
    block += '}';
    return false;
  }

  History history_;
  std::uint64_t left_;
  bool paged_, ended_ = false, first_ = true;
  std::string prefix_, token_;
  std::vector<Point> points_;
  std::size_t at_ = 0;
  Point last_;
};

Response get_history(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.run_id()), key(fields.required_text("metric_key"));
  const auto max_results = fields.integer32("max_results");
  const std::string token(fields.text("page_token").value_or(""));
  if (max_results && *max_results <= 0)
    throw invalid(fmt::format(
        "Invalid value {} for parameter 'max_results' supplied. It must be a positive integer.",
        *max_results));
  const std::string cursor = cursor_of(token);
  const Ordinal run = api.tasks.find(api.store, request.who(), run_id);
  if (run == 0) return empty_answer();
  History history(api, request.who(), run, key);
  if (!cursor.empty()) history.start_behind(decode(cursor));
  auto answer = std::make_unique<HistoryAnswer>(
      std::move(history), key, static_cast<std::uint64_t>(max_results.value_or(0)));
  Response response;
  // Most histories are short: then the answer is whole after the first piece, and needs no chunks.
  if (answer->next(response.body)) {
    class Rest final : public Generator {
     public:
      Rest(std::string first, std::unique_ptr<HistoryAnswer> rest)
          : first_(std::move(first)), rest_(std::move(rest)) {}
      bool next(std::string& block) override {
        if (first_.empty()) return rest_->next(block);
        block += first_;
        first_.clear();
        return true;
      }

     private:
      std::string first_;
      std::unique_ptr<HistoryAnswer> rest_;
    };
    response.stream = std::make_unique<Rest>(std::move(response.body), std::move(answer));
    response.body.clear();
  }
  return response;
}

Response get_history_bulk(const Api& api, Request& request) {
  std::vector<std::string> run_ids;
  for (const auto& [key, value] : request.query())
    if (key == "run_id") run_ids.push_back(value);
  if (run_ids.empty())
    throw invalid("GetMetricHistoryBulk request must specify at least one run_id.");
  if (run_ids.size() > max_bulk_runs)
    throw invalid(fmt::format(
        "GetMetricHistoryBulk request cannot specify more than {} run_ids. Received {} run_ids.",
        max_bulk_runs, run_ids.size()));
  const auto key = request.query("metric_key");
  if (!key) throw invalid("GetMetricHistoryBulk request must specify a metric_key.");
  std::int64_t left = max_bulk_points;
  if (const auto text = request.query("max_results")) {
    const auto number = whole_number(*text);
    if (!number)
      throw invalid(fmt::format("Parameter 'max_results' must be an integer, got '{}'.", *text));
    // A negative one is no limit.
    left = *number < 0 ? max_bulk_points : std::min(*number, max_bulk_points);
  }
  std::sort(run_ids.begin(), run_ids.end());
  run_ids.erase(std::unique(run_ids.begin(), run_ids.end()), run_ids.end());
  std::string key_json, body = "{\"metrics\":[";
  append_json_string(key_json, *key);
  bool first = true;
  for (const std::string& run_id : run_ids) {
    const Ordinal run = api.tasks.find(api.store, request.who(), run_id);
    if (run == 0 || left == 0) continue;
    std::string run_json;
    append_json_string(run_json, run_id);
    History history(api, request.who(), run, *key);
    for (const Point& p : history.next(static_cast<std::uint64_t>(left))) {
      body += first ? "{\"key\":" : ",{\"key\":";
      first = false;
      body += key_json;
      body += ",\"run_id\":";
      body += run_json;
      body += ",\"step\":";
      append_json_number(body, p.step);
      body += ",\"timestamp\":";
      append_json_number(body, p.time);
      body += ",\"value\":";
      if (std::isnan(p.value))
        body += "NaN";  // this endpoint writes it bare
      else
        append_json_number(body, p.value);
      body += '}';
      --left;
    }
  }
  body += "]}";
  return json_response(std::move(body));
}

Response get_history_interval(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const auto run_ids = fields.texts("run_ids");
  if (run_ids.empty()) throw missing_value("run_ids");
  if (run_ids.size() > max_bulk_runs)
    throw invalid(fmt::format(
        "GetMetricHistoryBulkInterval request must specify at most {} run_ids. Received {} "
        "run_ids.{}",
        max_bulk_runs, run_ids.size(), see_docs));
  const std::string key(fields.required_text("metric_key"));
  const auto from = fields.integer("start_step"), to = fields.integer("end_step");
  const std::int64_t max_results = fields.integer("max_results").value_or(max_points_per_run);
  if (max_results < 1 || max_results > max_points_per_run)
    throw invalid(
        fmt::format("max_results must be between 1 and {}.{}", max_points_per_run, see_docs));
  if (from && to && *from > *to)
    throw invalid(fmt::format(
        "end_step must be greater than start_step. Found start_step={} and end_step={}.", *from,
        *to));
  if (from.has_value() != to.has_value())
    throw invalid("If either start step or end step are specified, both must be specified.");
  std::string prefix = "{\"key\":", body;
  append_json_string(prefix, key);
  prefix += ",\"value\":";
  for (const std::string_view run_id : run_ids) {
    PointsQuery query;
    query.record = api.tasks.find(api.store, request.who(), run_id);
    if (query.record == 0) continue;
    query.series = "metrics";
    query.key = key;
    if (from) query.from = *from, query.to = *to;
    query.evenly = static_cast<std::uint32_t>(max_results);
    std::string run_json = ",\"run_id\":";
    append_json_string(run_json, run_id);
    run_json += '}';
    api.tasks.points(api.store, request.who(), query, [&](std::span<const Point> points) {
      for (const Point& p : points) {
        body += body.empty() ? "{\"metrics\":[" : ",";
        body += prefix;
        append_json_number(body, p.value);
        body += ",\"timestamp\":";
        append_json_number(body, p.time);
        body += ",\"step\":";
        append_json_number(body, p.step);
        body += run_json;
      }
      return true;
    });
  }
  body += body.empty() ? "{}" : "]}";
  return json_response(std::move(body));
}

}  // namespace

void add_metric_routes(const Api& api, RouteTable& routes) {
  routes.rpc_long("GET", 2, "/metrics/get-history", "task.read",
                  [&](Request& q) { return get_history(api, q); });
  routes.rpc("GET", 2, "/metrics/get-history-bulk-interval", "task.read",
             [&](Request& q) { return get_history_interval(api, q); });
  routes.at("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", "task.read",
            [&](Request& q) { return get_history_bulk(api, q); });
}

}  // namespace podium::mlflow
