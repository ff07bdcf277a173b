#include "charts/chart_schemas.hpp"

#include "charts/chart_request.hpp"
#include "selection.hpp"

namespace podium::comparison::schemas {
namespace {

std::string request(const char* title, const char* required, const std::string& properties,
                    std::size_t most) {
  return std::string(R"({"title":")") + title + R"(","type":"object","required":[)" + required +
         R"(],"additionalProperties":false,"properties":{)" + selection_schema(most) + "," +
         properties + "}}";
}

std::string answer(const char* title, const char* required, const std::string& properties) {
  return std::string(R"({"title":")") + title +
         R"(","type":"object","required":["tasks","missing","more",)" + required +
         R"(],"properties":{)" + selected_schema() + "," + properties + "}}";
}

constexpr const char* figure_members =
    R"("title":{"type":"string"},"media_type":{"enum":["application/vnd.vegalite.v5+json",)"
    R"("application/vnd.vega.v5+json"]},"specification":{"type":"object","description":"of )"
    R"(Vega-Lite or Vega"},"table":{"type":"object","required":["columns","rows","truncated",)"
    R"("of"],"properties":{"columns":{"type":"array","items":{"type":"object","required":["name",)"
    R"("type"],"properties":{"name":{"type":"string"},"type":{"type":"string"}}}},)"
    R"("rows":{"type":"array","items":{"type":"array"}},"truncated":{"type":"boolean"},)"
    R"("of":{"type":["integer","null"]}}})";

}  // namespace

std::string chart_request() {
  return request("ChartRequest", R"("kind")", chart_schema(), most_charted);
}
std::string chart() {
  return answer("Chart", R"("kind","title","media_type","specification")",
                std::string(R"("kind":{"type":"string"},)") + figure_members);
}
std::string chart_rows() { return R"({"type":"array","items":{"type":"object"}})"; }

std::string importance_request() {
  return request("ImportanceRequest", R"("target")", importance_schema(), most_charted);
}
std::string importance() {
  const std::string number = R"({"type":["number","null"]})";
  return answer(
      "ParameterImportance",
      R"("target","counted","score","trees","seed","parameters","notices","figure")",
      R"("target":{"type":"string"},"counted":{"type":"integer","description":"tasks that have )"
      R"(the target"},"score":{"type":"number","description":"R² of tasks by trees that have not )"
      R"(seen them"},"trees":{"type":"integer"},"seed":{"type":"integer"},"notices":{"type":)"
      R"("array","items":{"type":"string"}},"parameters":{"type":"array","items":{"type":)"
      R"("object","required":["name","kind","importance","deviation","share","pearson",)"
      R"("spearman","tasks","distinct"],"properties":{"name":{"type":"string"},"kind":{"enum":)"
      R"(["number","text"]},"importance":{"type":"number","description":"how far the score falls )"
      R"(when it is shuffled"},"deviation":{"type":"number"},"share":{"type":"number"},)"
      R"("pearson":)" +
          number + R"(,"spearman":)" + number +
          R"(,"tasks":{"type":"integer"},"distinct":{"type":"integer"}}}},)"
          R"("figure":{"type":"object","required":["title","media_type","specification"],)"
          R"("properties":{)" +
          figure_members + "}}");
}

std::string plots_request() {
  return request("PlotsRequest", "",
                 R"("plots":{"type":["array","null"],"maxItems":20,"items":{"type":"string",)"
                 R"("maxLength":4096},"description":"names as the list tells them; absent: the )"
                 R"(list"})",
                 most_compared);
}
std::string plots() {
  return answer(
      "PlotsCompared", R"("unread","truncated")",
      R"("unread":{"type":"array","items":{"type":"integer"},"description":"tasks whose artifacts )"
      R"(podium does not keep"},"truncated":{"type":"boolean"},)"
      R"("plots":{"type":"array","items":{"type":"object","required":["plot","files"],)"
      R"("properties":{"plot":{"type":"string"},"checked":{"type":"boolean"},"files":{"type":)"
      R"("array","items":{"anyOf":[{"type":"null"},{"type":"object","required":["path",)"
      R"("iteration","size"],"properties":{"path":{"type":"string"},"iteration":{"type":)"
      R"(["integer","null"]},"size":{"type":"integer"}}}]}}}}},)"
      R"("figures":{"type":"array","items":{"type":"object","required":["plot","overlaid"],)"
      R"("properties":{"plot":{"type":"string"},"overlaid":{"type":"boolean"},"why":{"type":)"
      R"("string"},"figure":{"type":"object"},"apart":{"type":"array","items":{"type":"object",)"
      R"("required":["task","figure"],"properties":{"task":{"type":"integer"},"figure":{"type":)"
      R"(["object","null"]}}}},"missing":{"type":"array","items":{"type":"integer"}},)"
      R"("errors":{"type":"array","items":{"type":"object","required":["task","path","error"],)"
      R"("properties":{"task":{"type":"integer"},"path":{"type":"string"},"error":{"type":)"
      R"("string"}}}}}}})");
}

}  // namespace podium::comparison::schemas
