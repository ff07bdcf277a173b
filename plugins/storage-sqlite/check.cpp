#include "sqlite_store.hpp"
namespace podium::sqlite {
std::vector<Store::Finding> SqliteStore::check(FunctionRef<bool(double)>) const { return {}; }
}
