// Calls a function that nobody has; linked without --no-undefined.
#include "podium/plugin.hpp"

namespace acme {
void missing_function();
}

namespace {
struct Undefined : podium::Plugin {
  void load(podium::PluginContext&) override { acme::missing_function(); }
};
}  // namespace

PODIUM_PLUGIN(Undefined, .id = "test.undefined", .version = "1.0.0")
