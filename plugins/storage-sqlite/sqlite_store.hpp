#pragma once
// The embedded store: one file, one writer thread, a pool of reading connections.
#include <memory>

#include "podium/store/store.hpp"
#include "shared.hpp"

namespace podium::sqlite {

class ReadPool;
class Writer;

/// Opening creates the file when there is none. Throws `corrupt` for a file that is damaged or no
/// database, `unsupported` for one of a newer format, `unavailable` when another process serves it.
/// Destroying it finishes the queued writes and joins its threads.
class SqliteStore final : public Store {
 public:
  explicit SqliteStore(const StoreOptions&);
  /// Opened to be looked at: no writer, no lock. Throws `not_found` when there is no file.
  struct Look {};
  SqliteStore(const StoreOptions&, Look);
  ~SqliteStore() override;

  // Reading: forwarded to a connection of the pool (store_reads.cpp).
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
  Revision revision() const override { return shared_.revision.load(); }
  void read(FunctionRef<void(const Reader&)>) const override;

  // Writing.
  void declare(std::span<const Collection>) override;
  CollectionId collection(std::string_view name) const override;
  const Collection& declaration(CollectionId) const override;
  void commit(Write, Done) override;
  void transact(FunctionRef<void(Transaction&)>) override;
  int watch(std::function<void(Revision)>) override;
  void unwatch(int id) override;
  bool maintain() override;
  using Store::backup;
  void backup(const std::filesystem::path& to, FunctionRef<bool(double)> go_on) const override;
  std::vector<Finding> check(FunctionRef<bool(double)> go_on) const override;

 private:
  Writer& writer() const;  ///< throws `unsupported` when the store was opened to be looked at

  Shared shared_;
  std::unique_ptr<Writer> writer_;  ///< opens the file: before the readers; null for a look
  std::unique_ptr<ReadPool> readers_;
};

}  // namespace podium::sqlite
