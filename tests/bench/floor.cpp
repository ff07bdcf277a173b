// The floor of the bench: a minimal server that does the same bytes to SQLite with hand-written SQL
// and no checks, no plugins, no concurrency rules. What podium costs beyond it is the price of
// being correct.
//
//   bench_floor PORT DATABASE
//
// POST runs/create, log-metric, log-batch (metrics and params), runs/update, runs/search (one page
// by metrics.acc, optionally with the filter of the bench), GET metrics/get-history, /health.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <simdjson.h>
#include <sqlite3.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

struct Point {
  std::int64_t step, time;
  double value;
};
struct Job {
  int fd;
  std::string target, body;
};

sqlite3* open_database(const char* path) {
  sqlite3* db = nullptr;
  if (sqlite3_open(path, &db) != SQLITE_OK) std::exit(3);
  sqlite3_exec(db,
               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;",
               nullptr, nullptr, nullptr);
  return db;
}

sqlite3_stmt* prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* s = nullptr;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr) != SQLITE_OK) {
    std::fprintf(stderr, "%s\n", sqlite3_errmsg(db));
    std::exit(3);
  }
  return s;
}

void run(sqlite3_stmt* s) {
  sqlite3_step(s);
  sqlite3_reset(s);
}

void answer(int fd, const std::string& body) {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body;
  for (std::size_t sent = 0; sent < text.size();) {
    const auto n = send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

void put_varint(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out.push_back(static_cast<char>(v | 0x80));
  out.push_back(static_cast<char>(v));
}

/// Delta-of-delta steps and times, then the doubles: the bytes that podium writes for a batch.
std::string encode(const std::vector<Point>& points) {
  std::string out;
  for (auto member : {&Point::step, &Point::time}) {
    std::int64_t last = 0, delta = 0;
    for (const auto& p : points) {
      const std::int64_t d = p.*member - last, dd = d - delta;
      put_varint(out, (static_cast<std::uint64_t>(dd) << 1) ^ static_cast<std::uint64_t>(dd >> 63));
      last = p.*member;
      delta = d;
    }
  }
  for (const auto& p : points) out.append(reinterpret_cast<const char*>(&p.value), 8);
  return out;
}

/// Writes: one thread, everything that waits in one transaction, answered after the commit.
class Writer {
 public:
  explicit Writer(const char* path) : db_(open_database(path)) {
    const char* schema =
        "CREATE TABLE IF NOT EXISTS run(rid INTEGER PRIMARY KEY, id TEXT UNIQUE, start INT, status "
        "TEXT, ended INT);"
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
    std::thread([this] { work(); }).detach();
  }
  void push(Job job) {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

 private:
  void work() {
    for (std::vector<Job> jobs;; jobs.clear()) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [this] { return !queue_.empty(); });
        jobs.swap(queue_);
      }
      std::vector<std::string> answers;
      run(begin_);
      for (auto& job : jobs) answers.push_back(apply(job));
      run(commit_);
      for (std::size_t i = 0; i < jobs.size(); ++i) answer(jobs[i].fd, answers[i]);
    }
  }

  std::int64_t rid(std::string_view id) {
    if (const auto found = rids_.find(std::string(id)); found != rids_.end()) return found->second;
    sqlite3_bind_text(find_, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
    std::int64_t value = 0;
    if (sqlite3_step(find_) == SQLITE_ROW) value = sqlite3_column_int64(find_, 0);
    sqlite3_reset(find_);
    return rids_[std::string(id)] = value;
  }

  void entry(std::int64_t owner, int map, std::string_view key, std::string_view text) {
    sqlite3_bind_int64(kv_, 1, owner);
    sqlite3_bind_int(kv_, 2, map);
    sqlite3_bind_text(kv_, 3, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
    sqlite3_bind_text(kv_, 4, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    run(kv_);
    sqlite3_bind_int(kvx_, 1, map);
    sqlite3_bind_text(kvx_, 2, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
    sqlite3_bind_text(kvx_, 3, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    sqlite3_bind_int64(kvx_, 4, owner);
    run(kvx_);
  }

  void points(std::int64_t owner, const std::string& key, const std::vector<Point>& list) {
    const auto& last = list.back();
    sqlite3_bind_int64(series_, 1, owner);
    sqlite3_bind_text(series_, 2, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
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
      sqlite3_bind_text(unlatest_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      sqlite3_bind_double(unlatest_, 2, before.first);
      sqlite3_bind_int64(unlatest_, 3, owner);
      run(unlatest_);
    }
    before = {last.value, true};
    sqlite3_bind_text(latest_, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
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

  std::string apply(Job& job) {
    job.body.reserve(job.body.size() + simdjson::SIMDJSON_PADDING);
    auto doc = parser_.iterate(job.body);
    std::string_view id;
    std::map<std::string, std::vector<Point>, std::less<>> series;
    Point single{};
    std::string key;
    std::int64_t owner = 0;
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
      sqlite3_bind_text(run_, 1, made, -1, SQLITE_STATIC);
      sqlite3_bind_int64(run_, 2, 1700000000000);
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

  sqlite3* db_;
  sqlite3_stmt *begin_, *commit_, *run_, *find_, *update_, *kv_, *kvx_, *series_, *latest_,
      *unlatest_, *tail_, *chunk_;
  simdjson::ondemand::parser parser_;
  std::unordered_map<std::string, std::int64_t> rids_;
  std::unordered_map<std::int64_t, std::pair<double, bool>> values_;
  std::int64_t made_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
};

/// Reads: on the io thread.
class Reader {
 public:
  explicit Reader(const char* path) : db_(open_database(path)) {}
  std::string search(const std::string& body) {
    if (!page_) {
      page_ = prepare(db_,
                      "SELECT l.rid, r.id, r.start, r.status FROM latest l JOIN run r ON r.rid = "
                      "l.rid WHERE l.key = 'acc' ORDER BY l.last DESC LIMIT 100");
      filtered_ = prepare(db_,
                          "SELECT l.rid, r.id, r.start, r.status FROM latest l JOIN run r ON r.rid "
                          "= l.rid JOIN kv p ON p.rid = l.rid AND p.map = 0 AND p.key = 'param3'"
                          " AND p.txt = '0.360000' WHERE l.key = 'acc' AND l.last > 0.5 ORDER BY "
                          "l.last DESC LIMIT 100");
      kv_ = prepare(db_, "SELECT map, key, txt FROM kv WHERE rid = ?");
      metrics_ = prepare(db_, "SELECT key, last, step, time FROM series WHERE rid = ?");
    }
    auto* rows = body.find("\"filter\"") == std::string::npos ? page_ : filtered_;
    std::string out = "{\"runs\":[";
    while (sqlite3_step(rows) == SQLITE_ROW) {
      out += out.size() > 9 ? ",{\"info\":{\"run_id\":\"" : "{\"info\":{\"run_id\":\"";
      out += text(rows, 1);
      out += "\",\"status\":\"";
      out += text(rows, 3);
      out += "\"},\"data\":{\"metrics\":[";
      const auto rid = sqlite3_column_int64(rows, 0);
      sqlite3_bind_int64(metrics_, 1, rid);
      while (sqlite3_step(metrics_) == SQLITE_ROW) {
        out += "{\"key\":\"";
        out += text(metrics_, 0);
        out += "\",\"value\":";
        number(out, sqlite3_column_double(metrics_, 1));
        out += ",\"timestamp\":" + std::to_string(sqlite3_column_int64(metrics_, 3)) +
               ",\"step\":" + std::to_string(sqlite3_column_int64(metrics_, 2)) + "},";
      }
      sqlite3_reset(metrics_);
      out += "],\"params\":[";
      sqlite3_bind_int64(kv_, 1, rid);
      while (sqlite3_step(kv_) == SQLITE_ROW) {
        out += "{\"key\":\"";
        out += text(kv_, 1);
        out += "\",\"value\":\"";
        out += text(kv_, 2);
        out += "\"},";
      }
      sqlite3_reset(kv_);
      out += "]}}";
    }
    sqlite3_reset(rows);
    return out + "]}";
  }

 private:
  static const char* text(sqlite3_stmt* s, int i) {
    return reinterpret_cast<const char*>(sqlite3_column_text(s, i));
  }
  static void number(std::string& out, double v) {
    char b[32];
    out.append(b, std::to_chars(b, b + sizeof b, v).ptr);
  }
  sqlite3* db_;
  sqlite3_stmt *page_ = nullptr, *filtered_ = nullptr, *kv_ = nullptr, *metrics_ = nullptr;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(argv[1])));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 3;
  listen(listener, 128);
  Writer writer(argv[2]);
  Reader reader(argv[2]);
  const int poll = epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener;
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  std::unordered_map<int, std::string> buffers;
  for (epoll_event events[64];;) {
    const int count = epoll_wait(poll, events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[i].data.fd;
      if (fd == listener) {
        const int client = accept(listener, nullptr, nullptr);
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        event.data.fd = client;
        epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      auto& buffer = buffers[fd];
      char bytes[65536];
      const auto n = recv(fd, bytes, sizeof bytes, 0);
      if (n <= 0) {
        close(fd);
        buffers.erase(fd);
        continue;
      }
      buffer.append(bytes, static_cast<std::size_t>(n));
      for (std::size_t head; (head = buffer.find("\r\n\r\n")) != std::string::npos;) {
        std::size_t length = 0;
        if (const auto at = buffer.find("Content-Length: "); at < head)
          length = static_cast<std::size_t>(std::atoll(buffer.c_str() + at + 16));
        if (buffer.size() < head + 4 + length) break;
        const auto space = buffer.find(' ');
        std::string target = buffer.substr(space + 1, buffer.find(' ', space + 1) - space - 1);
        std::string body = buffer.substr(head + 4, length);
        buffer.erase(0, head + 4 + length);
        if (target == "/health")
          answer(fd, "OK");
        else if (target.ends_with("runs/search"))
          answer(fd, reader.search(body));
        else
          writer.push({fd, std::move(target), std::move(body)});
      }
    }
  }
}
