#pragma once
// Records by declared key, in the writer's transaction.
#include <vector>

#include "podium/store/store.hpp"
#include "session.hpp"

namespace podium::sqlite {

/// Up to `limit` visible records of the range, in the key's order: numbers, NaN, missing. Throws
/// `invalid` when the range does not fit the key.
std::vector<Ordinal> key_range(Session&, const CollectionInfo&, const KeyRange&,
                               std::uint64_t limit);

/// The record that has these values in a unique key, hidden or not, or 0; also when one is missing.
/// `values` are those of the key's fields, in its order.
Ordinal by_unique_key(Session&, const CollectionInfo&, const KeyInfo&,
                      const std::vector<const Value*>& values);
/// The record of a text id, hidden or not, or 0.
Ordinal by_id(Session&, const CollectionInfo&, std::string_view id);

}  // namespace podium::sqlite
