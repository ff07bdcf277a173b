// The plugin itself: what it adds to the host, and its settings.
#include "podium/plugin.hpp"

#include <nlohmann/json.hpp>

#include "delivery.hpp"
#include "listener.hpp"
#include "messages.hpp"
#include "podium/http/client.hpp"
#include "routes.hpp"
#include "settings.hpp"

namespace acme {

std::string settings_schema() {
  return R"({
    "type": "object", "additionalProperties": false,
    "properties": {
      "room": {"type": "string", "description": "URL to which {\"text\": ...} is posted; without it nothing is told"},
      "projects": {"type": "array", "items": {"type": "string"},
                   "description": "names of the projects to tell of; all when absent"},
      "retry_ms": {"type": "integer", "minimum": 1, "maximum": 3600000,
                   "description": "pause after a first failure; twice as long after each"},
      "attempts": {"type": "integer", "minimum": 1, "maximum": 100,
                   "description": "after so many it is given up; 8 when absent"}
    }
  })";
}

Settings settings_of(const podium::Json& config) {
  Settings s;
  s.room = config.value("room", s.room);
  s.projects = config.value("projects", s.projects);
  s.retry_ms = config.value("retry_ms", s.retry_ms);
  s.attempts = config.value("attempts", s.attempts);
  return s;
}

}  // namespace acme

namespace {

class AcmeChat final : public podium::Plugin {
 public:
  std::string config_schema() const override { return acme::settings_schema(); }

  void load(podium::PluginContext& context) override {
    context_ = &context;
    settings_ = acme::settings_of(context.config());
    context.declare(acme::messages_collection());
    context.add(std::make_unique<acme::ChatListener>(context, settings_));
    context.add(std::make_unique<acme::Delivery>(context, settings_));
    context.add(std::make_unique<acme::ChatRoutes>(context));
  }
  /// A room that may not be called is a mistake to show at once, not at the first message.
  void start() override {
    if (settings_.room.empty())
      context_->log(podium::LogLevel::warning, "no 'room' is set, so nothing is told");
    else
      context_->http().check(settings_.room);
  }

 private:
  podium::PluginContext* context_ = nullptr;
  acme::Settings settings_;
};

}  // namespace

#if ACME_CHAT_VERSION >= 2
#define ACME_CHAT_RELEASE "2.0.0"
#else
#define ACME_CHAT_RELEASE "1.0.0"
#endif
PODIUM_PLUGIN(AcmeChat, .id = "acme.chat", .version = ACME_CHAT_RELEASE,
              .summary = "Tells a chat room which tasks have finished or failed")
