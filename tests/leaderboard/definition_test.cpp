// Definitions and keys.
#include <nlohmann/json.hpp>

#include "definition_json.hpp"
#include "key.hpp"
#include "podium/error.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::leaderboard;

namespace {

/// The member that a refusal names.
std::string refused(const Json& definition) {
  try {
    read_definition(definition, "definition");
  } catch (const Error& e) {
    CHECK(e.code() == ErrorCode::invalid);
    return e.field();
  }
  return "";
}

std::string key_of(std::optional<std::string_view> text) {
  std::string key;
  append(key, key_part(KeyPart::Kind::param, "lr", text));
  return key;
}

}  // namespace

TEST_CASE("a definition in full reads as what it was") {
  const Json written = {
      {"kind", "teams"},
      {"team", "tags.team"},
      {"primary", {{"metric", "auc"}, {"value", {{"at_step", 7}}}, {"direction", "min"}}},
      {"metrics", {{{"metric", "f1"}, {"scope", "digits@d"}, {"fold", "median"}, {"digits", 3}}}},
      {"columns",
       {{{"name", "size"}, {"from", {{"tag", "bytes"}}}, {"kind", "bytes"}, {"relative", "max"}},
        {{"name", "energy"},
         {"from", {{"metric", "kwh"}, {"value", "max"}}},
         {"of", "total"},
         {"relative", {{"to", "cv"}}}}}},
      {"tie_breaks", {"cheaper", "earlier"}},
      {"tie_precision", 0.001},
      {"qualify", {{{"scope", "task"}, {"metric", "f1@digits@d"}, {"min", 0.5}}}},
      {"datasets", {{{"name", "digits"}, {"digest", "d"}, {"weight", 2}}}},
      {"coverage", {{{"label", "prod"}, {"value", "eu"}, {"last", 3}}}},
      {"across", "mean"},
      {"seed", 42}};
  const Definition d = read_definition(written, "definition");
  CHECK(d.team == "team");
  CHECK(d.metrics.at(1).name == "f1@digits@d");
  CHECK(read_definition(json_of(d), "definition") == d);
}

TEST_CASE("a definition that contradicts itself is refused by name") {
  const Json primary = {{"metric", "a"}};
  CHECK(refused(Json::object()) == "definition.primary");
  CHECK(refused({{"primary", primary}, {"nothing", 1}}) == "definition.nothing");
  CHECK(refused({{"primary", primary}, {"metrics", {primary}}}) == "definition.metrics");
  CHECK(refused({{"primary", {{"metric", "a"}, {"fold", "avg"}}}}) == "definition.primary.fold");
  CHECK(refused({{"primary", primary}, {"order", {"started"}}}) == "definition.order");
  CHECK(refused({{"primary", primary}, {"team", "user"}}) == "definition.team");
  CHECK(refused({{"primary", primary}, {"qualify", {{{"metric", "b"}, {"min", 1}}}}}) ==
        "definition.qualify[0].metric");
  CHECK(refused({{"primary", primary}, {"qualify", {{{"metric", "a"}, {"min", 2}, {"max", 1}}}}}) ==
        "definition.qualify[0].min");
  CHECK(refused({{"primary", primary}, {"mode", "compatible"}, {"least_tasks", 2}}) ==
        "definition.least_tasks");
  CHECK(refused({{"primary", primary}, {"columns", {{{"name", "a"}, {"from", {{"tag", "x"}}}}}}}) ==
        "definition.columns[0].name");
  CHECK(refused({{"primary", primary}, {"tie_breaks", {"metrics", "metrics"}}}) ==
        "definition.tie_breaks[1]");
}

TEST_CASE("numbers are compared as numbers, texts as texts, and a missing value is one") {
  CHECK(key_of("0.1") == key_of("1e-1"));
  CHECK(key_of("0.1") == key_of("0.10"));
  CHECK(key_of("0") == key_of("-0.0"));
  CHECK(key_of("7") != key_of("007x"));
  CHECK(key_of("a") != key_of("A"));
  CHECK(key_of(std::nullopt) != key_of(""));
  CHECK(key_of("nan") != key_of("NaN"));  // neither spells a number
}

TEST_CASE("a key tells what it was made of") {
  std::string key;
  const std::vector<KeyPart> parts = {key_part(KeyPart::Kind::tag, "t\"1", "x,y"),
                                      key_part(KeyPart::Kind::param, "n", "1e3"),
                                      key_part(KeyPart::Kind::param, "none", std::nullopt),
                                      key_part(KeyPart::Kind::param, "e", "")};
  for (const KeyPart& p : parts) append(key, p);
  CHECK(parts_of(key) == parts);
  CHECK(label_of(key) == "t\"1=x,y, n=1000, none missing, e=");
  CHECK(id_of_key(key).size() == 24);
  CHECK_THROWS_AS(parts_of(std::string_view(key).substr(0, key.size() - 1)), Error);
}
