#pragma once
// Delivers messages: a job each, which tries again until the room has taken it.
#include <string>
#include <string_view>

#include "podium/service/jobs.hpp"
#include "settings.hpp"

namespace acme {

/// Queues the delivery inside a transaction: it starts if and only if that commits.
void start_delivery(podium::Transaction&, podium::Jobs&, std::string_view message);

/// A job that was cut short runs again, so a message may arrive twice: the room is told its id in
/// the header Idempotency-Key, and can drop what it has.
class Delivery final : public podium::JobHandler {
 public:
  static constexpr const char* kind = "acme.chat/deliver";
  Delivery(podium::PluginContext& context, Settings settings)
      : JobHandler(kind), context_(context), settings_(std::move(settings)) {}
  std::string run(podium::JobRun&) override;

 private:
  podium::PluginContext& context_;
  const Settings settings_;
};

}  // namespace acme
