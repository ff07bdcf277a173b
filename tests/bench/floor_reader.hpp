// The reading half of the floor: pages of runs and histories, with SQL written by hand for just
// these queries. On the io thread.
#pragma once

#include <string>
#include <string_view>

#include "floor_sql.hpp"

namespace bench {

class FloorReader {
 public:
  explicit FloorReader(const char* database);

  /// A page of 100 runs. The request is not parsed: "order_by" in it means by metrics.acc, greatest
  /// first, "filter" means metrics.acc > 0.9 and params.lr = '0.1'; a page token is looked for.
  std::string search(std::string_view request);

  /// The points of "loss" of a run, whole, by (step, time).
  std::string history(std::string_view run_id);

 private:
  void append_run(std::string& out, std::int64_t rid, sqlite3_stmt* row);
  sqlite3* db_;
  sqlite3_stmt *by_start_, *by_metric_, *by_start_filtered_, *by_metric_filtered_;
  sqlite3_stmt *entries_, *metrics_, *series_, *chunks_, *tail_;
};

}  // namespace bench
