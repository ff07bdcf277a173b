// What cannot be contained happens to a child.
#include "plugin/verify.hpp"

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

host::VerifyResult verified(const std::string& name,
                            std::chrono::milliseconds limit = std::chrono::seconds(60)) {
  const TemporaryFolder data;
  FakeHost fake(data.path());
  host::VerifyOptions options;
  options.limit = limit;
  options.life = [&](host::PluginManager& manager) {
    manager.load(fake);
    manager.start();
    manager.stop();
  };
  return host::verify(module(name), options);
}

}  // namespace

TEST_CASE("a good plugin is good") {
  const auto result = verified("good");
  CHECK(result.good);
  CHECK(result.text == "loads, starts and stops");
}

TEST_CASE("what is refused is told as in the list") {
  CHECK(verified("no_note").text ==
        "incompatible: not a podium plugin (no podium note in the file)");
  CHECK(contains(verified("throws_in_constructor").text,
                 "failed: constructor failed: a private trouble"));
  CHECK(contains(verified("throws_in_start").text, "failed in start: a private trouble"));
  CHECK(verified("dependent").text == "failed: needs 'test.good', which is not installed");
  CHECK(contains(verified("absent").text, "there is no file"));
  CHECK_FALSE(verified("throws_in_start").good);
}

TEST_CASE("a static initialiser that throws kills the child, not the host") {
  const auto result = verified("throws_in_static");
  CHECK_FALSE(result.good);
  CHECK(result.text == "killed by Aborted while loading");
}

TEST_CASE("a crash, an exit and an endless wait are told with what went on") {
  CHECK(verified("ends_by_abort").text == "killed by Aborted while starting");
  CHECK(verified("ends_by_exit").text == "ended by exit(3) while starting");
  CHECK(verified("ends_never", std::chrono::milliseconds(700)).text ==
        "did not finish within 700 ms, while starting");
}
