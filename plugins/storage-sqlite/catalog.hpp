#pragma once
// The declared collections, resolved: numbers, tables, columns, indexes, and who refers to whom.
// Immutable; a declaration replaces the whole catalog.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "podium/storage_kit/declaration.hpp"
#include "podium/store/reader.hpp"
#include "podium/store/schema.hpp"

namespace podium::sqlite {

constexpr std::size_t indexed_code_points = 64;  ///< of a text in a map's value index

struct FieldInfo {
  std::size_t index = 0;  ///< in declaration.fields
  std::string name;
  Type type = Type::text;
  OnErase on_erase = OnErase::clear;
  bool derived = false;
  std::string column;     ///< f_<name>
  std::string extra;      ///< r_<name>, a real's rank; n_<name>, a scalar's number; else empty
  int position = 0;       ///< of `column` in CollectionInfo::columns; `extra` is the next one
  CollectionId target{};  ///< of a reference
};

struct KeyInfo {
  std::string name;
  std::vector<std::size_t> fields;  ///< indexes into CollectionInfo::fields
  bool unique = false;
  std::string index;  ///< kN_<name>, over the fields' key columns
};

struct MapInfo {
  std::string name;
  bool indexed = true;
  std::string table;   ///< mN_<name>
  std::string values;  ///< xN_<name>, when indexed
};

struct SeriesInfo {
  std::string name;
  LastRule rule = LastRule::step_time_value;
  std::string summaries, last_values, tail, chunks;  ///< sN_, yN_, pN_, cN_<name>
};

/// A reference field of another collection (or this one) that points here.
struct Referrer {
  CollectionId collection{};
  std::size_t field = 0;
  OnErase on_erase = OnErase::clear;
};

struct CollectionInfo {
  CollectionId id{};
  Collection declaration;
  bool declared = false;  ///< by somebody since the store was opened; else only known from the file
  std::string table;      ///< tN
  /// "rid, id, ver, f_..., body": what a whole row is selected as. `id` is left out of sequences
  /// (position 1 is then `ver`), `body` where there is none.
  std::string columns;
  int id_position = -1, version_position = 0, body_position = -1;
  std::string select_row, insert_row;  ///< the whole row of a `rid`; a row of all columns
  std::vector<FieldInfo> fields;
  std::vector<KeyInfo> keys;
  std::vector<KeyInfo> reference_keys;  ///< the references' own indexes, by the field's name
  std::vector<MapInfo> maps;
  std::vector<SeriesInfo> series;
  const FieldInfo* partition = nullptr;
  std::vector<Referrer> referrers;
  std::vector<const FieldInfo*> cascades;  ///< this collection's references with OnErase::cascade

  // Found by name; they throw `invalid` naming the nearest.
  const FieldInfo& field(std::string_view name) const;
  const KeyInfo& key(std::string_view name) const;
  const MapInfo& map(std::string_view name) const;
  const SeriesInfo& one_series(std::string_view name) const;
  const MapInfo* find_map(std::string_view name) const noexcept;
  const SeriesInfo* find_series(std::string_view name) const noexcept;
  /// The index of a reference field: rN_<name>.
  std::string reference_index(const FieldInfo&) const;
};

/// The columns of a field in an index, in its order: a real is (rank, value), a scalar (number,
/// text).
std::string key_columns(const FieldInfo&);

class Catalog final : public kit::Declarations {
 public:
  struct Stored {
    CollectionId id{};
    Collection declaration;
    bool declared = false;
  };
  /// Throws `invalid` when a reference's target is missing.
  explicit Catalog(std::vector<Stored> collections);

  /// Throws `not_found`.
  const CollectionInfo& at(CollectionId) const;
  const CollectionInfo* find(std::string_view name) const noexcept;
  const Collection& by_name(std::string_view name) const override;
  const std::vector<std::unique_ptr<CollectionInfo>>& all() const noexcept { return collections_; }

 private:
  std::vector<std::unique_ptr<CollectionInfo>> collections_;
  std::vector<const CollectionInfo*> by_id_;
  std::unordered_map<std::string_view, const CollectionInfo*> by_name_;
};

}  // namespace podium::sqlite
