#pragma once
// Hears which tasks have ended, and queues the message about each.
#include <string>
#include <vector>

#include "podium/extension/listener.hpp"
#include "settings.hpp"

namespace acme {

/// The message and the job that delivers it are written in the transaction that moves the listener
/// on: there is exactly one of each for an end of a task, whatever crashes when.
class ChatListener final : public podium::Listener {
 public:
  ChatListener(podium::PluginContext& context, Settings settings)
      : Listener("acme.chat/ended"), context_(context), settings_(std::move(settings)) {}
  std::vector<std::string> collections() const override { return {"tasks"}; }
  Work handle(std::span<const podium::Change>, const podium::Reader&) override;
  /// A new listener tells of what ends from now on, and one that missed too much says nothing of
  /// it: old news is no news in a chat.
  Work resync(podium::Revision, const podium::Reader&) override { return {}; }

 private:
  bool wanted(const podium::Reader&, podium::Ordinal project, std::string& name) const;

  podium::PluginContext& context_;
  const Settings settings_;
};

}  // namespace acme
