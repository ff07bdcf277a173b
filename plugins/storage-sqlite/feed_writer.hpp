#pragma once
// The change feed of the group that is being written: one entry a record, kinds merged.
#include <cstdint>
#include <string>
#include <unordered_map>

#include "catalog.hpp"
#include "podium/store/reader.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

class FeedWriter {
 public:
  void inserted(CollectionId c, Ordinal o) { note(c, o, Change::Kind::inserted); }
  void updated(CollectionId c, Ordinal o) { note(c, o, Change::Kind::updated); }
  void moved(CollectionId c, Ordinal o, Ordinal old_partition);
  void erased(CollectionId c, Ordinal o, std::string id, Ordinal partition);

  void clear() noexcept { entries_.clear(); }
  /// Writes the entries under a revision; false when there are none.
  bool write(Connection&, Revision) const;

 private:
  struct Entry {
    int kind = 0;  ///< 0: inserted and erased within the group
    Ordinal partition = 0, old_partition = 0;
    std::string id;
  };
  struct Key {
    CollectionId collection;
    Ordinal ordinal;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return static_cast<std::size_t>(key.ordinal) * 0x9E3779B97F4A7C15u +
             static_cast<std::size_t>(key.collection);
    }
  };
  Entry& note(CollectionId, Ordinal, Change::Kind);
  std::unordered_map<Key, Entry, Hash> entries_;
};

}  // namespace podium::sqlite
