#include "floor_sql.hpp"

#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>

namespace bench {

sqlite3* open_database(const char* path) {
  sqlite3* db = nullptr;
  if (sqlite3_open(path, &db) != SQLITE_OK) std::exit(3);
  sqlite3_exec(db,
               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000;"
               "PRAGMA cache_size=-64000; PRAGMA mmap_size=1073741824;",
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

void bind(sqlite3_stmt* s, int at, std::string_view text) {
  sqlite3_bind_text(s, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void answer(int fd, const std::string& body) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n";
  const std::string text = body.size() < 65536 ? head + body : head;
  const auto put = [fd](const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto n = send(fd, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<std::size_t>(n);
    }
  };
  put(text);
  if (body.size() >= 65536) put(body);
}

}  // namespace bench
