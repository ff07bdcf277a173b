// Throws somewhere: TEST_WHERE is constructor, schema, load, start, routes or static; TEST_WHAT is
// what.
#include <stdexcept>

#include "podium/http/routes.hpp"
#include "traced.hpp"

namespace {

struct PrivateException : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct NoException {
  int number = 7;
};

enum class Where { constructor, schema, load, start, routes, stat };
constexpr Where where = Where::TEST_WHERE;

int fail_at(Where here) {
  if (here == where) throw TEST_WHAT;
  return 1;
}

// What no boundary can contain: it runs inside dlopen.
const int initialised = fail_at(Where::stat);

struct Api final : podium::Routes {
  using Routes::Routes;
  std::vector<std::string> prefixes() const override { return {"/api/v1/x/" TEST_ID}; }
  std::vector<podium::Route> routes() override {
    fail_at(Where::routes);
    return {};
  }
};

class Throws final : public Traced {
 public:
  Throws() : Traced(TEST_ID) { fail_at(Where::constructor); }
  std::string config_schema() const override {
    fail_at(Where::schema);
    return {};
  }
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    context.add(std::make_unique<TracedGreeter>("greeter of " TEST_ID, *this, "hello"));
    context.add(std::make_unique<Api>(TEST_ID));
    podium::Collection things;
    things.name = TEST_ID "/things";
    context.declare(std::move(things));
    fail_at(Where::load);
  }
  void start() override {
    Traced::start();
    fail_at(Where::start);
  }
};

}  // namespace

PODIUM_PLUGIN(Throws, .id = TEST_ID, .version = "1.0.0")
