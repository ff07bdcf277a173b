#pragma once
// The action: tells a chat room of the selected tasks.
#include <string>

#include "podium/extension/action.hpp"
#include "podium/plugin.hpp"

namespace acme {

/// What was told: fields task (its id), name, room, who, at, text.
podium::Collection messages_collection();

class NotifyAction final : public podium::Action {
 public:
  explicit NotifyAction(podium::PluginContext& context);

  podium::ActionSpec spec() const override;
  podium::ActionResult invoke(std::span<const podium::ActionTarget> targets,
                              const podium::ActionCall& call) override;

 private:
  podium::PluginContext& context_;
};

}  // namespace acme
