// Calls an extension of test.good, found by dynamic_cast.
#include "traced.hpp"

namespace {

class Dependent final : public Traced {
 public:
  Dependent() : Traced("test.dependent") {}
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    auto* greeter = context.find<podium::test::Greeter>("greeter");
    if (!greeter) throw podium::Error(podium::ErrorCode::not_found, "no greeter");
    note(greeter->greet("dependent"));
  }
};

}  // namespace

PODIUM_PLUGIN(Dependent, .id = "test.dependent", .version = "1.0.0", .depends_on = "test.good")
