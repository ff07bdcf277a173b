#pragma once
// What the host itself answers: /healthz and /metrics.
#include "http/metrics.hpp"
#include "podium/http/routes.hpp"

namespace podium::host {

class HostRoutes final : public Routes {
 public:
  /// The registry outlives this.
  explicit HostRoutes(const MetricRegistry& metrics) : Routes("host"), metrics_(metrics) {}
  std::vector<std::string> prefixes() const override { return {"/healthz", "/metrics"}; }
  std::vector<Route> routes() override;

 private:
  const MetricRegistry& metrics_;
};

}  // namespace podium::host
