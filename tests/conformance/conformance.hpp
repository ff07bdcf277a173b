#pragma once
// What every storage plugin must do, as a Catch2 suite. It is parametrised at link time: the test
// program of a plugin links the object library `podium_store_conformance` and defines
// `store_under_test`.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "podium/store/store.hpp"
#include "support.hpp"

namespace podium::conformance {

using OpenStore = std::function<std::unique_ptr<Store>(const StoreOptions&)>;

/// Defined by the test program of each storage plugin: opens its store in `options.directory`,
/// which is empty or holds what the same function left there. Every option must be heeded.
OpenStore store_under_test();

/// The collections that the suite works with, in the order of their references.
std::vector<Collection> tracking();

/// A store in a folder of its own, closed and removed at the end. Unless told otherwise every write
/// is run twice, as the port asks of a conformance suite.
class Opened {
 public:
  explicit Opened(std::vector<Collection> declared = tracking(), bool run_twice = true,
                  double feed_days = 7);
  ~Opened();
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  CollectionId id(std::string_view name) const { return store_->collection(name); }
  /// Closes the store and opens it again with the same declarations.
  void reopen();
  void reopen(std::vector<Collection> declared);
  /// Closes the store; `reopen` brings it back.
  void close() { store_.reset(); }
  /// Housekeeping until nothing is left to do.
  void maintain();
  /// A path in the store's surroundings that nothing is at.
  std::filesystem::path fresh_path() const { return folder_.path() / "fresh"; }
  /// Fails the test when the store finds a fault in itself.
  void check_sound();

 private:
  void open();
  test::TemporaryFolder folder_;
  std::vector<Collection> declared_;
  bool run_twice_;
  double feed_days_;
  std::unique_ptr<Store> store_;
};

std::string show(const Value&);

/// The text id of each row, blank between: short to compare.
std::string ids_of(const Reader&, const Query&);
/// The same through `ids` and `get`.
std::string listed(const Reader&, CollectionId, const Filter&, const Order& = {});
/// The cells of one record, which must be there.
std::vector<Value> cells(const Reader&, CollectionId, Ordinal, const std::vector<Path>&);
Value cell(const Reader&, CollectionId, Ordinal, const Path&);
std::int64_t version_of(const Reader&, CollectionId, Ordinal);
bool exists(const Reader&, CollectionId, Ordinal);
/// The entries of a map, by key.
std::map<std::string, std::string> map_of(const Reader&, CollectionId, Ordinal,
                                          std::string_view map);
std::vector<Point> points_of(const Reader&, const PointsQuery&);
std::uint64_t count(const Reader&, CollectionId, const Filter& = {});

/// A change with its texts owned.
struct Heard {
  Revision revision;
  CollectionId collection;
  Ordinal ordinal;
  Change::Kind kind;
  std::string id;
  Ordinal partition, old_partition;
};
/// Everything after `since`, read with pages of `limit`.
std::vector<Heard> hear(const Reader&, Revision since, std::span<const CollectionId> = {},
                        std::uint64_t limit = 1000000);

/// Inserts a record with fields only.
Ordinal insert(Transaction&, CollectionId, std::string_view id,
               std::vector<Patch::Set> fields = {});

}  // namespace podium::conformance
