// The store's reading calls: each on a snapshot of its own.
#include "read_pool.hpp"
#include "reader.hpp"
#include "sqlite_store.hpp"

namespace podium::sqlite {
namespace {

template <class F>
decltype(auto) on_snapshot(ReadPool& pool, F&& f) {
  refuse_nested();
  const ReadPool::Snapshot snapshot(pool);
  const SnapshotReader reader(snapshot);
  return f(reader);
}

}  // namespace

void SqliteStore::get(CollectionId c, std::span<const Ordinal> ordinals,
                      std::span<const Column> columns, RowSink sink) const {
  on_snapshot(*readers_, [&](const Reader& r) { r.get(c, ordinals, columns, sink); });
}

std::vector<Ordinal> SqliteStore::find(CollectionId c, std::span<const std::string> ids) const {
  return on_snapshot(*readers_, [&](const Reader& r) { return r.find(c, ids); });
}

Page SqliteStore::query(const Query& query, RowSink sink) const {
  return on_snapshot(*readers_, [&](const Reader& r) { return r.query(query, sink); });
}

std::vector<Ordinal> SqliteStore::ids(CollectionId c, const Filter& filter, const Order& order,
                                      Budget budget) const {
  return on_snapshot(*readers_, [&](const Reader& r) { return r.ids(c, filter, order, budget); });
}

void SqliteStore::aggregate(const Aggregate& question, GroupSink sink) const {
  on_snapshot(*readers_, [&](const Reader& r) { r.aggregate(question, sink); });
}

void SqliteStore::points(const PointsQuery& query, PointSink sink) const {
  on_snapshot(*readers_, [&](const Reader& r) { r.points(query, sink); });
}

Changes SqliteStore::changes(Revision since, std::span<const CollectionId> collections,
                             std::uint64_t limit, FunctionRef<void(const Change&)> sink) const {
  return on_snapshot(*readers_,
                     [&](const Reader& r) { return r.changes(since, collections, limit, sink); });
}

void SqliteStore::read(FunctionRef<void(const Reader&)> fn) const {
  on_snapshot(*readers_, [&](const Reader& r) { fn(r); });
}

}  // namespace podium::sqlite
