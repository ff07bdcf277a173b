#pragma once
// The four tables of a series declaration, as the writer uses them.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "map_writer.hpp"
#include "podium/function.hpp"
#include "podium/storage_kit/points.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

/// Appends the points of a chunk to `out`; throws `corrupt` with the file's name when it is
/// damaged.
void decode_points(const Connection&, std::string_view data, std::int64_t count,
                   std::vector<Point>& out);

struct SeriesRow {
  std::int64_t sid = 0;
  Summary summary;
  std::int64_t loose = 0, small = 0, chunks = 0;
};

/// Borrows its statements for as long as it lives: one call of a transaction.
class SeriesTable {
 public:
  SeriesTable(Connection& connection, const SeriesInfo& series)
      : connection_(connection), series_(series) {}

  bool find(Ordinal owner, std::int64_t key, std::int64_t scope, SeriesRow&);
  bool find(std::int64_t sid, SeriesRow&);
  /// Makes a new series; returns its number.
  std::int64_t insert(Ordinal owner, std::int64_t key, std::int64_t scope, const SeriesRow&);
  void store(const SeriesRow&);
  void remove(std::int64_t sid);
  struct Member {
    std::int64_t sid, key, scope;
    double last;
    std::int64_t chunks;
  };
  std::vector<Member> of(Ordinal owner);

  // The index of `last`.
  void index(Owner, std::int64_t key, std::int64_t scope, double last);
  void unindex(Owner, std::int64_t key, std::int64_t scope, double last);

  // The tail.
  /// False when the tail has the point.
  bool insert_loose(std::int64_t sid, const Point&);
  void tail(std::int64_t sid, std::int64_t from_step, std::int64_t to_step,
            FunctionRef<void(const Point&)>);
  void remove_tail(std::int64_t sid);

  // Chunks.
  void insert_chunk(std::int64_t sid, std::int64_t seq, std::span<const Point> sorted);
  using Wanted =
      FunctionRef<bool(std::int64_t s0, std::int64_t s1, std::int64_t t0, std::int64_t t1)>;
  /// Decodes the chunks that overlap the box and are wanted.
  void chunks(std::int64_t sid, const kit::ChunkRange& box, Wanted,
              FunctionRef<void(std::span<const Point>)>);
  /// Removes the small chunks and appends their points to `out`.
  void take_small_chunks(std::int64_t sid, std::vector<Point>& out);
  void remove_chunks(std::int64_t sid);
  /// Up to `limit` chunks of the lowest numbers; returns how many.
  std::int64_t remove_chunks(std::int64_t sid, std::int64_t limit);

  /// Moves a series into another declaration's tables, without indexes.
  void copy(std::int64_t sid, SeriesTable& to, Ordinal owner);

 private:
  bool read(Statement&, SeriesRow&);
  Connection& connection_;
  const SeriesInfo& series_;
  std::optional<Statement> find_, store_, insert_, loose_, index_, unindex_, chunk_;
};

}  // namespace podium::sqlite
