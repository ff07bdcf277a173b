#pragma once
// The reading calls, on one snapshot.
#include "podium/store/reader.hpp"
#include "read_pool.hpp"
#include "tombstones.hpp"

namespace podium::sqlite {

class SqliteEngine;

/// What one snapshot's reads stand on. For one thread at a time.
struct ReadContext {
  Connection& connection;
  Dictionary& dictionary;
  const Catalog& catalog;
  const Tombstones& tombstones;

  /// Whether a record that may have no row is there and not hidden.
  bool visible(const CollectionInfo&, Ordinal) const;
};

/// All calls see the snapshot that was open when it was made. Used by one thread; sinks may call it
/// again.
class SnapshotReader final : public Reader {
 public:
  explicit SnapshotReader(const ReadPool::Snapshot&);

  using Reader::find;
  using Reader::get;
  void get(CollectionId, std::span<const Ordinal>, std::span<const Column>, RowSink) const override;
  std::vector<Ordinal> find(CollectionId, std::span<const std::string> ids) const override;
  Page query(const Query&, RowSink) const override;
  std::vector<Ordinal> ids(CollectionId, const Filter&, const Order&, Budget) const override;
  void aggregate(const Aggregate&, GroupSink) const override;
  void points(const PointsQuery&, PointSink) const override;
  Changes changes(Revision since, std::span<const CollectionId>, std::uint64_t limit,
                  FunctionRef<void(const Change&)>) const override;
  Revision revision() const override;

 private:
  const CollectionInfo& collection(CollectionId) const;

  Tombstones tombstones_;
  ReadContext context_;
};

}  // namespace podium::sqlite
