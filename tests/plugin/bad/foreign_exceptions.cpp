// An extension whose calls throw what the host has never heard of.
#include <stdexcept>

#include "traced.hpp"

namespace {

struct PrivateException : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct NoException {
  int number = 7;
};

struct Thrower final : podium::test::Greeter {
  using Greeter::Greeter;
  std::string greet(std::string_view whom) override {
    if (whom == "private") throw PrivateException("a private trouble");
    if (whom == "struct") throw NoException{};
    if (whom == "conflict") throw podium::ConflictError("it differs", {{"lr", "0.1", "0.2"}});
    if (whom == "caller")
      throw podium::Error(podium::ErrorCode::not_found, "no such person").in("whom");
    throw podium::Error(podium::ErrorCode::misuse, "used wrongly");
  }
};

class Foreign final : public Traced {
 public:
  Foreign() : Traced("test.foreign") {}
  void load(podium::PluginContext& context) override {
    Traced::load(context);
    context.add(std::make_unique<Thrower>("thrower"));
  }
};

}  // namespace

PODIUM_PLUGIN(Foreign, .id = "test.foreign", .version = "1.0.0")
