#pragma once
// A definition as an action that tasks are acted on by.
#include "definition.hpp"
#include "podium/extension/action.hpp"
#include "podium/plugin.hpp"
#include "secrets.hpp"

namespace podium::custom {

class CustomAction final : public Action {
 public:
  /// `context` and `secrets` are borrowed.
  CustomAction(PluginContext& context, const Secrets& secrets, DefinitionPtr definition);

  ActionSpec spec() const override;
  ActionResult invoke(std::span<const ActionTarget>, const ActionCall&) override;

 private:
  PluginContext& context_;
  const Secrets& secrets_;
  const DefinitionPtr definition_;
};

}  // namespace podium::custom
