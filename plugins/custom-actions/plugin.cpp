// What the plugin adds to the host.
#include "podium/plugin.hpp"

#include <memory>

#include "audit.hpp"
#include "book.hpp"
#include "routes.hpp"

namespace {

class CustomActionsPlugin final : public podium::Plugin {
 public:
  // Definitions are read by podium::custom::read_definition, which says where one is wrong.
  std::string config_schema() const override {
    return R"({"type":"object","additionalProperties":false,"properties":{
      "actions":{"type":"array","items":{"type":"object"}},
      "secrets":{"type":"object","additionalProperties":{"type":"object"}}}})";
  }

  void load(podium::PluginContext& context) override {
    context.declare(podium::custom::actions_collection());
    context.declare(podium::custom::audit_collection());
    book_ = std::make_unique<podium::custom::Book>(context);
    context.add(std::make_unique<podium::custom::CustomActions>(context, *book_));
    context.add(std::make_unique<podium::custom::CustomActionRoutes>(context, *book_));
  }

  void start() override { book_->open(); }

 private:
  std::unique_ptr<podium::custom::Book> book_;
};

}  // namespace

PODIUM_PLUGIN(CustomActionsPlugin, .id = "custom-actions", .version = "1.0.0",
              .summary = "Actions that call a server, defined by configuration or API")
