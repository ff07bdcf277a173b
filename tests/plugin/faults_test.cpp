// What plugins throw stays in the plugin; names of theirs do not mix.
#include "fixture.hpp"
#include "plugin/contained.hpp"

using namespace podium;
using namespace podium::test;

TEST_CASE("exceptions in the constructor are told with their text") {
  Fixture f;
  std::string file, expected;
  SECTION("private") {
    file = "throws_in_constructor", expected = "failed: constructor failed: a private trouble";
  }
  SECTION("struct") {
    file = "throws_struct_in_constructor",
    expected = "failed: constructor failed with an exception of unknown type";
  }
  SECTION("schema") {
    file = "throws_in_schema",
    expected = "failed: plugin 'test.throws' failed in config_schema: a private trouble";
  }
  f.add(file, "test.throws");
  f.load();
  CHECK(f.state("test.throws") == expected);
}

TEST_CASE("what a call throws becomes an error of the host's, and is counted") {
  Fixture f;
  f.add("foreign_exceptions", "test.foreign");
  f.add("good", "test.good");
  f.start();
  host::PluginOwner* owner = nullptr;
  Greeter* thrower = nullptr;
  f.manager->extensions().each<Greeter>([&](host::PluginOwner& o, Greeter& g) {
    if (g.id() == "thrower") owner = &o, thrower = &g;
  });
  REQUIRE(thrower);
  const auto call = [&](const char* whom) {
    return error_of(
        [&] { host::contained(*owner, "greet", [&] { return thrower->greet(whom); }); });
  };
  CHECK(std::string(call("private").what()) ==
        "plugin 'test.foreign' failed in greet: a private trouble");
  CHECK(call("private").code() == ErrorCode::internal);
  CHECK(std::string(call("struct").what()) ==
        "plugin 'test.foreign' failed in greet: an exception of unknown type");
  CHECK(call("misuse").code() == ErrorCode::internal);
  CHECK(f.info("test.foreign").faults == 4);

  // What concerns the caller keeps its code and is no fault.
  const auto missing = call("caller");
  CHECK(missing.code() == ErrorCode::not_found);
  CHECK(missing.field() == "whom");
  try {
    host::contained(*owner, "greet", [&] { return thrower->greet("conflict"); });
    FAIL("nothing was thrown");
  } catch (const ConflictError& e) {
    CHECK(e.conflicts().at(0).key == "lr");
  }
  CHECK(f.info("test.foreign").faults == 4);
  CHECK(f.state("test.foreign") == "active");
  CHECK(f.manager->find_extension<Greeter>("greeter")->greet("others") == "hello, others");
}

TEST_CASE("an error that was contained outlives its plugin") {
  std::vector<Error> kept;
  {
    Fixture f;
    f.add("foreign_exceptions", "test.foreign");
    f.start();
    f.manager->extensions().each<Greeter>([&](host::PluginOwner& o, Greeter& g) {
      for (const auto* whom : {"private", "struct", "caller"})
        kept.push_back(
            error_of([&] { host::contained(o, "greet", [&] { return g.greet(whom); }); }));
    });
  }
  CHECK(contains(kept.at(0).what(), "a private trouble"));
  CHECK(std::string(kept.at(2).what()) == "no such person");
}

TEST_CASE("two plugins with a class of the same name run their own code") {
  Fixture f;
  f.add("same_class_a", "test.same_a");
  f.add("same_class_b", "test.same_b");
  f.start();
  CHECK(f.traced("test.same_a runs test.same_a and test.same_a"));
  CHECK(f.traced("test.same_b runs test.same_b and test.same_b"));
}

TEST_CASE("extensions are found by kind and id") {
  Fixture f;
  f.add("good", "test.good");
  f.load();
  CHECK(f.manager->find_extension<Greeter>("greeter") != nullptr);
  CHECK(f.manager->find_extension<Greeter>("nobody") == nullptr);
  CHECK(f.manager->find_extension<Routes>("greeter") == nullptr);
  CHECK(f.manager->find_extension<Routes>("test.good") != nullptr);
}

TEST_CASE("one id may be used by two kinds, and the host takes part") {
  Fixture f;
  f.discover();
  struct A final : Greeter {
    using Greeter::Greeter;
    std::string greet(std::string_view) override { return {}; }
  };
  f.manager->extensions().add(f.host_owner, std::make_unique<A>("greeter"));
  f.add("good", "test.good");
  const auto error =
      error_of([&] { f.manager->extensions().add(f.host_owner, std::make_unique<A>("greeter")); });
  CHECK(error.code() == ErrorCode::exists);
  CHECK(contains(error.what(), "taken by podium itself"));
}
