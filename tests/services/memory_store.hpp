#pragma once
// A store in memory, the slow and obvious way round: every write works on a copy of everything and
// is run twice, every read looks at every record. For tests of what stands on a store.
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "podium/store/store.hpp"

namespace podium::test {

class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  void get(CollectionId, std::span<const Ordinal>, std::span<const Column>, RowSink) const override;
  std::vector<Ordinal> find(CollectionId, std::span<const std::string>) const override;
  Page query(const Query&, RowSink) const override;
  std::vector<Ordinal> ids(CollectionId, const Filter&, const Order&, Budget) const override;
  void aggregate(const Aggregate&, GroupSink) const override;
  void points(const PointsQuery&, PointSink) const override;
  Changes changes(Revision, std::span<const CollectionId>, std::uint64_t,
                  FunctionRef<void(const Change&)>) const override;
  Revision revision() const override;
  using Reader::find;
  using Reader::get;

  void declare(std::span<const Collection>) override;
  CollectionId collection(std::string_view) const override;
  const Collection& declaration(CollectionId) const override;
  void commit(Write, Done) override;
  void transact(FunctionRef<void(Transaction&)>) override;
  void read(FunctionRef<void(const Reader&)>) const override;
  int watch(std::function<void(Revision)>) override;
  void unwatch(int) override;
  bool maintain() override { return false; }
  void backup(const std::filesystem::path&) const override {}
  std::vector<Finding> check(FunctionRef<bool(double)>) const override { return {}; }

  /// Called before each write is committed; may throw, and nothing is written then.
  std::function<void()> before_commit;
  /// Entries of the feed up to this revision are forgotten.
  void forget_changes(Revision);

  struct State;

 private:
  std::shared_ptr<const State> now() const;

  mutable std::mutex mutex_;  ///< of the pointers
  std::mutex writer_;
  std::shared_ptr<const State> state_;
  std::map<int, std::function<void(Revision)>> watchers_;
  int next_watch_ = 1;
};

}  // namespace podium::test
