// Manifests and descriptors with faults.
#include "podium/plugin.hpp"

namespace {
struct Nothing : podium::Plugin {
  void load(podium::PluginContext&) override {}
};
}  // namespace

#if defined(TEST_OTHER_ABI)
PODIUM_PLUGIN(Nothing, .abi_tag = "podium0-old-gcc4", .id = "test.manifest", .version = "1.0.0")
#elif defined(TEST_BAD_ID)
PODIUM_PLUGIN(Nothing, .id = "Bad Id", .version = "1.0.0")
#elif defined(TEST_BAD_VERSION)
PODIUM_PLUGIN(Nothing, .id = "test.manifest", .version = "one")
#elif defined(TEST_BAD_NEEDS)
PODIUM_PLUGIN(Nothing, .id = "test.manifest", .version = "1.0.0", .depends_on = "test.good,,x")
#elif defined(TEST_CONTROL_CHARACTERS)
PODIUM_PLUGIN(Nothing, .id = "test.manifest", .version = "1.0.0", .summary = "\x1b[2J")
#elif defined(TEST_NO_NOTE)
extern "C" __attribute__((visibility("default"))) int podium_plugin;
int podium_plugin = 1;
Nothing nothing;
#else
namespace {
__attribute__((section(".note.podium"), used, aligned(4)))
PODIUM_PLUGIN_NOTE_ATTR const podium_note note{
    .manifest = {.id = "test.manifest", .version = "1.0.0"}};
const podium_manifest other{.id = "test.manifest", .version = "2.0.0"};
podium::Plugin* create(char*, std::size_t) { return new Nothing; }
}  // namespace
#if defined(TEST_WRONG_SIZE)
extern "C" __attribute__((visibility("default"), used))
const podium_descriptor podium_plugin{8, &note.manifest, &create};
#elif defined(TEST_OTHER_MANIFEST)
extern "C" __attribute__((visibility("default"), used))
const podium_descriptor podium_plugin{sizeof(podium_descriptor), &other, &create};
#else  // no descriptor
void* kept[] = {const_cast<podium_manifest*>(&other), reinterpret_cast<void*>(&create)};
extern "C" __attribute__((visibility("default"))) void* podium_something;
void* podium_something = kept;
#endif
#endif
