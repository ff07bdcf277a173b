// The plugin around the boards.
#include "podium/plugin.hpp"

#include <memory>

#include "library.hpp"
#include "routes.hpp"
#include "verb/board_verb.hpp"
#include "watcher.hpp"

namespace {

class Leaderboard final : public podium::Plugin {
 public:
  void load(podium::PluginContext& context) override {
    for (auto& collection : podium::leaderboard::collections())
      context.declare(std::move(collection));
    library_ =
        std::make_unique<podium::leaderboard::Library>(context, podium::leaderboard::system_now);
    context.add(std::make_unique<podium::leaderboard::Watcher>(*library_));
    context.add(std::make_unique<podium::leaderboard::BoardRoutes>(*library_));
    context.add(std::make_unique<podium::leaderboard::BoardVerb>(*library_));
  }
  void stop() noexcept override {
    if (library_) library_->stop();
  }

 private:
  std::unique_ptr<podium::leaderboard::Library> library_;  ///< outlives the extensions
};

}  // namespace

PODIUM_PLUGIN(Leaderboard, .id = "leaderboard", .version = "0.1.0",
              .summary = "Ranks what was tried in a project, and tells how sure that is")
