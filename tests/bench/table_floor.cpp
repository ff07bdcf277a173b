// What the task table and the actions do, by hand-written SQL over the file of a podium that holds
// the runs of values.hpp in one project:
//
//   bench_table_floor FILE PROJECT QUESTION
//
// QUESTION is one of the names at the end. Answers it on a warm cache for as long as a second, at
// least three times, and prints one line of JSON: CPU in ms a time (`cpu_ms`, the median) and how
// much the answer holds (`size`: bytes, rows or groups). "archive" writes, once: give it a copy.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "floor_sql.hpp"
#include "podium/http/json_writer.hpp"

namespace {

using podium::JsonWriter;
using Rid = std::int64_t;

double cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

const std::vector<std::string> params = {"lr",     "param1", "param2", "param3",
                                         "param4", "param5", "param6", "param7"};
const std::vector<std::string> tags = {"tag0", "tag1", "tag2", "tag3"};
const std::vector<std::string> metrics = {"acc", "metric1", "metric2", "metric3", "metric4"};
constexpr int text_fields = 4, fields = 7;

struct JsonSink {
  std::string& out;
  JsonWriter w{out};
  void begin() { w.array(); }
  void end() { w.end_array(); }
  void text(std::string_view t) { w.value(t); }
  void integer(std::int64_t i) { w.value(i); }
  void real(double r) { w.value(r); }
  void null() { w.null(); }
};

/// With the guard against formulas, as podium's.
struct CsvSink {
  std::string& out;
  bool first = true;
  void begin() { first = true; }
  void end() { out += "\r\n"; }
  void next() {
    if (!first) out += ',';
    first = false;
  }
  void text(std::string_view t) {
    next();
    const bool formula = !t.empty() && std::string_view("=+-@\t\r").find(t[0]) != t.npos;
    if (t.find_first_of("\",\r\n") == t.npos) {
      if (formula) out += '\'';
      out += t;
      return;
    }
    out += formula ? "\"'" : "\"";
    for (const char c : t) (out += c) += c == '"' ? "\"" : "";
    out += '"';
  }
  void integer(std::int64_t i) { next(), podium::append_json_number(out, i); }
  void real(double r) { next(), podium::append_json_number(out, r); }
  void null() { next(); }
};

class Floor {
 public:
  Floor(const char* file, const char* project) : db_(bench::open_database(file)) {
    cid_ = std::to_string(one("SELECT cid FROM collections WHERE name = 'tasks'"));
    history_ = std::to_string(one("SELECT cid FROM collections WHERE name = 'history'"));
    project_ = std::to_string(std::atoll(project) +
                              1);  // ids of projects are 0, 1, ...; rowids begin at 1
    live_ = "t.f_project = " + project_ + " AND t.f_archived = 0";
    record_ = prepare(
        "SELECT id, f_name, f_type, f_state, f_user, f_started, f_updated, "
        "f_iteration FROM t" +
        cid_ + " WHERE rid = ?");
    param_ = entries("params", params);
    tag_ = entries("tags", tags);
    metric_ = prepare("SELECT key, last_value FROM s" + cid_ +
                      "_metrics WHERE owner = ? AND scope = 0 AND key IN " + list_of(metrics));
  }

