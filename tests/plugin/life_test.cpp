// Order, phases, rollback, and what the context allows when.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using Lines = std::vector<std::string>;

TEST_CASE("a plugin's life, and a dependent's inside it") {
  Fixture f;
  f.add("dependent", "test.dependent");
  f.add("good", "test.good");
  f.start();
  CHECK(f.state("test.good") == "active");
  CHECK(f.state("test.dependent") == "active");
  CHECK(f.host.declared == Lines{"test.good declares test.good/things"});
  CHECK(std::filesystem::is_directory(f.folder() / "data" / "plugins" / "test.good"));
  f.manager->stop();
  f.manager->stop();  // idempotent
  f.end();
  CHECK(f.trace == Lines{"test.good load", "test.good version 9.9.9", "test.good test.good",
                         "test.dependent load", "test.dependent hello, dependent",
                         "test.good start", "test.good store: store of test.good",
                         "test.good extension destroyed",  // the one refused in start
                         "test.good add in start: misuse", "test.dependent start",
                         "test.dependent stop", "test.good stop", "test.dependent destroyed",
                         "test.good extension destroyed",
                         "test.good store in the destructor: misuse", "test.good destroyed"});
}

TEST_CASE("the destructor stops what was not stopped") {
  Fixture f;
  f.add("good", "test.good");
  f.start();
  f.end();
  CHECK(f.traced("test.good stop"));
  CHECK(f.trace.back() == "test.good destroyed");
}

TEST_CASE("a plugin that was not started is not stopped") {
  Fixture f;
  f.add("good", "test.good");
  f.load();
  f.end();
  CHECK_FALSE(f.traced("test.good stop"));
  CHECK(f.traced("test.good destroyed"));
}

TEST_CASE("plugins load in the order of their needs, whatever their files are called") {
  Fixture f;
  for (const auto* id : {"g", "f", "e"})
    f.add(std::string("chain_") + id, std::string("chain.") + id);
  f.start();
  CHECK(f.trace == Lines{"chain.e load", "chain.f load", "chain.g load", "chain.e start",
                         "chain.f start", "chain.g start"});
}

TEST_CASE("a cycle refuses its members and what needs them, each with the path") {
  Fixture f;
  for (const auto* id : {"a", "b", "c", "d", "e"})
    f.add(std::string("chain_") + id, std::string("chain.") + id);
  f.start();
  CHECK(f.state("chain.a") ==
        "failed: its dependencies form a cycle: chain.a -> chain.b -> chain.c -> chain.a");
  CHECK(f.state("chain.c") ==
        "failed: its dependencies form a cycle: chain.c -> chain.a -> chain.b -> chain.c");
  CHECK(f.state("chain.d") ==
        "failed: needs 'chain.a', which failed: its dependencies form a cycle: "
        "chain.a -> chain.b -> chain.c -> chain.a");
  CHECK(f.state("chain.e") == "active");
  CHECK(f.trace == Lines{"chain.e load", "chain.e start"});
}

TEST_CASE("a need that is missing refuses, and so on along the path") {
  Fixture f;
  f.add("chain_h", "chain.h");
  f.add("chain_i", "chain.i");
  f.load();
  CHECK(f.state("chain.h") == "failed: needs 'absent', which is not installed");
  CHECK(f.state("chain.i") ==
        "failed: needs 'chain.h', which failed: needs 'absent', which is not installed");
}

TEST_CASE("a need that is disabled or incompatible is told as such") {
  Fixture f;
  f.add("chain_j", "chain.j");
  f.add("good");
  f.load();
  CHECK(f.state("chain.j") == "failed: needs 'test.good', which is disabled");
  f.options.abi_tag = "podium9";
  f.load();
  CHECK(contains(f.state("chain.j"), "incompatible: built for ABI"));
}

TEST_CASE("load that throws half-way leaves nothing behind") {
  Fixture f;
  std::string expected;
  std::string file;
  SECTION("a private exception") {
    file = "throws_in_load",
    expected = "failed: plugin 'test.throws' failed in load: a private trouble";
  }
  SECTION("no exception at all") {
    file = "throws_struct_in_load",
    expected = "failed: plugin 'test.throws' failed in load: an exception of unknown type";
  }
  SECTION("podium's error") { file = "throws_error_in_load", expected = "failed: no licence file"; }
  f.add(file, "test.throws");
  f.add("good", "test.good");
  f.start();
  CHECK(f.state("test.throws") == expected);
  CHECK(f.info("test.throws").extensions.empty());
  CHECK(f.manager->find_extension<Greeter>("greeter of test.throws") == nullptr);
  CHECK(f.host.declared == Lines{"test.good declares test.good/things"});
  CHECK(f.traced("test.throws extension destroyed"));
  CHECK(f.traced("test.throws destroyed"));
  CHECK(f.state("test.good") == "active");
}

