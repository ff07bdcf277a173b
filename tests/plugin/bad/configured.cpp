// Wants `room` in its configuration, by TEST_SCHEMA.
#include <nlohmann/json.hpp>

#include "traced.hpp"

namespace {

class Configured final : public Traced {
 public:
  Configured() : Traced("test.configured") {}
  std::string config_schema() const override { return TEST_SCHEMA; }
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    note("room " + context.config().at("room").get<std::string>());
  }
};

}  // namespace

PODIUM_PLUGIN(Configured, .id = "test.configured", .version = "1.0.0")
