#pragma once
// /api/v1/rules
#include <string>
#include <vector>

#include "desk.hpp"
#include "podium/http/routes.hpp"

namespace podium {
class JsonWriter;
}

namespace podium::rules {

class RuleRoutes final : public Routes {
 public:
  RuleRoutes(PluginContext& context, Clock now)
      : Routes("rules"), context_(context), now_(now), desk_(context, std::move(now)) {}
  std::vector<std::string> prefixes() const override { return {"/api/v1/rules"}; }
  std::vector<Route> routes() override;

 private:
  Response list(Request&) const;
  Response add(Request&) const;
  Response show(Request&) const;
  Response edit(Request&) const;
  Response remove(Request&) const;
  Response attempt(Request&) const;
  Response firings(Request&) const;
  void write(JsonWriter&, const Rule&) const;
  Response answer(const Principal&, std::string_view id) const;

  PluginContext& context_;
  Clock now_;
  Desk desk_;
};

}  // namespace podium::rules
