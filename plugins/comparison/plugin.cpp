// The plugin around the comparison of tasks.
#include "podium/plugin.hpp"

#include <memory>

#include "colors.hpp"
#include "routes.hpp"
#include "saved.hpp"
#include "verb.hpp"

namespace {

class Comparison final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override {
    context.declare(podium::comparison::colors_collection());
    context.declare(podium::comparison::comparisons_collection());
    context.add(std::make_unique<podium::comparison::ComparisonRoutes>(context));
    context.add(std::make_unique<podium::comparison::CompareVerb>(context));
  }
};

}  // namespace

PODIUM_PLUGIN(Comparison, .id = "comparison", .version = "0.1.0",
              .summary = "Lays tasks side by side: curves, values, parameters, outputs, charts")
