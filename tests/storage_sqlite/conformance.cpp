// The conformance suite on SQLite.
#include "conformance.hpp"

#include "factory.hpp"

podium::conformance::OpenStore podium::conformance::store_under_test() {
  return [](const StoreOptions& options) { return sqlite::factory()->open(options); };
}
