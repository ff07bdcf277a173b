// The plugin around the rules.
#include "podium/plugin.hpp"

#include <memory>

#include "routes.hpp"
#include "ticker.hpp"
#include "verb.hpp"
#include "watcher.hpp"

namespace {

class Rules final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override {
    for (auto& collection : podium::rules::collections()) context.declare(std::move(collection));
    context.add(std::make_unique<podium::rules::Watcher>(context, podium::rules::system_now));
    context.add(std::make_unique<podium::rules::RuleRoutes>(context, podium::rules::system_now));
    context.add(std::make_unique<podium::rules::RulesVerb>(context, podium::rules::system_now));
    ticker_ = std::make_unique<podium::rules::Ticker>(context, podium::rules::system_now);
  }
  void start() override { ticker_->start(); }
  void stop() noexcept override {
    if (ticker_) ticker_->stop();
  }

 private:
  std::unique_ptr<podium::rules::Ticker> ticker_;
};

}  // namespace

PODIUM_PLUGIN(Rules, .id = "rules", .version = "0.1.0",
              .summary = "Runs an action when a filter starts to hold for a task")
