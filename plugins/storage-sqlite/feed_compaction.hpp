#pragma once
// The feed, made short again: one entry a record, and erased ones forgotten after a while.
#include <cstdint>

#include "podium/store/reader.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

/// Merges superseded entries among about `limit` of those behind `compacted`, and those before that
/// they supersede. Returns up to where the feed is compacted now. Inside the caller's transaction.
Revision compact_slice(Connection&, Revision compacted, Revision newest, std::int64_t limit);
/// Drops up to `limit` entries of erased records up to a revision, raising the horizon; `newest` is
/// noted, since the feed may no longer tell it. False when there are none.
bool drop_erased(Connection&, Revision through, Revision newest, std::int64_t limit);

}  // namespace podium::sqlite
