#pragma once
// JSON Schemas of the routes, for the OpenAPI document.

namespace podium::rules::schemas {

#define PODIUM_RULES_QUIET                                                                  \
  R"("quiet":{"anyOf":[{"type":"integer","minimum":1000,"maximum":31536000000},)"           \
  R"({"type":"string","pattern":"^([0-9]{1,9}(ms|s|m|h|d|w))+$"},{"type":"null"}],)"        \
  R"("description":"how long without a sign of life while the filter holds: milliseconds )" \
  R"(or 10m"})"
#define PODIUM_RULES_WRITTEN                                                                       \
  R"("name":{"type":"string","minLength":1,"maxLength":200},)"                                     \
  R"("project":{"type":["string","null"],"maxLength":500,"description":"id or name; null: all"},)" \
  R"("scope":{"enum":["project","subprojects"]},)"                                                 \
  R"("when":{"type":"string","minLength":1,"maxLength":10000,)"                                    \
  R"("description":"in the query language"},)" PODIUM_RULES_QUIET                                  \
  R"(,"action":{"type":"string","minLength":1,"maxLength":200},)"                                  \
  R"("parameters":{"type":"object"},"enabled":{"type":"boolean"},)"                                \
  R"("catch_up":{"type":"boolean",)"                                                               \
  R"("description":"act on tasks for which it holds when it is switched on, too"})"

inline constexpr const char* rule =
    R"({"title":"Rule","type":"object","required":["id","name","when","action","parameters",)"
    R"("enabled","armed","created","updated","fired","version"],"properties":{)"
    R"("id":{"type":"string"},"name":{"type":"string"},)"
    R"("project":{"type":"string","description":"id, or the name of what has no record"},)"
    R"("project_name":{"type":"string"},"scope":{"enum":["project","subprojects"]},)"
    R"("when":{"type":"string"},"quiet":{"type":"integer"},"action":{"type":"string"},)"
    R"("parameters":{"type":"object"},"enabled":{"type":"boolean"},)"
    R"("armed":{"type":"boolean","description":"it is on and has looked at the tasks that were )"
    R"(there"},"disabled_reason":{"type":"string"},"created":{"type":"integer"},)"
    R"("updated":{"type":"integer"},"user":{"type":"string"},"fired":{"type":"integer"},)"
    R"("last_fired":{"type":"integer"},"last_error":{"type":"string"},)"
    R"("version":{"type":"integer"}}})";

inline constexpr const char* new_rule =
    R"({"title":"NewRule","type":"object","required":["name","when","action"],)"
    R"("additionalProperties":false,"properties":{)" PODIUM_RULES_WRITTEN "}}";
inline constexpr const char* edit =
    R"({"title":"RuleEdit","type":"object","additionalProperties":false,)"
    R"("properties":{)" PODIUM_RULES_WRITTEN "}}";
inline constexpr const char* trial =
    R"({"title":"RuleTrial","type":"object","additionalProperties":false,)"
    R"("properties":{"tasks":{"type":"integer","minimum":1,"maximum":1000,)"
    R"("description":"so many of the newest; 100 when absent"},)" PODIUM_RULES_WRITTEN "}}";

inline constexpr const char* tried =
    R"({"title":"TriedRule","type":"object","required":["examined","would_fire","tasks",)"
    R"("assumed","truncated"],"properties":{"examined":{"type":"integer"},)"
    R"("would_fire":{"type":"integer"},"tasks":{"type":"array","items":{"type":"object",)"
    R"("required":["task","name","at","times"],"properties":{"task":{"type":"string"},)"
    R"("name":{"type":"string"},"at":{"type":"integer"},"times":{"type":"integer"},)"
    R"("metric":{"type":"string"},"scope":{"type":"string"},"step":{"type":"integer"},)"
    R"("value":{"anyOf":[{"type":"number"},{"enum":["NaN","Infinity","-Infinity"]}]}}}},)"
    R"("assumed":{"type":"array","items":{"type":"string"},)"
    R"("description":"what is taken as it is now, because its past is not known"},)"
    R"("truncated":{"type":"boolean","description":"there were more points than are read"}}})";

inline constexpr const char* list =
    R"({"type":"object","required":["rules","cursor"],"properties":{"rules":{"type":"array",)"
    R"("items":{"type":"object"}},"cursor":{"type":["string","null"]}}})";
inline constexpr const char* firings =
    R"({"type":"object","required":["firings","cursor"],"properties":{"firings":{"type":"array",)"
    R"("items":{"title":"Firing","type":"object","required":["id","task","at","why"],)"
    R"("properties":{"id":{"type":"string"},"task":{"type":"string"},"at":{"type":"integer"},)"
    R"("why":{"enum":["start","quiet"]},"run":{"type":"string"},"error":{"type":"string"}}}},)"
    R"("cursor":{"type":["string","null"]}}})";
inline constexpr const char* deleted =
    R"({"type":"object","required":["deleted"],"properties":{"deleted":{"const":true}}})";

#undef PODIUM_RULES_WRITTEN
#undef PODIUM_RULES_QUIET

}  // namespace podium::rules::schemas
