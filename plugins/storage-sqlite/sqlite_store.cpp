#include "sqlite_store.hpp"

#include <fmt/format.h>

#include "factory.hpp"
#include "read_pool.hpp"
#include "writer.hpp"

namespace podium::sqlite {
namespace {

class Factory final : public StoreFactory {
 public:
  Factory() : StoreFactory("sqlite") {}
  std::unique_ptr<Store> open(const StoreOptions& options) override {
    return std::make_unique<SqliteStore>(options);
  }
};

}  // namespace

std::unique_ptr<StoreFactory> factory() { return std::make_unique<Factory>(); }

SqliteStore::SqliteStore(const StoreOptions& options)
    : shared_(options),
      writer_(std::make_unique<Writer>(shared_)),
      readers_(std::make_unique<ReadPool>(shared_)) {}

SqliteStore::~SqliteStore() {
  // The last connection to close copies the WAL into the file: the writer's, which may.
  readers_.reset();
  writer_.reset();
}

void SqliteStore::declare(std::span<const Collection> collections) {
  writer_->declare(collections);
}

CollectionId SqliteStore::collection(std::string_view name) const {
  const auto catalog = shared_.catalog();
  const CollectionInfo* found = catalog->find(name);
  if (found == nullptr || !found->declared)
    throw Error(ErrorCode::not_found, fmt::format("no collection '{}' is declared", name));
  return found->id;
}

const Collection& SqliteStore::declaration(CollectionId id) const {
  return shared_.catalog()->at(id).declaration;  // Shared keeps every catalog
}

void SqliteStore::commit(Write write, Done done) {
  writer_->commit(std::move(write), std::move(done));
}
void SqliteStore::transact(FunctionRef<void(Transaction&)> fn) { writer_->transact(fn); }
int SqliteStore::watch(std::function<void(Revision)> hint) {
  return writer_->watch(std::move(hint));
}
void SqliteStore::unwatch(int id) { writer_->unwatch(id); }
bool SqliteStore::maintain() { return writer_->maintain(); }

}  // namespace podium::sqlite
