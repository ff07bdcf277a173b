#include "schemas.hpp"

#include "selection.hpp"
#include "series_input.hpp"

namespace podium::comparison::schemas {
namespace {

std::string object(const std::string& properties) {
  return R"({"type":"object","additionalProperties":false,"properties":{)" + properties + "}}";
}

/// An answer: the tasks, and more.
std::string answer(const std::string& title, const std::string& required,
                   const std::string& properties) {
  return R"({"title":")" + title + R"(","type":"object","required":["tasks","missing","more")" +
         required + R"(],"properties":{)" + selected_schema() + properties + "}}";
}

constexpr const char* number = R"({"type":["number","string"]})";
constexpr const char* flags = R"({"type":"array","items":{"type":"boolean"}})";
constexpr const char* indexes = R"({"type":"array","items":{"type":"integer"}})";
constexpr const char* texts = R"({"type":"array","items":{"type":["string","null"]}})";
constexpr const char* lists =
    R"({"type":"array","items":{"type":"array","items":{"type":"string"}}})";
constexpr const char* baseline =
    R"(,"baseline":{"type":["string","null"],"description":"id of the task that the others differ from"})";

std::string diffs() {
  return R"({"type":"array","items":{"anyOf":[{"type":"null"},{"title":"TextDiff","type":"object",)"
         R"("required":["added","removed","hunks"],"properties":{"added":{"type":"integer"},)"
         R"("removed":{"type":"integer"},"coarse":{"type":"boolean","description":"too different )"
         R"(for the shortest way"},"hunks":{"type":"array","items":{"type":"object",)"
         R"("required":["old","new","lines"],"properties":{"old":{"type":"integer"},)"
         R"("new":{"type":"integer"},"lines":{"type":"array","items":{"type":"string"}}}}}}}]}})";
}

std::string saved_members() {
  return R"("name":{"type":"string","minLength":1,"maxLength":200},)"
         R"("project":{"type":["string","null"],"maxLength":500,"description":"id or name"},)"
         R"("selection":{"type":["object","null"],"additionalProperties":false,"properties":{)" +
         selection_schema(most_charted) +
         R"(}},"layout":{"type":["object","null"],"description":"the page's own, up to 256 KiB"})";
}

}  // namespace

std::string selection_request(std::size_t most) { return object(selection_schema(most)); }
std::string selected() { return answer("ComparedTasks", "", ""); }
std::string colors_request() {
  return R"({"type":"object","additionalProperties":false,"required":["colors"],"properties":{)"
         R"("colors":{"type":"object","maxProperties":2000,"additionalProperties":)"
         R"({"type":["string","null"],"pattern":"^#[0-9a-fA-F]{6}$"}}}})";
}

std::string series_request() { return object(selection_schema() + "," + series_schema()); }
std::string series() {
  const std::string column = std::string(R"({"type":"array","items":)") + number + "}";
  return answer(
      "SeriesAnswer", R"(,"x","series")",
      R"(,"x":{"enum":["step","time","elapsed","metric"]},"groups":{"type":"array","items":)"
      R"({"type":"object","required":["label","color","values","tasks"],"properties":{)"
      R"("label":{"type":"string"},"color":{"type":"string"},"values":{"type":"array"},)"
      R"("tasks":)" +
          std::string(indexes) +
          R"(}}},"series":{"type":"array","items":{"type":"object","required":["key","scope",)"
          R"("label","color","of","left_out","columns"],"properties":{"key":{"type":"string"},)"
          R"("scope":{"type":"string"},"task":{"type":"integer"},"group":{"type":"integer"},)"
          R"("label":{"type":"string"},"color":{"type":"string"},"of":{"type":"integer"},)"
          R"("left_out":{"type":"integer"},"columns":{"type":"object","required":["x","y"],)"
          R"("additionalProperties":)" +
          column + "}}}}");
}

std::string values_request() {
  return object(selection_schema() + "," + metrics_schema() +
                R"(,"better":{"type":["object","null"],"maxProperties":1000,)"
                R"("additionalProperties":{"enum":["max","min"]}})");
}
std::string values() {
  return answer("MetricValues", R"(,"statistics","metrics")",
                R"(,"statistics":{"type":"array","items":{"type":"string"}},"metrics":{)"
                R"("type":"array","items":{"type":"object","required":["key","scope","better",)"
                R"("by","single","values","points","equal","best"],"properties":{)"
                R"("key":{"type":"string"},"scope":{"type":"string"},)"
                R"("better":{"enum":["max","min",null]},"by":{"enum":["goal","request",null]},)"
                R"("single":{"type":"boolean"},"values":{"type":"array","items":{"anyOf":[)"
                R"({"type":"null"},{"type":"array","items":)" +
                    std::string(number) + R"(}]}},"points":)" + indexes + R"(,"equal":)" + flags +
                    R"(,"best":{"type":"array","items":)" + indexes + "}}}}");
}

