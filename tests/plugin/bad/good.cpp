// Nothing wrong with this one: an extension, a collection, routes; it uses everything that `load`
// allows.
#include "podium/http/routes.hpp"
#include "podium/query.hpp"
#include "traced.hpp"

namespace {

class Good final : public Traced {
 public:
  Good() : Traced("test.good") {}
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    context_ = &context;
    context.add(std::make_unique<TracedGreeter>("greeter", *this, "hello"));
    context.add(std::make_unique<Api>("test.good"));
    podium::Collection things;
    things.name = "test.good/things";
    things.fields = {{"name", podium::Type::text}};
    context.declare(std::move(things));
    note("version " + context.host().version);
    note(context.data_dir().filename().string());
    context.query_language();
    context.log(podium::LogLevel::debug, "loaded");
  }
  void start() override {
    Traced::start();
    try {
      context_->store();
      note("has the store");
    } catch (const podium::Error& e) {
      note(std::string("store: ") + e.what());
    }
    try {
      context_->add(std::make_unique<TracedGreeter>("late", *this, ""));
    } catch (const podium::Error& e) {
      note("add in start: " + std::string(name(e.code())));
    }
  }
  ~Good() override {
    try {
      context_->store();
    } catch (const podium::Error& e) {
      note("store in the destructor: " + std::string(name(e.code())));
    }
  }

 private:
  struct Api final : podium::Routes {
    using Routes::Routes;
    std::vector<std::string> prefixes() const override { return {"/api/v1/x/test.good/"}; }
    std::vector<podium::Route> routes() override {
      podium::Route route;
      route.method = "GET";
      route.path = "/api/v1/x/test.good/hello";
      route.permission = "public";
      route.handler = podium::Handler([](podium::Request&) { return podium::Response{}; });
      std::vector<podium::Route> all;
      all.push_back(std::move(route));
      return all;
    }
  };
  podium::PluginContext* context_ = nullptr;
};

}  // namespace

PODIUM_PLUGIN(Good, .id = "test.good", .version = "1.2.3", .summary = "Greets, in größter Form")