TEST_CASE("start that throws: stopped, unseen, refused with what needs it; others go on") {
  Fixture f;
  std::string expected;
  std::string file;
  SECTION("in start") { file = "throws_in_start", expected = "failed in start: a private trouble"; }
  SECTION("in routes") {
    file = "throws_in_routes", expected = "failed in routes: a private trouble";
  }
  f.add(file, "test.throws");
  f.add("good", "test.good");
  f.start();
  CHECK(contains(f.state("test.throws"), expected));
  CHECK(f.traced("test.throws stop"));
  CHECK(f.manager->find_extension<Greeter>("greeter of test.throws") == nullptr);
  CHECK_FALSE(f.traced("test.throws extension destroyed"));  // somebody may have found it in load
  CHECK(f.state("test.good") == "active");
  const auto routes = f.manager->take_routes();
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].owner->id == "test.good");
  f.end();
  CHECK(f.traced("test.throws extension destroyed"));
}

TEST_CASE("a required plugin that fails in start ends the start, and what has started is stopped") {
  Fixture f;
  f.add("throws_in_start", "test.throws");
  f.add("good", "test.good");
  f.options.settings["test.throws"].required = true;
  const auto error = error_of([&] { f.start(); });
  CHECK(contains(error.what(), "plugin 'test.throws' is required but failed: "));
  f.end();
  CHECK(f.traced("test.good stop"));
  CHECK(f.trace.back() == "test.good destroyed");
}

TEST_CASE("collections that the store refuses refuse the plugin") {
  Fixture f;
  f.add("refused_collection", "test.rules");
  f.start();
  CHECK(f.state("test.rules") == "failed: 'test.rules/refused' contradicts itself");
  CHECK_FALSE(f.traced("test.rules start"));
}

TEST_CASE("routes arrive checked, with their owner") {
  Fixture f;
  f.add("good", "test.good");
  f.start();
  auto groups = f.manager->take_routes();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].prefixes == Lines{"/api/v1/x/test.good/"});
  REQUIRE(groups[0].table.size() == 1);
  CHECK(groups[0].table[0].path == "/api/v1/x/test.good/hello");
  CHECK(f.manager->take_routes().empty());
}

TEST_CASE("rules of the context") {
  Fixture f;
  f.add("good", "test.good");
  std::string file, expected;
  SECTION("id") {
    file = "takes_id",
    expected =
        "plugin 'test.rules' adds extension 'greeter', but that id is taken by plugin 'test.good'";
  }
  SECTION("null") { file = "adds_null", expected = "a null extension"; }
  SECTION("nameless") { file = "nameless", expected = "has no id"; }
  SECTION("prefix") {
    file = "foreign_prefix", expected = "asks for routes below '/api/2.0/thing'";
  }
  SECTION("dots") { file = "sneaky_prefix", expected = "is no prefix of paths"; }
  SECTION("similar") {
    file = "similar_prefix", expected = "asks for routes below '/api/v1/x/test.rules2'";
  }
  SECTION("outside") {
    file = "route_outside", expected = "route GET /api/v1/tasks is not below a prefix of its group";
  }
  SECTION("store") { file = "uses_store_in_load", expected = "store() works from start on"; }
  SECTION("collection") {
    file = "foreign_collection", expected = "is named 'test.rules/...', not 'tasks'";
  }
  SECTION("twice") { file = "double_collection", expected = "'test.rules/a' is declared twice"; }
  f.add(file, "test.rules");
  f.start();
  CHECK(contains(f.state("test.rules"), "failed: "));
  CHECK(contains(f.state("test.rules"), expected));
  CHECK(f.state("test.good") == "active");
}

TEST_CASE("what the configuration grants is allowed, what another has is not") {
  Fixture f;
  SECTION("granted") {
    f.add("foreign_prefix", "test.rules");
    f.options.settings["test.rules"].prefixes = {"/api/2.0"};
    f.start();
    CHECK(f.state("test.rules") == "active");
  }
  SECTION("taken") {
    f.add("good", "test.good");
    f.add("taken_prefix", "test.rules");
    f.options.settings["test.rules"].prefixes = {"/"};
    f.start();
    CHECK(contains(
        f.state("test.rules"),
        "asks for routes below '/api/v1/x/test.good', but plugin 'test.good' answers there"));
  }
}

TEST_CASE("settings reach the plugin when they fit its schema") {
  Fixture f;
  f.add("configured", "test.configured");
  f.options.settings["test.configured"].config = R"({"room":"ml"})";
  f.load();
  CHECK(f.state("test.configured") == "active");
  CHECK(f.traced("test.configured room ml"));
}

TEST_CASE("settings that do not fit refuse the plugin before load") {
  Fixture f;
  std::string file = "configured", config, expected;
  SECTION("missing") { config = "{}", expected = "its configuration does not fit"; }
  SECTION("wrong") { config = R"({"room":7})", expected = "/room"; }
  SECTION("no table") { config = "[]", expected = "must be a table"; }
  SECTION("schema") {
    file = "broken_schema", config = R"({"room":"ml"})",
    expected = "config_schema is no JSON Schema";
  }
  f.add(file, "test.configured");
  f.options.settings["test.configured"].config = config;
  f.load();
  CHECK(contains(f.state("test.configured"), "failed: "));
  CHECK(contains(f.state("test.configured"), expected));
  CHECK_FALSE(f.traced("test.configured load"));
}
