#pragma once
// Summaries as columns: one list for all who read or write them.
#include <cmath>
#include <limits>

#include "podium/store/reader.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

/// The columns of a Summary in sN_<series>, in the order that `read_summary` expects.
inline constexpr const char* summary_columns =
    "last_step, last_time, last_rank, last_value, first_step, first_time, first_rank, first_value, "
    "min_step, min_time, min_rank, min_value, max_step, max_time, max_rank, max_value, n, total";
constexpr int summary_width = 18;

inline int rank_of(double value) noexcept { return std::isnan(value) ? 1 : 0; }
inline double ranked(std::int64_t rank, double value) noexcept {
  return rank == 1 ? std::numeric_limits<double>::quiet_NaN() : value;
}
/// What is stored beside the rank.
inline double stored_value(double value) noexcept { return std::isnan(value) ? 0.0 : value; }

inline Point read_point(const Statement& row, int at) noexcept {
  return {row.integer(at), row.integer(at + 1), ranked(row.integer(at + 2), row.real(at + 3))};
}
inline Summary read_summary(const Statement& row, int at) noexcept {
  Summary summary;
  summary.last = read_point(row, at);
  summary.first = read_point(row, at + 4);
  summary.min = read_point(row, at + 8);
  summary.max = read_point(row, at + 12);
  summary.count = row.integer(at + 16);
  summary.sum = row.is_null(at + 17) ? std::numeric_limits<double>::quiet_NaN() : row.real(at + 17);
  return summary;
}
/// Binds the columns from parameter `at` on.
inline void bind_summary(Statement& statement, int at, const Summary& summary) {
  for (const Point* point : {&summary.last, &summary.first, &summary.min, &summary.max}) {
    statement.bind_at(at++, point->step);
    statement.bind_at(at++, point->time);
    statement.bind_at(at++, rank_of(point->value));
    statement.bind_at(at++, stored_value(point->value));
  }
  statement.bind_at(at++, summary.count);
  statement.bind_at(at, summary.sum);  // a NaN becomes NULL
}

}  // namespace podium::sqlite
