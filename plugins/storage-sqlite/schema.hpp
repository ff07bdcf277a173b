#pragma once
// The tables of the file: made, found again, migrated.
#include <memory>
#include <span>

#include "catalog.hpp"
#include "sqlite.hpp"

namespace podium::sqlite {

/// Makes an empty file a store, or checks that it is one. Throws `corrupt` for another database or
/// a damaged one, `unsupported` for a newer format.
void prepare_file(Connection&);

/// Checks a file that is there, without changing it. Throws as prepare_file does.
void check_file(Connection&);

/// The revision of the newest commit.
std::int64_t newest_revision(Connection&);

/// The collections that the file has, none declared yet.
std::vector<Catalog::Stored> stored_collections(Connection&);

/// Brings the file to the declarations, inside the caller's transaction, and returns the catalog
/// that is true after its commit, or null when nothing differs from `current`.
std::shared_ptr<const Catalog> declare_collections(Connection&, const Catalog& current,
                                                   std::span<const Collection>);

}  // namespace podium::sqlite
