// The plugin around the embedded store.
#include "podium/plugin.hpp"

#include "factory.hpp"

namespace {

class StorageSqlite final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override { context.add(podium::sqlite::factory()); }
};

}  // namespace

PODIUM_PLUGIN(StorageSqlite, .id = "storage-sqlite", .version = "0.1.0",
              .summary = "Keeps records and points in one SQLite file")
