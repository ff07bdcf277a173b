#include "series_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "series_writer.hpp"
#include "summary_columns.hpp"

namespace podium::sqlite {
namespace {

constexpr int after_summary = 1 + summary_width;

void bind_point(Statement& statement, int at, const Point& point) {
  statement.bind_at(at, point.step);
  statement.bind_at(at + 1, point.time);
  statement.bind_at(at + 2, rank_of(point.value));
  statement.bind_at(at + 3, stored_value(point.value));
}

void bind_counts(Statement& statement, int at, const SeriesRow& row) {
  bind_summary(statement, at, row.summary);
  at += summary_width;
  statement.bind_at(at, row.loose);
  statement.bind_at(at + 1, row.small);
  statement.bind_at(at + 2, row.chunks);
}

}  // namespace

bool SeriesTable::read(Statement& statement, SeriesRow& row) {
  const bool there = statement.step();
  if (there) {
    row.sid = statement.integer(0);
    row.summary = read_summary(statement, 1);
    row.loose = statement.integer(after_summary);
    row.small = statement.integer(after_summary + 1);
    row.chunks = statement.integer(after_summary + 2);
  }
  statement.reset();
  return there;
}

void decode_points(const Connection& connection, std::string_view data, std::int64_t count,
                   std::vector<Point>& out) {
  try {
    kit::decode_chunk(data, static_cast<std::uint32_t>(count), out);
  } catch (const Error& e) {
    throw damaged(connection.file(), e.what());
  }
}

bool SeriesTable::find(Ordinal owner, std::int64_t key, std::int64_t scope, SeriesRow& row) {
  if (!find_)
    find_.emplace(connection_.prepare(fmt::format(
        "SELECT sid, {}, loose, small, chunks FROM {} WHERE owner = ? AND key = ? AND scope = ?",
        summary_columns, series_.summaries)));
  find_->bind(owner, key, scope);
  return read(*find_, row);
}

bool SeriesTable::find(std::int64_t sid, SeriesRow& row) {
  Statement statement =
      connection_.prepare(fmt::format("SELECT sid, {}, loose, small, chunks FROM {} WHERE sid = ?",
                                      summary_columns, series_.summaries));
  statement.bind(sid);
  return read(statement, row);
}

std::int64_t SeriesTable::insert(Ordinal owner, std::int64_t key, std::int64_t scope,
                                 const SeriesRow& row) {
  if (!insert_)
    insert_.emplace(connection_.prepare(
        fmt::format("INSERT INTO {} (owner, key, scope, {}, loose, small, chunks) VALUES "
                    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    series_.summaries, summary_columns)));
  insert_->bind(owner, key, scope);
  bind_counts(*insert_, 4, row);
  insert_->run();
  return connection_.last_row();
}

void SeriesTable::store(const SeriesRow& row) {
  if (!store_)
    store_.emplace(
        connection_.prepare(fmt::format("UPDATE {} SET ({}, loose, small, chunks) = "
                                        "(?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, "
                                        "?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22) "
                                        "WHERE sid = ?1",
                                        series_.summaries, summary_columns)));
  store_->bind(row.sid);
  bind_counts(*store_, 2, row);
  store_->run();
}

void SeriesTable::remove(std::int64_t sid) {
  connection_.prepare(fmt::format("DELETE FROM {} WHERE sid = ?", series_.summaries))
      .bind(sid)
      .run();
}

std::vector<SeriesTable::Member> SeriesTable::of(Ordinal owner) {
  std::vector<Member> result;
  Statement rows = connection_.prepare(
      fmt::format("SELECT sid, key, scope, last_rank, last_value, chunks FROM {} WHERE owner = ?",
                  series_.summaries));
  rows.bind(owner);
  while (rows.step())
    result.push_back({rows.integer(0), rows.integer(1), rows.integer(2),
                      ranked(rows.integer(3), rows.real(4)), rows.integer(5)});
  return result;
}

void SeriesTable::index(Owner owner, std::int64_t key, std::int64_t scope, double last) {
  if (owner.part == not_indexed) return;
  if (!index_)
    index_.emplace(connection_.prepare(fmt::format(
        "INSERT INTO {} (part, key, scope, rank, value, owner) VALUES (?, ?, ?, ?, ?, ?)",
        series_.last_values)));
  index_->bind(owner.part, key, scope, rank_of(last), stored_value(last), owner.ordinal);
  index_->run();
}

void SeriesTable::unindex(Owner owner, std::int64_t key, std::int64_t scope, double last) {
  if (owner.part == not_indexed) return;
  if (!unindex_)
    unindex_.emplace(connection_.prepare(fmt::format(
        "DELETE FROM {} WHERE part = ? AND key = ? AND scope = ? AND rank = ? AND value = ? "
        "AND owner = ?",
        series_.last_values)));
  unindex_->bind(owner.part, key, scope, rank_of(last), stored_value(last), owner.ordinal);
  unindex_->run();
}

bool SeriesTable::insert_loose(std::int64_t sid, const Point& point) {
  if (!loose_)
    loose_.emplace(connection_.prepare(
        fmt::format("INSERT OR IGNORE INTO {} (sid, step, time, rank, v) VALUES (?, ?, ?, ?, ?)",
                    series_.tail)));
  loose_->bind(sid);
  bind_point(*loose_, 2, point);
  loose_->run();
  return connection_.changes() == 1;
}

void SeriesTable::tail(std::int64_t sid, std::int64_t from_step, std::int64_t to_step,
                       FunctionRef<void(const Point&)> sink) {
  Statement rows = connection_.prepare(
      fmt::format("SELECT step, time, rank, v FROM {} WHERE sid = ? AND step >= ? AND step <= ?",
                  series_.tail));
  rows.bind(sid, from_step, to_step);
  while (rows.step()) sink(read_point(rows, 0));
}

void SeriesTable::remove_tail(std::int64_t sid) {
  connection_.prepare(fmt::format("DELETE FROM {} WHERE sid = ?", series_.tail)).bind(sid).run();
}

void SeriesTable::insert_chunk(std::int64_t sid, std::int64_t seq, std::span<const Point> sorted) {
  const kit::ChunkRange range = kit::range_of(sorted);
  const std::string data = kit::encode_chunk(sorted);
  if (!chunk_)
    chunk_.emplace(connection_.prepare(fmt::format(
        "INSERT INTO {} (sid, seq, n, s0, s1, t0, t1, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        series_.chunks)));
  chunk_->bind(sid, seq, range.count, range.first_step, range.last_step, range.first_time,
               range.last_time, Blob{data});
  chunk_->run();
}

void SeriesTable::chunks(std::int64_t sid, const kit::ChunkRange& box, Wanted wanted,
                         FunctionRef<void(std::span<const Point>)> sink) {
  Statement rows = connection_.prepare(fmt::format(
      "SELECT s0, s1, t0, t1, n, data FROM {} WHERE sid = ? AND s1 >= ? AND s0 <= ? AND "
      "t1 >= ? AND t0 <= ?",
      series_.chunks));
  rows.bind(sid, box.first_step, box.last_step, box.first_time, box.last_time);
  std::vector<Point> points;
  while (rows.step()) {
    if (!wanted(rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3))) continue;
    points.clear();
    decode_points(connection_, rows.blob(5), rows.integer(4), points);
    sink(points);
  }
}

void SeriesTable::take_small_chunks(std::int64_t sid, std::vector<Point>& out) {
  std::vector<std::int64_t> taken;
  {
    Statement rows = connection_.prepare(
        fmt::format("SELECT seq, n, data FROM {} WHERE sid = ? AND n < ?", series_.chunks));
    rows.bind(sid, small_chunk);
    while (rows.step()) {
      decode_points(connection_, rows.blob(2), rows.integer(1), out);
      taken.push_back(rows.integer(0));
    }
  }
  Statement remove =
      connection_.prepare(fmt::format("DELETE FROM {} WHERE sid = ? AND seq = ?", series_.chunks));
  for (const std::int64_t seq : taken) remove.bind(sid, seq).run();
}

void SeriesTable::remove_chunks(std::int64_t sid) {
  connection_.prepare(fmt::format("DELETE FROM {} WHERE sid = ?", series_.chunks)).bind(sid).run();
}

std::int64_t SeriesTable::remove_chunks(std::int64_t sid, std::int64_t limit) {
  std::vector<std::int64_t> taken;
  {
    Statement rows = connection_.prepare(
        fmt::format("SELECT seq FROM {} WHERE sid = ? ORDER BY seq LIMIT ?", series_.chunks));
    rows.bind(sid, limit);
    while (rows.step()) taken.push_back(rows.integer(0));
  }
  if (!taken.empty())
    connection_.prepare(fmt::format("DELETE FROM {} WHERE sid = ? AND seq <= ?", series_.chunks))
        .bind(sid, taken.back())
        .run();
  return static_cast<std::int64_t>(taken.size());
}

void SeriesTable::copy(std::int64_t sid, SeriesTable& to, Ordinal owner) {
  const auto columns = fmt::format("key, scope, {}, loose, small, chunks", summary_columns);
  connection_
      .prepare(fmt::format("INSERT INTO {} (owner, {}) SELECT ?, {} FROM {} WHERE sid = ?",
                           to.series_.summaries, columns, columns, series_.summaries))
      .bind(owner, sid)
      .run();
  const std::int64_t moved = connection_.last_row();
  connection_
      .prepare(
          fmt::format("INSERT INTO {} (sid, step, time, rank, v) SELECT ?, step, time, rank, v "
                      "FROM {} WHERE sid = ?",
                      to.series_.tail, series_.tail))
      .bind(moved, sid)
      .run();
  connection_
      .prepare(fmt::format(
          "INSERT INTO {} (sid, seq, n, s0, s1, t0, t1, data) SELECT ?, seq, n, s0, s1, "
          "t0, t1, data FROM {} WHERE sid = ?",
          to.series_.chunks, series_.chunks))
      .bind(moved, sid)
      .run();
  remove_tail(sid);
  remove_chunks(sid);
  remove(sid);
}

}  // namespace podium::sqlite
