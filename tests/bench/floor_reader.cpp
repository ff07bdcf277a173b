#include "floor_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <vector>

#include "floor_points.hpp"

namespace bench {
namespace {

std::string_view text(sqlite3_stmt* s, int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(s, column))};
}

template <class Number>
void put(std::string& out, Number v) {
  char digits[32];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, v).ptr);
}

void put_point(std::string& out, const Point& p) {
  out += "{\"key\":\"loss\",\"value\":";
  put(out, p.value);
  out += ",\"timestamp\":";
  put(out, p.time);
  out += ",\"step\":";
  put(out, p.step);
  out += "},";
}

/// The list just written ends with a comma if it is not empty.
void close(std::string& out, std::string_view bracket) {
  if (out.back() == ',') out.pop_back();
  out += bracket;
}

}  // namespace

FloorReader::FloorReader(const char* database) : db_(open_database(database)) {
  // Every page begins behind (value, rid); the first behind the greatest there are.
  by_start_ = prepare(db_,
                      "SELECT rid, id, start, status, ended, start FROM run WHERE (start, rid) < "
                      "(?1, ?2) ORDER BY start DESC, rid DESC LIMIT 101");
  by_metric_ = prepare(db_,
                       "SELECT r.rid, r.id, r.start, r.status, r.ended, l.last FROM latest l CROSS "
                       "JOIN run r ON r.rid = l.rid WHERE l.key = 'acc' AND (l.last, l.rid) < (?1, "
                       "?2) ORDER BY l.last DESC, l.rid DESC LIMIT 101");
  by_start_filtered_ = prepare(
      db_,
      "SELECT r.rid, r.id, r.start, r.status, r.ended, r.start FROM run r CROSS JOIN kv p ON p.rid "
      "= r.rid AND p.map = 0 AND p.key = 'lr' AND p.txt = '0.1' CROSS JOIN series s ON s.rid = "
      "r.rid AND s.key = 'acc' AND s.last > 0.9 WHERE (r.start, r.rid) < (?1, ?2) ORDER BY r.start "
      "DESC, r.rid DESC LIMIT 101");
  by_metric_filtered_ =
      prepare(db_,
              "SELECT r.rid, r.id, r.start, r.status, r.ended, l.last FROM latest l CROSS JOIN kv "
              "p ON p.rid = l.rid AND p.map = 0 AND p.key = 'lr' AND p.txt = '0.1' CROSS JOIN run "
              "r ON r.rid = l.rid WHERE l.key = 'acc' AND l.last > 0.9 AND (l.last, l.rid) < (?1, "
              "?2) ORDER BY l.last DESC, l.rid DESC LIMIT 101");
  entries_ = prepare(db_, "SELECT map, key, txt FROM kv WHERE rid = ?");
  metrics_ = prepare(db_, "SELECT key, last, time, step FROM series WHERE rid = ?");
  series_ = prepare(
      db_,
      "SELECT sid FROM series WHERE rid = (SELECT rid FROM run WHERE id = ?) AND key = 'loss'");
  chunks_ = prepare(db_, "SELECT n, data FROM chunk WHERE sid = ? ORDER BY seq");
  tail_ = prepare(db_, "SELECT step, time, v FROM tail WHERE sid = ?");
}

std::string FloorReader::search(std::string_view request) {
  const bool ordered = request.find("order_by") != request.npos;
  const bool filtered = request.find("filter") != request.npos;
  sqlite3_stmt* rows = ordered ? (filtered ? by_metric_filtered_ : by_metric_)
                               : (filtered ? by_start_filtered_ : by_start_);
  double value = std::numeric_limits<double>::max();
  std::int64_t rid = std::numeric_limits<std::int64_t>::max();
  if (auto at = request.find("page_token"); at != request.npos) {
    at = request.find('"', request.find(':', at)) + 1;
    char* end = nullptr;
    value = std::strtod(request.data() + at, &end);
    rid = std::strtoll(end + 1, nullptr, 10);
  }
  sqlite3_bind_double(rows, 1, value);
  sqlite3_bind_int64(rows, 2, rid);
  std::string out = "{\"runs\":[", token;
  int count = 0;
  while (sqlite3_step(rows) == SQLITE_ROW) {
    if (++count > 100) {
      close(out, "],\"next_page_token\":\"" + token + "\"}");
      sqlite3_reset(rows);
      return out;
    }
    rid = sqlite3_column_int64(rows, 0);
    append_run(out, rid, rows);
    if (count < 100) continue;
    put(token, sqlite3_column_double(rows, 5));
    token += ' ';
    put(token, rid);
  }
  sqlite3_reset(rows);
  close(out, "]}");
  return out;
}

