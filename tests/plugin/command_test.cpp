// `podium plugins ...` and what GET /api/v1/plugins answers.
#include <nlohmann/json.hpp>
#include <sstream>

#include "fixture.hpp"
#include "plugin/plugins_command.hpp"

using namespace podium;
using namespace podium::test;

TEST_CASE("the list shows states and reasons, as a table and as JSON") {
  Fixture f;
  f.add("good", "test.good");
  f.add("dependent");
  f.add("no_note");
  f.options.settings["test.good"].config = R"({"token":"secret"})";
  f.start();
  std::ostringstream table, json;
  CHECK(host::plugins_list(*f.manager, false, table) == 0);
  CHECK(contains(table.str(), "ID"));
  CHECK(contains(table.str(), "test.good       1.2.3    active        Greets, in größter Form\n"));
  CHECK(contains(table.str(), "test.dependent  1.0.0    disabled      not enabled"));
  CHECK(contains(table.str(), "no_note.so               incompatible  not a podium plugin"));

  CHECK(host::plugins_list(*f.manager, true, json) == 0);
  CHECK_FALSE(contains(json.str(), "secret"));
  const auto answer = Json::parse(json.str());
  REQUIRE(answer.at("plugins").size() == 3);
  CHECK(answer.at("problems").empty());
  const auto good = answer.at("plugins").at(2);
  CHECK(good.at("id") == "test.good");
  CHECK(good.at("state") == "active");
  CHECK(good.at("first_party") == true);
  CHECK(good.at("extensions") ==
        Json::parse(R"([{"kind":"extension","id":"greeter"},{"kind":"routes","id":"test.good"}])"));
  CHECK(answer.at("plugins").at(1).at("depends_on") == Json::parse(R"(["test.good"])"));
}

TEST_CASE("info tells everything of one plugin, also its settings") {
  Fixture f;
  f.add("good", "test.good");
  f.options.settings["test.good"].config = R"({"room":"ml"})";
  f.load();
  std::ostringstream out, errors;
  CHECK(host::plugins_info(*f.manager, "test.good", out, errors) == 0);
  CHECK(contains(out.str(), "state       active\n"));
  CHECK(contains(out.str(), "adds        extension 'greeter'\n"));
  CHECK(contains(out.str(), "config      {\"room\":\"ml\"}\n"));
  CHECK(errors.str().empty());
  CHECK(host::plugins_info(*f.manager, "acme.absent", out, errors) == 1);
  CHECK(contains(errors.str(), "no plugin has the id 'acme.absent'"));
}

TEST_CASE("verify prints one line and ends with 0 or 1") {
  const TemporaryFolder data;
  FakeHost fake(data.path());
  host::VerifyOptions options;
  options.life = [&](host::PluginManager& manager) {
    manager.load(fake), manager.start(), manager.stop();
  };
  std::ostringstream out, errors;
  CHECK(host::plugins_verify(module("good"), options, out, errors) == 0);
  CHECK(out.str() == module("good").string() + ": loads, starts and stops\n");
  CHECK(host::plugins_verify(module("no_note"), options, out, errors) == 1);
  CHECK(contains(errors.str(), "incompatible: not a podium plugin"));
}
