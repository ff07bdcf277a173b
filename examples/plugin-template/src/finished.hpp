#pragma once
// Counts the tasks that have ended, by listening to what changes.
#include <string>
#include <vector>

#include "podium/extension/listener.hpp"
#include "podium/plugin.hpp"

namespace acme {

/// One record a task that has ended, with the task's id and the state it ended in.
podium::Collection finished_collection();

class FinishedListener final : public podium::Listener {
 public:
  explicit FinishedListener(podium::PluginContext& context)
      : Listener("acme.notes/finished"), context_(context) {}
  std::vector<std::string> collections() const override { return {"tasks"}; }
  Work handle(std::span<const podium::Change> changes, const podium::Reader& reader) override;
  Work resync(podium::Revision revision, const podium::Reader& reader) override;

 private:
  struct Ended {
    std::string id, state;
  };
  Work keep(std::vector<Ended> ended);

  podium::PluginContext& context_;
};

}  // namespace acme
