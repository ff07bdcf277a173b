#pragma once
// /api/v1/series and /api/v1/comparisons
#include <string>
#include <vector>

#include "podium/http/routes.hpp"
#include "saved.hpp"

namespace podium {
class JsonWriter;
class Members;
}  // namespace podium

namespace podium::comparison {

struct Selection;
struct Selected;

class ComparisonRoutes final : public Routes {
 public:
  explicit ComparisonRoutes(PluginContext& context)
      : Routes("comparison"), context_(context), saved_(context) {}
  std::vector<std::string> prefixes() const override {
    return {"/api/v1/series", "/api/v1/comparisons"};
  }
  std::vector<Route> routes() override;

 private:
  Response series(Request&) const;
  Response values(Request&) const;
  Response parameters(Request&) const;
  Response artifacts(Request&) const;
  Response models(Request&) const;
  Response datasets(Request&) const;
  Response source(Request&) const;
  Response colors(Request&) const;
  Response keep(Request&) const;
  void add_side_by_side(std::vector<Route>&);
  void add_outputs(std::vector<Route>&);

  Response list(Request&) const;
  Response create(Request&) const;
  Response show(Request&) const;
  Response edit(Request&) const;
  Response remove(Request&) const;
  Response linked(Request&) const;
  void add_saved(std::vector<Route>&);
  Response answer(const Comparison&) const;

  PluginContext& context_;
  Comparisons saved_;
};

}  // namespace podium::comparison
