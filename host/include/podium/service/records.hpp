#pragma once
// Reading a service's collection on somebody's behalf.
#include <vector>

#include "podium/principal.hpp"
#include "podium/store/reader.hpp"

namespace podium {

/// What every service that owns a collection offers to readers: the reading calls, with
/// `Access::visible(who, collection)` ANDed in. `reader` is the Store, or the snapshot of
/// Store::read. The `collection` of a query is set by the service. Thread-safe.
class Records {
 public:
  virtual CollectionId collection() const = 0;
  virtual bool get(const Reader&, const Principal&, Ordinal, std::span<const Column>,
                   FunctionRef<void(const Row&)>) const = 0;
  virtual void get(const Reader&, const Principal&, std::span<const Ordinal>,
                   std::span<const Column>, RowSink) const = 0;
  virtual Page query(const Reader&, const Principal&, Query, RowSink) const = 0;
  virtual std::vector<Ordinal> ids(const Reader&, const Principal&, const Filter&, const Order&,
                                   Budget = {}) const = 0;
  virtual void aggregate(const Reader&, const Principal&, Aggregate, GroupSink) const = 0;
  /// Points of a record that the principal may see; throws `not_found` otherwise.
  virtual void points(const Reader&, const Principal&, PointsQuery, PointSink) const = 0;
  /// The ordinal of an id that exists and is visible, or 0.
  virtual Ordinal find(const Reader&, const Principal&, std::string_view id) const = 0;

 protected:
  ~Records() = default;
};

}  // namespace podium
