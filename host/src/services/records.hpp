#pragma once
// The reading half of every service: one implementation, with what the caller may see ANDed in.
#include <string>
#include <utility>
#include <vector>

#include "podium/service/records.hpp"
#include "services/core.hpp"

namespace podium::host {

/// The reading calls over one collection. Thread-safe.
class VisibleRecords final : public Records {
 public:
  VisibleRecords(const Core& core, CollectionId collection, std::string name)
      : core_(core), collection_(collection), name_(std::move(name)) {}
  CollectionId collection() const override { return collection_; }
  bool get(const Reader&, const Principal&, Ordinal, std::span<const Column>,
           FunctionRef<void(const Row&)>) const override;
  void get(const Reader&, const Principal&, std::span<const Ordinal>, std::span<const Column>,
           RowSink) const override;
  Page query(const Reader&, const Principal&, Query, RowSink) const override;
  std::vector<Ordinal> ids(const Reader&, const Principal&, const Filter&, const Order&,
                           Budget) const override;
  void aggregate(const Reader&, const Principal&, Aggregate, GroupSink) const override;
  void points(const Reader&, const Principal&, PointsQuery, PointSink) const override;
  Ordinal find(const Reader&, const Principal&, std::string_view id) const override;

 private:
  const Core& core_;
  CollectionId collection_;
  std::string name_;
};

/// A service that is `Interface` (a Records) and reads by VisibleRecords.
template <class Interface>
class Readable : public Interface {
 public:
  Readable(const Core& core, CollectionId collection, std::string name)
      : core_(core), records_(core, collection, std::move(name)) {}
  CollectionId collection() const override { return records_.collection(); }
  bool get(const Reader& r, const Principal& who, Ordinal o, std::span<const Column> columns,
           FunctionRef<void(const Row&)> sink) const override {
    return records_.get(r, who, o, columns, sink);
  }
  void get(const Reader& r, const Principal& who, std::span<const Ordinal> ordinals,
           std::span<const Column> columns, RowSink sink) const override {
    records_.get(r, who, ordinals, columns, sink);
  }
  Page query(const Reader& r, const Principal& who, Query q, RowSink sink) const override {
    return records_.query(r, who, std::move(q), sink);
  }
  std::vector<Ordinal> ids(const Reader& r, const Principal& who, const Filter& f, const Order& o,
                           Budget budget) const override {
    return records_.ids(r, who, f, o, budget);
  }
  void aggregate(const Reader& r, const Principal& who, Aggregate a,
                 GroupSink sink) const override {
    records_.aggregate(r, who, std::move(a), sink);
  }
  void points(const Reader& r, const Principal& who, PointsQuery q, PointSink sink) const override {
    records_.points(r, who, std::move(q), sink);
  }
  Ordinal find(const Reader& r, const Principal& who, std::string_view id) const override {
    return records_.find(r, who, id);
  }

 protected:
  const Core& core_;

 private:
  VisibleRecords records_;
};

}  // namespace podium::host
