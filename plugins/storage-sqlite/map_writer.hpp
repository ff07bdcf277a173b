#pragma once
// Entries of maps with their value index. Texts are checked by the caller.
#include <span>
#include <string_view>

#include "podium/store/store.hpp"
#include "session.hpp"

namespace podium::sqlite {

/// `owner` in partition `part` (0 without one).
struct Owner {
  Ordinal ordinal = 0;
  Ordinal part = 0;
};

/// As a partition: the owner has no entries in value indexes (a purge removed them by ranges).
constexpr Ordinal not_indexed = -1;

/// Each returns whether something changed.
bool put_entries(Session&, const CollectionInfo&, const MapInfo&, Owner, std::span<const MapEntry>,
                 PutMode);
bool remove_entry(Session&, const MapInfo&, Owner, std::string_view key);
bool clear_map(Session&, const MapInfo&, Owner);
/// Removes up to `limit` entries; returns how many.
std::int64_t clear_some(Session&, const MapInfo&, Owner, std::int64_t limit);
/// Moves all entries, also between collections; also from one partition to another of one owner.
bool move_map(Session&, const MapInfo& from, Owner, const MapInfo& to, Owner);
/// Whether the owner has an entry.
bool has_entries(Session&, const MapInfo&, Ordinal);

}  // namespace podium::sqlite
