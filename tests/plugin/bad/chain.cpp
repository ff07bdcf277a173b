// A plugin that only has an id and needs, both given by the build.
#include "traced.hpp"

namespace {

class Chain final : public Traced {
 public:
  Chain() : Traced(TEST_ID) {}
};

}  // namespace

PODIUM_PLUGIN(Chain, .id = TEST_ID, .version = "1.0.0", .depends_on = TEST_NEEDS)
