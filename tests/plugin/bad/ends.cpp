// Takes its process along: TEST_END is what `start` does.
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "traced.hpp"

namespace {

class Ends final : public Traced {
 public:
  Ends() : Traced("test.ends") {}
  void start() override { TEST_END; }
};

}  // namespace

PODIUM_PLUGIN(Ends, .id = "test.ends", .version = "1.0.0")
