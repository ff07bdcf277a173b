// What the two halves of the floor share: points, SQLite by hand, and the sending of an answer.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

struct Point {
  std::int64_t step, time;
  double value;
};

sqlite3* open_database(const char* path);
sqlite3_stmt* prepare(sqlite3* db, const char* sql);
/// Steps a statement once and resets it.
void run(sqlite3_stmt* s);
void bind(sqlite3_stmt* s, int at, std::string_view text);

/// Sends a whole answer of status 200; a connection that is gone is ignored.
void answer(int fd, const std::string& body);

}  // namespace bench