std::string parameters_request() {
  return object(
      selection_schema() + baseline +
      R"(,"maps":{"type":["array","null"],"maxItems":5,"items":{"enum":["params",)"
      R"("tags","properties","container","configuration"]}},)"
      R"("differing":{"type":["boolean","null"],"description":"only what is not equal"})");
}
std::string parameters() {
  const std::string common =
      R"("map":{"type":"string"},"key":{"type":"string"},"equal":{"type":"boolean"},"differs":)" +
      std::string(flags);
  return answer("ParametersCompared", R"(,"baseline","entries","texts")",
                R"(,"baseline":{"type":["integer","null"]},"entries":{"type":"array","items":)"
                R"({"type":"object","required":["map","key","equal","differs","values"],)"
                R"("properties":{)" +
                    common + R"(,"values":)" + texts +
                    R"(}}},"texts":{"type":"array","items":{"type":"object","required":["map",)"
                    R"("key","equal","differs","has","diffs"],"properties":{)" +
                    common + R"(,"has":)" + flags + R"(,"diffs":)" + diffs() + "}}}");
}

std::string plain_request() { return object(selection_schema()); }
std::string artifacts_request() {
  return object(selection_schema() + R"(,"path":{"type":["string","null"],"maxLength":4096})");
}
std::string artifacts() {
  return answer("ArtifactsCompared", R"(,"artifacts","unread","truncated")",
                R"(,"artifacts":{"type":"array","items":{"type":"object","required":["path",)"
                R"("sizes","equal"],"properties":{"path":{"type":"string"},"sizes":{)"
                R"("type":"array","items":{"type":["integer","null"]}},)"
                R"("equal":{"type":["boolean","null"]}}}},"unread":{"type":"array","items":)"
                R"({"type":"integer"},"description":"tasks whose artifacts podium does not keep"},)"
                R"("truncated":{"type":"boolean"})");
}
std::string models() {
  return answer("ModelsCompared", R"(,"models")",
                R"(,"models":{"type":"array","items":{"type":"object","required":["direction",)"
                R"("name","type","models"],"properties":{"direction":{"enum":["in","out"]},)"
                R"("name":{"type":"string"},"type":{"type":"string"},"models":)" +
                    std::string(lists) + "}}}");
}
std::string datasets() {
  return answer("DatasetsCompared", R"(,"datasets")",
                R"(,"datasets":{"type":"array","items":{"type":"object","required":["name",)"
                R"("context","digests","equal"],"properties":{"name":{"type":"string"},)"
                R"("context":{"type":"string"},"digests":)" +
                    std::string(lists) + R"(,"equal":{"type":"boolean"}}}})");
}
std::string source_request() { return object(selection_schema() + baseline); }
std::string source() {
  const std::string rows =
      std::string(R"({"type":"array","items":{"type":"object","required":["name","values",)") +
      R"("equal"],"properties":{"kind":{"type":"string"},"name":{"type":"string"},"values":)" +
      texts + R"(,"equal":{"type":"boolean"}}}})";
  return answer("SourceCompared", R"(,"baseline","fields","packages","has","diffs")",
                R"(,"baseline":{"type":["integer","null"]},"fields":)" + rows + R"(,"packages":)" +
                    rows + R"(,"has":)" + std::string(flags) + R"(,"diffs":)" + diffs());
}

std::string new_comparison() {
  return R"({"title":"NewComparison","type":"object","required":["name"],)"
         R"("additionalProperties":false,"properties":{)" +
         saved_members() + "}}";
}
std::string comparison_edit() {
  return R"({"title":"ComparisonEdit","type":"object","additionalProperties":false,)"
         R"("properties":{)" +
         saved_members() + "}}";
}
std::string comparison() {
  return R"({"title":"Comparison","type":"object","required":["id","name","project","owner",)"
         R"("link","selection","layout","created","updated","version"],"properties":{)"
         R"("id":{"type":"string"},"name":{"type":"string"},"project":{"type":["string","null"]},)"
         R"("owner":{"type":"string"},"link":{"type":"string"},"selection":{"type":"object"},)"
         R"("layout":{"type":"object"},"created":{"type":"integer"},"updated":{"type":"integer"},)"
         R"("version":{"type":"integer"}}})";
}
std::string comparisons() {
  return R"({"type":"object","required":["comparisons","cursor"],"properties":{)"
         R"("comparisons":{"type":"array","items":)" +
         comparison() + R"(},"cursor":{"type":["string","null"]}}})";
}
std::string deleted() {
  return R"({"type":"object","required":["deleted"],"properties":{"deleted":{"const":true}}})";
}

}  // namespace podium::comparison::schemas
