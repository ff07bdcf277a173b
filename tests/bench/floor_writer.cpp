#include "floor_writer.hpp"

#include <simdjson.h>

#include <cstdio>
#include <map>
#include <thread>
#include <unordered_map>

#include "floor_points.hpp"

namespace bench {

class FloorWriter::Store {
 public:
  explicit Store(const char* path) : db_(open_database(path)) {
    const char* schema =
        "CREATE TABLE IF NOT EXISTS run(rid INTEGER PRIMARY KEY, id TEXT UNIQUE, start INT, status "
        "TEXT, ended INT);"
        "CREATE INDEX IF NOT EXISTS run_start ON run(start);"
        "CREATE TABLE IF NOT EXISTS kv(rid INT, map INT, key TEXT, txt TEXT, PRIMARY KEY(rid, map, "
        "key)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS kvx(map INT, key TEXT, txt TEXT, rid INT, PRIMARY KEY(map, "
        "key, txt, rid)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS series(sid INTEGER PRIMARY KEY, rid INT, key TEXT, step INT, "
        "time INT, last REAL, n INT, UNIQUE(rid, key));"
        "CREATE TABLE IF NOT EXISTS latest(key TEXT, last REAL, rid INT, PRIMARY KEY(key, last, "
        "rid)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS tail(sid INT, step INT, time INT, v REAL, PRIMARY KEY(sid, "
        "step, time, v)) WITHOUT ROWID;"
        "CREATE TABLE IF NOT EXISTS chunk(sid INT, seq INT, n INT, data BLOB, PRIMARY KEY(sid, "
        "seq)) WITHOUT ROWID;";
    sqlite3_exec(db_, schema, nullptr, nullptr, nullptr);
    begin_ = prepare(db_, "BEGIN IMMEDIATE");
    commit_ = prepare(db_, "COMMIT");
    run_ = prepare(db_, "INSERT INTO run VALUES(NULL, ?, ?, 'RUNNING', NULL)");
    find_ = prepare(db_, "SELECT rid FROM run WHERE id = ?");
    update_ = prepare(db_, "UPDATE run SET status = 'FINISHED', ended = 1 WHERE rid = ?");
    kv_ = prepare(db_, "INSERT OR REPLACE INTO kv VALUES(?, ?, ?, ?)");
    kvx_ = prepare(db_, "INSERT OR REPLACE INTO kvx VALUES(?, ?, ?, ?)");
    series_ = prepare(db_,
                      "INSERT INTO series(rid, key, step, time, last, n) VALUES(?1, ?2, ?3, ?4, "
                      "?5, ?6) ON CONFLICT(rid, key) DO UPDATE SET"
                      " step = ?3, time = ?4, last = ?5, n = n + ?6 RETURNING sid, n");
    latest_ = prepare(db_, "INSERT OR IGNORE INTO latest VALUES(?, ?, ?)");
    unlatest_ = prepare(db_, "DELETE FROM latest WHERE key = ? AND last = ? AND rid = ?");
    tail_ = prepare(db_, "INSERT OR IGNORE INTO tail VALUES(?, ?, ?, ?)");
    chunk_ = prepare(db_, "INSERT INTO chunk VALUES(?, ?, ?, ?)");
  }

  void begin() { run(begin_); }
  void commit() { run(commit_); }

  std::string apply(Job& job) {
    job.body.reserve(job.body.size() + simdjson::SIMDJSON_PADDING);
    auto doc = parser_.iterate(job.body);
    std::string_view id;
    std::map<std::string, std::vector<Point>, std::less<>> series;
    Point single{};
    std::string key;
    std::int64_t owner = 0, start = 0;
    std::vector<std::pair<std::string_view, std::string_view>> entries;
    int map = 0;
    bool create = job.target.ends_with("runs/create");
    for (auto field : doc.get_object()) {
      const std::string_view name = field.unescaped_key();
      if (name == "run_id")
        id = std::string_view(field.value());
      else if (name == "key")
        key = std::string(std::string_view(field.value()));
      else if (name == "value")
        single.value = double(field.value());
      else if (name == "timestamp")
        single.time = int64_t(field.value());
      else if (name == "step")
        single.step = int64_t(field.value());
      else if (name == "start_time")
        start = int64_t(field.value());
      else if (name == "metrics") {
        for (auto item : field.value().get_array()) {
          Point p{};
          std::string_view k;
          for (auto f : item.get_object()) {
            const std::string_view n = f.unescaped_key();
            if (n == "key")
              k = std::string_view(f.value());
            else if (n == "value")
              p.value = double(f.value());
            else if (n == "timestamp")
              p.time = int64_t(f.value());
            else
              p.step = int64_t(f.value());
          }
          auto found = series.find(k);
          if (found == series.end())
            found = series.emplace(std::string(k), std::vector<Point>{}).first;
          found->second.push_back(p);
        }
      } else if (name == "params" || name == "tags") {
        map = name == "tags";
        for (auto item : field.value().get_array()) {
          std::string_view k, v;
          for (auto f : item.get_object()) {
            if (std::string_view(f.unescaped_key()) == "key")
              k = std::string_view(f.value());
            else
              v = std::string_view(f.value());
          }
          entries.emplace_back(k, v);
        }
      }
    }
    if (create) {
      char made[40];
      std::snprintf(made, sizeof made, "%032llx", static_cast<unsigned long long>(++made_));
      bind(run_, 1, made);
      sqlite3_bind_int64(run_, 2, start);
      run(run_);
      owner = sqlite3_last_insert_rowid(db_);
      rids_[made] = owner;
      for (const auto& [k, v] : entries) entry(owner, map, k, v);
      return "{\"run\":{\"info\":{\"run_id\":\"" + std::string(made) + "\"}}}";
    }
    owner = rid(id);
    if (!key.empty()) series[key].push_back(single);
    for (const auto& [k, list] : series) points(owner, k, list);
    for (const auto& [k, v] : entries) entry(owner, map, k, v);
    if (job.target.ends_with("runs/update")) {
      sqlite3_bind_int64(update_, 1, owner);
      run(update_);
    }
    return "{}";
  }

