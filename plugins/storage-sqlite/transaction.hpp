#pragma once
// What a write may do, on the writer's connection.
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "map_writer.hpp"
#include "podium/store/store.hpp"
#include "session.hpp"

namespace podium::sqlite {

class RecordView;

class SqliteTransaction final : public Transaction {
 public:
  explicit SqliteTransaction(Session& session) : session_(session) {}

  /// Forgets the failure of the write before.
  void start() { failure_.reset(); }
  /// What the engine failed with during the write, whatever its `fn` made of it: the group is lost.
  const std::optional<EngineError>& failure() const noexcept { return failure_; }

  Ordinal find(CollectionId, std::string_view id) override;
  bool get(CollectionId, Ordinal, std::span<const Column>, FunctionRef<void(const Row&)>) override;
  std::uint64_t query(CollectionId, const KeyRange&, std::uint64_t limit, std::span<const Column>,
                      RowSink) override;
  Ordinal insert(CollectionId, const NewRecord&) override;
  Kept insert_or_keep(CollectionId, const NewRecord&, std::string_view unique_key) override;
  std::uint64_t update(CollectionId, std::span<const Ordinal>, const Filter& still,
                       const Patch&) override;
  std::vector<Ordinal> update(CollectionId, const KeyRange&, std::uint64_t limit,
                              const Patch&) override;
  std::uint64_t erase(CollectionId, std::span<const Ordinal>, const Filter& still) override;
  void put(CollectionId, Ordinal, std::string_view map, std::span<const MapEntry>,
           PutMode) override;
  void append(CollectionId, Ordinal, std::string_view series,
              std::span<const SeriesPoints>) override;
  void rehome(CollectionId from, Ordinal, CollectionId to, Ordinal,
              std::span<const std::string_view> names) override;

 private:
  /// A patch checked against its collection: for each field the value to set, or null.
  struct Checked {
    std::vector<const Value*> values;
    bool any_value = false;
    std::vector<std::vector<MapEntry>> entries;  ///< by map
    const Patch* patch = nullptr;
  };

  template <class F>
  decltype(auto) guarded(F&& call) {
    if (failure_) throw Error(*failure_);
    try {
      return std::forward<F>(call)();
    } catch (const EngineError& e) {
      if (!e.constraint()) failure_ = e;
      throw;
    }
  }
  const CollectionInfo& info(CollectionId c) const { return session_.catalog().at(c); }
  Checked check(const CollectionInfo&, const Patch&);
  void check_new(const CollectionInfo&, const NewRecord&);
  void check_still(const CollectionInfo&, const Filter& still);
  void check_reference(const CollectionInfo&, const FieldInfo&, const Value&);
  /// The owner and its partition; throws `not_found`.
  Owner owner(const CollectionInfo&, Ordinal);
  Ordinal insert_checked(const CollectionInfo&, const NewRecord&, const Checked&);
  /// After a unique key refused: purges a hidden record that stood in the way, or throws `exists`.
  void make_way(const CollectionInfo&, const Checked&, std::string_view id, Ordinal self);
  bool change(const CollectionInfo&, RecordView&, const Checked&);
  /// Returns whether the version went up: not when derived fields alone were set.
  bool set_fields(const CollectionInfo&, Ordinal, const Checked&,
                  const std::vector<std::size_t>& changed, bool body);
  void bump(const CollectionInfo&, Ordinal);
  /// The statement that sets these fields, kept while it is used often.
  struct Update {
    const CollectionInfo* of = nullptr;
    std::vector<std::size_t> fields;
    bool body = false, versioned = false;
    std::string sql;
  };
  const Update& update_of(const CollectionInfo&, const std::vector<std::size_t>& changed,
                          bool body);

  Session& session_;
  std::optional<EngineError> failure_;
  std::array<Update, 16> updates_;
  std::size_t next_update_ = 0;
};

}  // namespace podium::sqlite
