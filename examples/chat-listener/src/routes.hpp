#pragma once
// What was told, and what waits.
#include <string>
#include <vector>

#include "podium/http/routes.hpp"
#include "podium/plugin.hpp"

namespace acme {

/// GET /api/v1/x/acme.chat/messages   the newest hundred first
class ChatRoutes final : public podium::Routes {
 public:
  explicit ChatRoutes(podium::PluginContext& context) : Routes("acme.chat"), context_(context) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/x/acme.chat/"}; }
  std::vector<podium::Route> routes() override;

 private:
  podium::Response list(const podium::Request&) const;
  podium::PluginContext& context_;
};

}  // namespace acme
