// The plugin itself: what it adds to the host. Everything else is in the two files beside it.
#include "podium/plugin.hpp"

#include "notified.hpp"
#include "notify.hpp"

namespace {

class AcmeNotify final : public podium::Plugin {
 public:
  std::string config_schema() const override {
    return R"({
      "type": "object",
      "required": ["rooms"],
      "properties": {
        "rooms": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"},
                  "description": "the rooms that may be told, each with the address of its webhook"}
      },
      "additionalProperties": false
    })";
  }

  void load(podium::PluginContext& context) override {
    context.declare(acme::messages_collection());
    context.add(std::make_unique<acme::NotifyAction>(context));
    context.add(std::make_unique<acme::NotifiedVerb>(context));
  }
};

}  // namespace

PODIUM_PLUGIN(AcmeNotify, .id = "acme.notify", .version = "1.0.0",
              .summary = "Tells a chat room of tasks")