void FloorReader::append_run(std::string& out, std::int64_t rid, sqlite3_stmt* row) {
  const std::string_view id = text(row, 1);
  out.append("{\"info\":{\"run_id\":\"").append(id).append("\",\"run_uuid\":\"").append(id);
  out.append("\",\"run_name\":\"the name of the run\",\"experiment_id\":\"0\",\"user_id\":\"\",");
  out.append("\"status\":\"").append(text(row, 3)).append("\",\"start_time\":");
  put(out, sqlite3_column_int64(row, 2));
  out.append(",\"artifact_uri\":\"mlflow-artifacts:/0/").append(id).append("/artifacts\",");
  out.append("\"lifecycle_stage\":\"active\"},\"data\":{\"metrics\":[");
  sqlite3_bind_int64(metrics_, 1, rid);
  while (sqlite3_step(metrics_) == SQLITE_ROW) {
    out.append("{\"key\":\"").append(text(metrics_, 0)).append("\",\"value\":");
    put(out, sqlite3_column_double(metrics_, 1));
    out += ",\"timestamp\":";
    put(out, sqlite3_column_int64(metrics_, 2));
    out += ",\"step\":";
    put(out, sqlite3_column_int64(metrics_, 3));
    out += "},";
  }
  sqlite3_reset(metrics_);
  close(out, "],\"params\":[");
  int map = 0;
  sqlite3_bind_int64(entries_, 1, rid);
  while (sqlite3_step(entries_) == SQLITE_ROW) {
    if (sqlite3_column_int(entries_, 0) != map) close(out, "],\"tags\":["), map = 1;
    out.append("{\"key\":\"").append(text(entries_, 1)).append("\",\"value\":\"");
    out.append(text(entries_, 2)).append("\"},");
  }
  sqlite3_reset(entries_);
  close(out, "]}},");
}

std::string FloorReader::history(std::string_view run_id) {
  bind(series_, 1, run_id);
  const std::int64_t sid =
      sqlite3_step(series_) == SQLITE_ROW ? sqlite3_column_int64(series_, 0) : 0;
  sqlite3_reset(series_);
  std::vector<Point> points;
  sqlite3_bind_int64(chunks_, 1, sid);
  while (sqlite3_step(chunks_) == SQLITE_ROW) {
    const auto part = decode(sqlite3_column_blob(chunks_, 1),
                             static_cast<std::size_t>(sqlite3_column_int64(chunks_, 0)));
    points.insert(points.end(), part.begin(), part.end());
  }
  sqlite3_reset(chunks_);
  sqlite3_bind_int64(tail_, 1, sid);
  while (sqlite3_step(tail_) == SQLITE_ROW)
    points.push_back({sqlite3_column_int64(tail_, 0), sqlite3_column_int64(tail_, 1),
                      sqlite3_column_double(tail_, 2)});
  sqlite3_reset(tail_);
  const auto before = [](const Point& a, const Point& b) {
    return a.step != b.step ? a.step < b.step : a.time < b.time;
  };
  if (!std::is_sorted(points.begin(), points.end(), before))
    std::stable_sort(points.begin(), points.end(), before);
  std::string out = "{\"metrics\":[";
  for (const auto& p : points) put_point(out, p);
  close(out, "]}");
  return out;
}

}  // namespace bench
