#pragma once
// A store in front of another, that fails when a test wants it to.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "podium/store/store.hpp"

namespace podium::test {

class FaultyStore final : public Store {
 public:
  explicit FaultyStore(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {}

  /// Called before each `transact`, on its thread; what it throws is thrown instead of writing.
  void before_write(std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
  }
  /// The feed of changes answers `too_old` below this revision.
  std::atomic<Revision> horizon{0};

  using Reader::find;
  using Reader::get;
  void get(CollectionId c, std::span<const Ordinal> o, std::span<const Column> columns,
           RowSink sink) const override {
    inner_->get(c, o, columns, sink);
  }
  std::vector<Ordinal> find(CollectionId c, std::span<const std::string> ids) const override {
    return inner_->find(c, ids);
  }
  Page query(const Query& q, RowSink sink) const override { return inner_->query(q, sink); }
  std::vector<Ordinal> ids(CollectionId c, const Filter& f, const Order& o,
                           Budget budget) const override {
    return inner_->ids(c, f, o, budget);
  }
  void aggregate(const Aggregate& a, GroupSink sink) const override { inner_->aggregate(a, sink); }
  void points(const PointsQuery& q, PointSink sink) const override { inner_->points(q, sink); }
  Changes changes(Revision since, std::span<const CollectionId> c, std::uint64_t limit,
                  FunctionRef<void(const Change&)> sink) const override {
    if (since < horizon) throw Error(ErrorCode::too_old, "the feed of changes starts later");
    return inner_->changes(since, c, limit, sink);
  }
  Revision revision() const override { return inner_->revision(); }

  void declare(std::span<const Collection> c) override { inner_->declare(c); }
  CollectionId collection(std::string_view name) const override { return inner_->collection(name); }
  const Collection& declaration(CollectionId c) const override { return inner_->declaration(c); }
  void commit(Write fn, Done done) override { inner_->commit(std::move(fn), std::move(done)); }
  void transact(FunctionRef<void(Transaction&)> fn) override {
    std::function<void()> hook;
    {
      const std::lock_guard lock(mutex_);
      hook = hook_;
    }
    if (hook) hook();
    inner_->transact(fn);
  }
  void read(FunctionRef<void(const Reader&)> fn) const override {
    inner_->read([&](const Reader& reader) { fn(Snapshot(reader, horizon)); });
  }
  int watch(std::function<void(Revision)> hint) override { return inner_->watch(std::move(hint)); }
  void unwatch(int id) override { inner_->unwatch(id); }
  bool maintain() override { return inner_->maintain(); }
  void backup(const std::filesystem::path& to) const override { inner_->backup(to); }
  std::vector<Finding> check(FunctionRef<bool(double)> go_on) const override {
    return inner_->check(go_on);
  }

 private:
  /// One snapshot, with the same horizon.
  class Snapshot final : public Reader {
   public:
    Snapshot(const Reader& inner, Revision horizon) : inner_(inner), horizon_(horizon) {}
    using Reader::find;
    using Reader::get;
    void get(CollectionId c, std::span<const Ordinal> o, std::span<const Column> columns,
             RowSink sink) const override {
      inner_.get(c, o, columns, sink);
    }
    std::vector<Ordinal> find(CollectionId c, std::span<const std::string> ids) const override {
      return inner_.find(c, ids);
    }
    Page query(const Query& q, RowSink sink) const override { return inner_.query(q, sink); }
    std::vector<Ordinal> ids(CollectionId c, const Filter& f, const Order& o,
                             Budget budget) const override {
      return inner_.ids(c, f, o, budget);
    }
    void aggregate(const Aggregate& a, GroupSink sink) const override { inner_.aggregate(a, sink); }
    void points(const PointsQuery& q, PointSink sink) const override { inner_.points(q, sink); }
    Changes changes(Revision since, std::span<const CollectionId> c, std::uint64_t limit,
                    FunctionRef<void(const Change&)> sink) const override {
      if (since < horizon_) throw Error(ErrorCode::too_old, "the feed of changes starts later");
      return inner_.changes(since, c, limit, sink);
    }
    Revision revision() const override { return inner_.revision(); }

   private:
    const Reader& inner_;
    const Revision horizon_;
  };

  std::unique_ptr<Store> inner_;
  std::mutex mutex_;
  std::function<void()> hook_;
};

}  // namespace podium::test