  std::int64_t one(const std::string& sql) {
    sqlite3_stmt* s = prepare(sql);
    if (sqlite3_step(s) != SQLITE_ROW) std::exit(4);
    const std::int64_t value = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return value;
  }
  std::size_t count(const std::string& sql) {
    sqlite3_stmt* s = prepare(sql);
    std::size_t n = 0;
    while (sqlite3_step(s) == SQLITE_ROW) ++n;
    sqlite3_finalize(s);
    return n;
  }
  std::vector<Rid> ids(const std::string& sql) {
    std::vector<Rid> out;
    sqlite3_stmt* s = prepare(sql);
    while (sqlite3_step(s) == SQLITE_ROW) out.push_back(sqlite3_column_int64(s, 0));
    sqlite3_finalize(s);
    return out;
  }
  std::vector<Rid> by_metric() {
    const std::string key = std::to_string(key_of("acc"));
    auto all = ids("SELECT y.owner FROM y" + cid_ + "_metrics y CROSS JOIN t" + cid_ +
                   " t ON t.rid = y.owner WHERE y.part = " + project_ + " AND y.key = " + key +
                   " AND y.scope = 0 AND t.f_archived = 0 ORDER BY y.rank, y.value DESC, "
                   "y.owner DESC");
    const auto without = ids(
        "SELECT rid FROM t" + cid_ + " t WHERE " + live_ + " AND NOT EXISTS (SELECT 1 FROM s" +
        cid_ + "_metrics WHERE owner = t.rid AND key = " + key + " AND scope = 0) ORDER BY rid");
    all.insert(all.end(), without.begin(), without.end());
    return all;
  }
  std::vector<Rid> ordered(const std::string& by) {
    return ids("SELECT rid FROM t" + cid_ + " t WHERE " + live_ + " ORDER BY " + by);
  }
  std::vector<Rid> by_param() {
    return ids("SELECT x.owner FROM x" + cid_ + "_params x CROSS JOIN t" + cid_ +
               " t ON t.rid = x.owner WHERE x.part = " + project_ +
               " AND x.key = " + std::to_string(key_of("param1")) +
               " AND t.f_archived = 0 ORDER BY x.rank, x.num, x.txt64, x.owner");
  }
  std::size_t groups(const std::string& column) {
    return count("SELECT t." + column + ", count(*) FROM t" + cid_ + " t WHERE " + live_ +
                 " GROUP BY 1");
  }
  std::size_t entry_groups(const char* map, const char* key) {
    return count("SELECT m.txt, count(*) FROM t" + cid_ + " t CROSS JOIN m" + cid_ + "_" + map +
                 " m ON m.owner = t.rid AND m.key = " + std::to_string(key_of(key)) + " WHERE " +
                 live_ + " GROUP BY 1");
  }
  std::size_t key_groups(const char* map) {
    return count("SELECT m.key, count(*) FROM t" + cid_ + " t CROSS JOIN m" + cid_ + "_" + map +
                 " m ON m.owner = t.rid WHERE " + live_ + " GROUP BY 1");
  }
  std::size_t metric_range() {
    return count("SELECT min(y.value), max(y.value) FROM y" + cid_ + "_metrics y CROSS JOIN t" +
                 cid_ + " t ON t.rid = y.owner WHERE y.part = " + project_ +
                 " AND y.key = " + std::to_string(key_of("acc")) +
                 " AND y.scope = 0 AND y.rank = 0 AND t.f_archived = 0");
  }
  std::size_t states() {
    return count("SELECT f_state, f_archived, count(*) FROM t" + cid_ + " GROUP BY 1, 2");
  }
  /// All tasks that are not, with a history row each, in one transaction.
  std::size_t archive() {
    execute("BEGIN IMMEDIATE");
    execute("INSERT INTO t" + history_ +
            " (ver, f_entity, f_task, f_project, f_at, f_who, f_who_kind, f_change, f_subject, "
            "body) SELECT 1, 'task', rid, f_project, 1700000000000, 'local', 'person', 'archive', "
            "id, '{\"archived\":[false,true]}' FROM t" +
            cid_ + " WHERE f_archived = 0");
    execute("UPDATE t" + cid_ +
            " SET f_archived = 1, f_archived_at = 1700000000000, f_updated = 1700000000000, ver = "
            "ver + 1 WHERE f_archived = 0");
    const auto n = static_cast<std::size_t>(sqlite3_changes(db_));
    execute("COMMIT");
    return n;
  }

  template <class Sink>
  void row(Rid rid, Sink& sink) {
    sqlite3_reset(record_);
    sqlite3_bind_int64(record_, 1, rid);
    if (sqlite3_step(record_) != SQLITE_ROW) return;
    sink.begin();
    sink.text(text(record_, 0));
    for (int i = 1; i <= fields; ++i) {
      if (sqlite3_column_type(record_, i) == SQLITE_NULL)
        sink.null();
      else if (i <= text_fields)
        sink.text(text(record_, i));
      else
        sink.integer(sqlite3_column_int64(record_, i));
    }
    texts(param_, params, rid, sink);
    texts(tag_, tags, rid, sink);
    double values[8];
    bool has[8] = {};
    sqlite3_reset(metric_);
    sqlite3_bind_int64(metric_, 1, rid);
    while (sqlite3_step(metric_) == SQLITE_ROW) {
      const std::size_t i = place(metrics, sqlite3_column_int64(metric_, 0));
      has[i] = true;
      values[i] = sqlite3_column_double(metric_, 1);
    }
    for (std::size_t i = 0; i < metrics.size(); ++i) has[i] ? sink.real(values[i]) : sink.null();
    sink.end();
  }

