// The same class with the same functions, exported, in two plugins: each must run its own code.
#include "traced.hpp"

namespace acme {
class __attribute__((visibility("default"))) Shared {
 public:
  static std::string text();
  virtual ~Shared() = default;
  virtual std::string virtual_text() const;
};
std::string Shared::text() { return TEST_ID; }
std::string Shared::virtual_text() const { return TEST_ID; }
}  // namespace acme

namespace {
class SameClass final : public Traced {
 public:
  SameClass() : Traced(TEST_ID) {}
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    const std::unique_ptr<acme::Shared> shared = std::make_unique<acme::Shared>();
    note("runs " + acme::Shared::text() + " and " + shared->virtual_text());
  }
};
}  // namespace

PODIUM_PLUGIN(SameClass, .id = TEST_ID, .version = "1.0.0")
