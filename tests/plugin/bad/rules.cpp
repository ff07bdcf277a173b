// Breaks one rule of the context: TEST_BREAK.
#include "podium/http/routes.hpp"
#include "podium/store/store.hpp"
#include "traced.hpp"

namespace {

struct Api final : podium::Routes {
  Api(std::string id, std::string prefix, std::string path)
      : Routes(std::move(id)), prefix_(std::move(prefix)), path_(std::move(path)) {}
  std::vector<std::string> prefixes() const override { return {prefix_}; }
  std::vector<podium::Route> routes() override {
    podium::Route route;
    route.method = "GET";
    route.path = path_;
    route.permission = "public";
    route.handler = podium::Handler([](podium::Request&) { return podium::Response{}; });
    std::vector<podium::Route> all;
    all.push_back(std::move(route));
    return all;
  }
  std::string prefix_, path_;
};

class Rules final : public Traced {
 public:
  Rules() : Traced("test.rules") {}
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    TEST_BREAK;
  }

 private:
  [[maybe_unused]] static void add_routes(podium::PluginContext& context, const char* prefix,
                                          const char* path) {
    context.add(std::make_unique<Api>("test.rules", prefix, path));
  }
  [[maybe_unused]] static void declare(podium::PluginContext& context, const char* name) {
    podium::Collection things;
    things.name = name;
    context.declare(std::move(things));
  }
  [[maybe_unused]] void add_greeter(podium::PluginContext& context, const char* id) {
    context.add(std::make_unique<TracedGreeter>(id, *this, "mine"));
  }
};

}  // namespace

PODIUM_PLUGIN(Rules, .id = "test.rules", .version = "1.0.0")