 private:
  std::int64_t rid(std::string_view id) {
    if (const auto found = rids_.find(std::string(id)); found != rids_.end()) return found->second;
    bind(find_, 1, id);
    std::int64_t value = 0;
    if (sqlite3_step(find_) == SQLITE_ROW) value = sqlite3_column_int64(find_, 0);
    sqlite3_reset(find_);
    return rids_[std::string(id)] = value;
  }

  void entry(std::int64_t owner, int map, std::string_view key, std::string_view text) {
    sqlite3_bind_int64(kv_, 1, owner);
    sqlite3_bind_int(kv_, 2, map);
    bind(kv_, 3, key);
    bind(kv_, 4, text);
    run(kv_);
    sqlite3_bind_int(kvx_, 1, map);
    bind(kvx_, 2, key);
    bind(kvx_, 3, text);
    sqlite3_bind_int64(kvx_, 4, owner);
    run(kvx_);
  }

  void points(std::int64_t owner, const std::string& key, const std::vector<Point>& list) {
    const auto& last = list.back();
    sqlite3_bind_int64(series_, 1, owner);
    bind(series_, 2, key);
    sqlite3_bind_int64(series_, 3, last.step);
    sqlite3_bind_int64(series_, 4, last.time);
    sqlite3_bind_double(series_, 5, last.value);
    sqlite3_bind_int64(series_, 6, static_cast<std::int64_t>(list.size()));
    sqlite3_step(series_);
    const auto sid = sqlite3_column_int64(series_, 0), n = sqlite3_column_int64(series_, 1);
    sqlite3_step(series_);
    sqlite3_reset(series_);
    auto& before = values_[sid];
    if (before.second) {
      bind(unlatest_, 1, key);
      sqlite3_bind_double(unlatest_, 2, before.first);
      sqlite3_bind_int64(unlatest_, 3, owner);
      run(unlatest_);
    }
    before = {last.value, true};
    bind(latest_, 1, key);
    sqlite3_bind_double(latest_, 2, last.value);
    sqlite3_bind_int64(latest_, 3, owner);
    run(latest_);
    if (list.size() >= 8) {
      const auto bytes = encode(list);
      sqlite3_bind_int64(chunk_, 1, sid);
      sqlite3_bind_int64(chunk_, 2, n);
      sqlite3_bind_int64(chunk_, 3, static_cast<std::int64_t>(list.size()));
      sqlite3_bind_blob(chunk_, 4, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
      run(chunk_);
      return;
    }
    for (const auto& p : list) {
      sqlite3_bind_int64(tail_, 1, sid);
      sqlite3_bind_int64(tail_, 2, p.step);
      sqlite3_bind_int64(tail_, 3, p.time);
      sqlite3_bind_double(tail_, 4, p.value);
      run(tail_);
    }
  }

  sqlite3* db_;
  sqlite3_stmt *begin_, *commit_, *run_, *find_, *update_, *kv_, *kvx_, *series_, *latest_,
      *unlatest_, *tail_, *chunk_;
  simdjson::ondemand::parser parser_;
  std::unordered_map<std::string, std::int64_t> rids_;
  std::unordered_map<std::int64_t, std::pair<double, bool>> values_;
  std::int64_t made_ = 0;
};

FloorWriter::FloorWriter(const char* database) : store_(std::make_shared<Store>(database)) {
  std::thread([this] { work(); }).detach();
}

void FloorWriter::push(Job job) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void FloorWriter::work() {
  for (std::vector<Job> jobs;; jobs.clear()) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return !queue_.empty(); });
      jobs.swap(queue_);
    }
    std::vector<std::string> answers;
    store_->begin();
    for (auto& job : jobs) answers.push_back(store_->apply(job));
    store_->commit();
    for (std::size_t i = 0; i < jobs.size(); ++i) answer(jobs[i].fd, answers[i]);
  }
}

}  // namespace bench
