#include "sqlite_store.hpp"

#include <fmt/format.h>

#include "factory.hpp"
#include "read_pool.hpp"
#include "schema.hpp"
#include "writer.hpp"

namespace podium::sqlite {
namespace {

class Factory final : public StoreFactory {
 public:
  Factory() : StoreFactory("sqlite") {}
  std::unique_ptr<Store> open(const StoreOptions& options) override {
    return std::make_unique<SqliteStore>(options);
  }
  std::unique_ptr<const Store> look(const StoreOptions& options) override {
    return std::make_unique<const SqliteStore>(options, SqliteStore::Look());
  }
};

}  // namespace

std::unique_ptr<StoreFactory> factory() { return std::make_unique<Factory>(); }

SqliteStore::SqliteStore(const StoreOptions& options)
    : shared_(options),
      writer_(std::make_unique<Writer>(shared_)),
      readers_(std::make_unique<ReadPool>(shared_)) {}

SqliteStore::SqliteStore(const StoreOptions& options, Look)
    : shared_(options), readers_(std::make_unique<ReadPool>(shared_)) {
  if (!std::filesystem::exists(shared_.file))
    throw Error(ErrorCode::not_found,
                fmt::format("there is no store in {}", options.directory.string()));
  Connection connection(shared_.file, Connection::Role::reader);
  check_file(connection);
  std::vector<Catalog::Stored> stored;
  try {
    shared_.revision = newest_revision(connection);
    stored = stored_collections(connection);
  } catch (const Error& e) {
    // What every store has is missing or does not read.
    if (e.code() != ErrorCode::internal && e.code() != ErrorCode::invalid) throw;
    throw Error(ErrorCode::corrupt,
                fmt::format("podium.db is damaged ({}); restore a backup", e.what()));
  }
  for (Catalog::Stored& one : stored) one.declared = true;
  shared_.replace(std::make_shared<const Catalog>(std::move(stored)));
}

SqliteStore::~SqliteStore() {
  // The last connection to close copies the WAL into the file: the writer's, which may.
  readers_.reset();
  writer_.reset();
}

Writer& SqliteStore::writer() const {
  if (!writer_)
    throw Error(ErrorCode::unsupported, "the store was opened to be looked at, not to be written");
  return *writer_;
}

void SqliteStore::declare(std::span<const Collection> collections) {
  writer().declare(collections);
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
  writer().commit(std::move(write), std::move(done));
}
void SqliteStore::transact(FunctionRef<void(Transaction&)> fn) { writer().transact(fn); }
int SqliteStore::watch(std::function<void(Revision)> hint) {
  return writer().watch(std::move(hint));
}
void SqliteStore::unwatch(int id) { writer().unwatch(id); }
bool SqliteStore::maintain() { return writer().maintain(); }

}  // namespace podium::sqlite
