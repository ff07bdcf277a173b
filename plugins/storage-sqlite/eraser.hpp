#pragma once
// Erasing records with all that depends on them: small ones at once, large ones behind a tombstone.
#include "map_writer.hpp"
#include "session.hpp"

namespace podium::sqlite {

/// More records and chunks than this, in one cascade, become a tombstone.
constexpr std::int64_t direct_erase = 100;

/// Erases an existing record.
void erase_record(Session&, const CollectionInfo&, Ordinal);
/// Erases a record that a tombstone hides, now, with all that depends on it.
void purge_record(Session&, const CollectionInfo&, Ordinal);
/// Purges up to about `work` rows behind one tombstone, inside the caller's transaction. False when
/// there is no tombstone.
bool purge_slice(Session&, std::int64_t work);
/// Makes a reference missing.
void clear_reference(Session&, const CollectionInfo&, Ordinal, const FieldInfo&);
/// Moves the owner's entries in value indexes to another partition.
void move_partition(Session&, const CollectionInfo&, Ordinal, Ordinal from, Ordinal to);

}  // namespace podium::sqlite