 private:
  sqlite3_stmt* prepare(const std::string& sql) { return bench::prepare(db_, sql.c_str()); }
  void execute(const std::string& sql) {
    char* error = nullptr;
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &error) == SQLITE_OK) return;
    std::fprintf(stderr, "%s\n", error);
    std::exit(3);
  }
  std::int64_t key_of(const std::string& text) {
    auto [at, fresh] = keys_.try_emplace(text, 0);
    if (fresh) at->second = one("SELECT id FROM dict WHERE text = '" + text + "'");
    return at->second;
  }
  std::string list_of(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "(" : ",") + std::to_string(key_of(name));
    return out + ")";
  }
  sqlite3_stmt* entries(const char* map, const std::vector<std::string>& names) {
    return prepare("SELECT key, txt FROM m" + cid_ + "_" + map + " WHERE owner = ? AND key IN " +
                   list_of(names));
  }
  std::size_t place(const std::vector<std::string>& names, std::int64_t key) {
    std::size_t i = 0;
    while (key_of(names[i]) != key) ++i;
    return i;
  }
  static std::string_view text(sqlite3_stmt* s, int i) {
    const auto* t = reinterpret_cast<const char*>(sqlite3_column_text(s, i));
    return {t ? t : "", static_cast<std::size_t>(sqlite3_column_bytes(s, i))};
  }
  template <class Sink>
  void texts(sqlite3_stmt* s, const std::vector<std::string>& names, Rid rid, Sink& sink) {
    std::string found[8];
    sqlite3_reset(s);
    sqlite3_bind_int64(s, 1, rid);
    while (sqlite3_step(s) == SQLITE_ROW)
      found[place(names, sqlite3_column_int64(s, 0))] = text(s, 1);
    for (std::size_t i = 0; i < names.size(); ++i) sink.text(found[i]);
  }

  sqlite3* db_;
  std::string cid_, history_, project_, live_;
  std::map<std::string, std::int64_t> keys_;
  sqlite3_stmt *record_, *param_, *tag_, *metric_;
};

std::size_t csv(Floor& floor) {
  std::size_t bytes = 0;
  std::string out;
  CsvSink sink{out};
  for (const Rid rid : floor.by_metric()) {
    floor.row(rid, sink);
    if (out.size() > 100'000) bytes += out.size(), out.clear();
  }
  return bytes + out.size();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return std::fputs("usage: see the head of table_floor.cpp\n", stderr), 2;
  Floor floor(argv[1], argv[2]);
  const std::string question = argv[3];
  std::vector<Rid> rows;
  if (question == "window") rows = floor.by_metric();
  const std::map<std::string, std::function<std::size_t()>> questions = {
      {"window",
       [&] {
         std::string out;
         JsonSink sink{out};
         for (std::size_t i = 0; i < 100; ++i) floor.row(rows[rows.size() / 2 + i], sink);
         return out.size();
       }},
      {"listing-metric", [&] { return floor.by_metric().size(); }},
      {"listing-start", [&] { return floor.ordered("f_started DESC, rid DESC").size(); }},
      {"listing-name", [&] { return floor.ordered("f_name, rid").size(); }},
      {"listing-param", [&] { return floor.by_param().size(); }},
      {"facet-state", [&] { return floor.groups("f_state"); }},
      {"facet-param", [&] { return floor.entry_groups("params", "lr"); }},
      {"facet-tag", [&] { return floor.entry_groups("tags", "tag0"); }},
      {"facet-tags", [&] { return floor.key_groups("tags"); }},
      {"range-metric", [&] { return floor.metric_range(); }},
      {"csv", [&] { return csv(floor); }},
      {"counts", [&] { return floor.states(); }},
      {"archive", [&] { return floor.archive(); }},
  };
  const auto found = questions.find(question);
  if (found == questions.end()) return std::fputs("no such question\n", stderr), 2;
  std::vector<double> times;
  std::size_t size = 0;
  const double start = cpu_ms();
  const bool once = question == "archive";
  if (!once) found->second();
  while (times.empty() || (!once && (times.size() < 3 || cpu_ms() - start < 1000))) {
    const double before = cpu_ms();
    size = found->second();
    times.push_back(cpu_ms() - before);
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"cpu_ms\":%.6f,\"size\":%zu}\n", times[times.size() / 2], size);
}
