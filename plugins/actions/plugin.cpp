// The plugin "actions": what can be done to tasks, as everybody's actions are made.
#include "podium/plugin.hpp"

#include "actions.hpp"

namespace {

class ActionsPlugin final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override {
    for (auto& action : podium::actions::make_actions(context)) context.add(std::move(action));
  }
};

}  // namespace

PODIUM_PLUGIN(ActionsPlugin, .id = "actions", .version = "0.1.0",
              .summary = "Built-in actions: enqueue, abort, clone, archive, tag and the others")
