// Which part of the address space, and which settings.
#include <nlohmann/json.hpp>

#include "fixture.hpp"
#include "plugin/config_check.hpp"
#include "plugin/route_rule.hpp"

using namespace podium;
using namespace podium::test;
using host::below, host::check_config, host::check_prefixes;

TEST_CASE("a path is below a prefix by whole segments") {
  CHECK(below("/a/b", "/a"));
  CHECK(below("/a/b", "/a/"));
  CHECK(below("/a", "/a/"));
  CHECK(below("/anything", "/"));
  CHECK_FALSE(below("/ab", "/a"));
  CHECK_FALSE(below("/", "/a"));
}

TEST_CASE("a plugin has its own prefix, and what is granted") {
  check_prefixes("acme.x", {"/api/v1/x/acme.x/"}, {});
  check_prefixes("acme.x", {"/api/v1/x/acme.x/more"}, {});
  check_prefixes("acme.x", {"/api/2.0/mlflow", "/health"}, {"/"});
  check_prefixes("acme.x", {"/boards/a"}, {"/boards/"});
  const auto refusal = [](const std::string& prefix, const std::vector<std::string>& granted = {}) {
    return std::string(error_of([&] { check_prefixes("acme.x", {prefix}, granted); }).what());
  };
  CHECK(contains(refusal("/api/v1/tasks"),
                 "write prefixes = [\"/api/v1/tasks\"] under [plugins.\"acme.x\"]"));
  CHECK(contains(refusal("/api/v1/x/acme.xyz"), "may answer below '/api/v1/x/acme.x/' only"));
  CHECK(contains(refusal("/boardsmore", {"/boards"}), "may answer below"));
  CHECK(contains(refusal("/"), "may answer below"));
  for (const auto* bad :
       {"", "x", "/api/v1/x/acme.x/../../y", "/api/v1/x/acme.x/..", "//x", "/a?b", "/%2e%2e"})
    CHECK(contains(refusal(bad, {"/"}), "is no prefix of paths"));
  CHECK(error_of([] { check_prefixes("acme.x", {}, {"/"}); }).code() == ErrorCode::invalid);
}

TEST_CASE("settings are checked with the place that does not fit") {
  const char* schema =
      R"({"type":"object","required":["room"],"additionalProperties":false,"properties":
    {"room":{"type":"string"},"to":{"type":"array","items":{"type":"integer","minimum":1}}}})";
  check_config("", Json::parse(R"({"anything":1})"));
  check_config(schema, Json::parse(R"({"room":"ml","to":[1,2]})"));
  const auto refusal = [&](const char* config) {
    return std::string(error_of([&] { check_config(schema, Json::parse(config)); }).what());
  };
  CHECK(contains(refusal("{}"), "room"));
  CHECK(contains(refusal(R"({"room":1})"), "/room: "));
  CHECK(contains(refusal(R"({"room":"ml","to":[1,0]})"), "/to/1: "));
  CHECK(contains(refusal(R"({"room":"ml","rom":"x"})"), "rom"));
  for (const auto* bad : {"{ no JSON", R"({"type":"nonsense"})", "[1]"})
    CHECK(error_of([&] { check_config(bad, Json::object()); }).code() == ErrorCode::misuse);
}
