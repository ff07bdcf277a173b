#pragma once
// Erased roots whose dependants are still being purged, and whom they hide.
#include <cstdint>
#include <set>
#include <utility>

#include "catalog.hpp"
#include "podium/store/filter.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

/// The roots as one snapshot has them; almost always empty. A root's own row is gone from its table
/// at once; what stands in value indexes under its ordinal, and every record that refers to it by
/// cascade, directly or through others, is hidden until it is purged. A `clear` reference to a root
/// or to a hidden record is cleared by the purge and may show the ordinal until then.
class Tombstones {
 public:
  void load(Connection&);
  bool empty() const noexcept { return roots_.empty(); }
  bool has(CollectionId c, Ordinal o) const { return roots_.count({c, o}) != 0; }
  /// Whether an existing record is hidden.
  bool hide(Connection&, const Catalog&, const CollectionInfo&, Ordinal) const;

  void add(CollectionId c, Ordinal o) { roots_.insert({c, o}); }
  void remove(CollectionId c, Ordinal o) { roots_.erase({c, o}); }
  const std::set<std::pair<CollectionId, Ordinal>>& roots() const noexcept { return roots_; }

 private:
  std::set<std::pair<CollectionId, Ordinal>> roots_;
};

}  // namespace podium::sqlite
