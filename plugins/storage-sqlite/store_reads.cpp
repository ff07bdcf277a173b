// Replaced by the reading side.
#include "sqlite_store.hpp"

namespace podium::sqlite {
namespace {
[[noreturn]] void no() { throw Error(ErrorCode::unsupported, "reading comes with branch store-read"); }
}  // namespace

void SqliteStore::get(CollectionId, std::span<const Ordinal>, std::span<const Column>, RowSink) const { no(); }
std::vector<Ordinal> SqliteStore::find(CollectionId, std::span<const std::string>) const { no(); }
Page SqliteStore::query(const Query&, RowSink) const { no(); }
std::vector<Ordinal> SqliteStore::ids(CollectionId, const Filter&, const Order&, Budget) const { no(); }
void SqliteStore::aggregate(const Aggregate&, GroupSink) const { no(); }
void SqliteStore::points(const PointsQuery&, PointSink) const { no(); }
Changes SqliteStore::changes(Revision, std::span<const CollectionId>, std::uint64_t,
                             FunctionRef<void(const Change&)>) const { no(); }
void SqliteStore::read(FunctionRef<void(const Reader&)>) const { no(); }

}  // namespace podium::sqlite
