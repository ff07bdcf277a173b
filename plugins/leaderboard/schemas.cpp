#include "schemas.hpp"

namespace podium::leaderboard::schemas {
namespace {

#define PODIUM_TEXT R"({"type":"string","minLength":1,"maxLength":1024})"
#define PODIUM_KEYS \
  R"({"type":["array","null"],"maxItems":50,"uniqueItems":true,"items":)" PODIUM_TEXT "}"
#define PODIUM_PICK                                                                         \
  R"({"anyOf":[{"enum":["last","best","min","max","mean","first",null]},{"type":"object",)" \
  R"("required":["at_step"],"additionalProperties":false,)"                                 \
  R"("properties":{"at_step":{"type":"integer"}}}]})"
#define PODIUM_METRIC                                                                          \
  R"({"title":"BoardMetric","type":"object","required":["metric"],)"                           \
  R"("additionalProperties":false,"properties":{"metric":)" PODIUM_TEXT                        \
  R"(,"scope":{"type":["string","null"],"maxLength":1024},"name":{"type":["string","null"],)"  \
  R"("minLength":1,"maxLength":1024})"                                                         \
  R"(,"direction":{"enum":["max","min",null]},"value":)" PODIUM_PICK                           \
  R"(,"fold":{"enum":["mean","median","best","worst","min","max","last","sum",null]},)"        \
  R"("title":{"type":["string","null"],"maxLength":200},"digits":{"type":["integer","null"],)" \
  R"("minimum":1,"maximum":17}}})"
#define PODIUM_COLUMN                                                                            \
  R"({"title":"BoardColumn","type":"object","required":["name","from"],)"                        \
  R"("additionalProperties":false,"properties":{"name":)" PODIUM_TEXT                            \
  R"(,"from":{"type":"object","additionalProperties":false,"properties":{"metric":)" PODIUM_TEXT \
  R"(,"tag":)" PODIUM_TEXT R"(,"param":)" PODIUM_TEXT                                            \
  R"(,"scope":{"type":["string","null"],"maxLength":1024},"value":)" PODIUM_PICK                 \
  R"(}},"kind":{"enum":["parameters","bytes","energy","cost","number",null]},)"                  \
  R"("of":{"enum":["best","total","mean",null]},"direction":{"enum":["max","min",null]},)"       \
  R"("relative":{"anyOf":[{"enum":["max","median","total",null]},{"type":"object",)"             \
  R"("required":["to"],"additionalProperties":false,"properties":{"to":)" PODIUM_TEXT            \
  R"(}}]},"title":{"type":["string","null"],"maxLength":200},)"                                  \
  R"("digits":{"type":["integer","null"],"minimum":1,"maximum":17}}})"

constexpr const char* definition =
    R"({"title":"BoardDefinition","type":"object","additionalProperties":false,"properties":{)"
    R"("kind":{"enum":["candidates","teams","tasks",null]},"mode":{"enum":["podium","compatible",null]},)"
    R"("subprojects":{"type":["boolean","null"]},"counts":{"enum":["completed","all",null]},)"
    R"("filter":{"type":["string","null"]},"primary":)" PODIUM_METRIC
    R"(,"metrics":{"type":["array","null"],"maxItems":20,"items":)" PODIUM_METRIC
    R"(},"group_by":{"type":["object","null"],"additionalProperties":false,"properties":{"tags":)" PODIUM_KEYS
    R"(,"params":)" PODIUM_KEYS R"(,"all_params":{"type":["boolean","null"]}}},)"
    R"("team":{"type":["string","null"],"pattern":"^(user|tags\\..+)$"},)"
    R"("order":{"type":["array","null"],"maxItems":8,"uniqueItems":true,"items":{"type":"string","minLength":1,"maxLength":1024}},)"
    R"("tie_breaks":{"type":["array","null"],"maxItems":3,"uniqueItems":true,)"
    R"("items":{"enum":["metrics","cheaper","earlier"]}},)"
    R"("tie_precision":{"type":["number","null"],"exclusiveMinimum":0},)"
    R"("qualify":{"type":["array","null"],"maxItems":20,"items":{"type":"object","required":["metric"],)"
    R"("additionalProperties":false,"properties":{"scope":{"enum":["task","candidate",null]},"metric":)" PODIUM_TEXT
    R"(,"min":{"type":["number","null"]},"max":{"type":["number","null"]}}}},)"
    R"("least_tasks":{"type":["integer","null"],"minimum":1,"maximum":1000000},)"
    R"("datasets":{"type":["array","null"],"maxItems":100,"items":{"type":"object","required":["name"],)"
    R"("additionalProperties":false,"properties":{"name":)" PODIUM_TEXT
    R"(,"digest":{"type":["string","null"],"maxLength":1024},)"
    R"("weight":{"type":["number","null"],"exclusiveMinimum":0}}}},)"
    R"("coverage":{"type":["array","null"],"maxItems":20,"items":{"type":"object","required":["label"],)"
    R"("additionalProperties":false,"properties":{"label":)" PODIUM_TEXT
    R"(,"value":{"type":["string","null"],"maxLength":1024},)"
    R"("last":{"type":["integer","null"],"minimum":1,"maximum":100}}}},)"
    R"("role":{"type":["string","null"],"maxLength":1024},"across":{"enum":["pooled","mean",null]},)"
    R"("columns":{"type":["array","null"],"maxItems":20,"items":)" PODIUM_COLUMN
    R"(},"seed":{"type":["integer","null"],"minimum":0},)"
    R"("confidence":{"type":["number","null"],"minimum":0.5,"maximum":0.999},)"
    R"("drawn":{"enum":["tasks","datasets",null]}}})";

#undef PODIUM_COLUMN
#undef PODIUM_METRIC
#undef PODIUM_PICK
#undef PODIUM_KEYS
#undef PODIUM_TEXT

constexpr const char* named = R"("name":{"type":["string","null"],"minLength":1,"maxLength":200},)"
                              R"("description":{"type":["string","null"],"maxLength":65536})";
constexpr const char* place =
    R"("project":{"type":["string","integer"],"maxLength":500,"description":"id or name"})";

std::string closed(const std::string& title, const std::string& required,
                   const std::string& properties) {
  return R"({"title":")" + title + R"(","type":"object",)" + required +
         R"("additionalProperties":false,"properties":{)" + properties + "}}";
}

}  // namespace

std::string new_board() {
  return closed("NewBoard", "",
                std::string(named) + ",\"definition\":" + definition + "," + place +
                    R"(,"template":{"type":["boolean","null"]},"view":{"type":["string","null"],)"
                    R"("maxLength":200,"description":"id or link of a saved view"})");
}
std::string edit() {
  return closed("BoardEdit", "", std::string(named) + ",\"definition\":" + definition);
}
std::string new_template() {
  return closed("NewBoardTemplate", R"("required":["definition"],)",
                std::string("\"definition\":") + definition);
}
std::string question() {
  return closed("BoardQuestion", R"("required":["project","definition"],)",
                std::string(place) + ",\"definition\":" + definition +
                    R"(,"limit":{"type":["integer","null"],"minimum":1,"maximum":1000},)"
                    R"("offset":{"type":["integer","null"],"minimum":0})");
}

}  // namespace podium::leaderboard::schemas
