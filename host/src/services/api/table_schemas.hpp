#pragma once
// JSON Schemas of the task table's requests and answers.
#include <string>
#include <string_view>

#include "services/api/table_input.hpp"

namespace podium::host::schemas {

inline std::string closed(const std::string& members, const std::string& required = "") {
  return R"({"type":"object",)" + (required.empty() ? "" : "\"required\":[" + required + "],") +
         R"("additionalProperties":false,"properties":{)" + members + "}}";
}
inline std::string table_query() {
  return closed(
      table_question_members() + "," + table_columns_members() +
      R"(,"limit":{"type":["integer","null"],"minimum":1,"maximum":1000},)"
      R"("cursor":{"type":["string","null"]},"offset":{"type":["integer","null"],)"
      R"("minimum":0,"description":"asks for a window of a listing"},)"
      R"("listing":{"type":["string","null"],"description":"the id of an answer before"})");
}
inline constexpr std::string_view table_rows =
    R"({"type":"object","required":["columns","rows","cursor"],"properties":{"columns":)"
    R"({"type":"array","items":{"type":"string"}},)"
    R"("rows":{"type":"array","items":{"type":["array","null"],)"
    R"("description":"one value a column, null is missing; null for a row of a listing that is )"
    R"(gone or hidden"}},"cursor":{"type":["string","null"]},)"
    R"("listing":{"type":"string"},"moved":{"type":"boolean","description":"the listing that was )"
    R"(asked for is no longer; this is another"},"revision":{"type":"integer"},)"
    R"("total":{"type":"integer"},"offset":{"type":"integer"}}})";
inline std::string facet_query() {
  return closed(table_question_members() +
                    R"(,"column":{"type":"string","minLength":1},"q":{"type":["string","null"],)"
                    R"("description":"found in the values"},"limit":{"type":["integer","null"],)"
                    R"("minimum":1,"maximum":1000})",
                R"("column")");
}
inline constexpr std::string_view facet =
    R"({"type":"object","required":["column","kind","values","more","min","max"],"properties":{)"
    R"("column":{"type":"string"},"kind":{"enum":["values","range","tags"]},)"
    R"("values":{"type":"array","items":{"type":"object","required":["value","count","chosen"],)"
    R"("properties":{"value":{"type":["string","boolean","null"]},"label":{"type":"string"},)"
    R"("count":{"type":"integer"},"chosen":{"type":"boolean"}}}},"more":{"type":"boolean"},)"
    R"("min":{"type":["number","string","null"]},"max":{"type":["number","string","null"]}}})";
inline std::string columns_query() {
  return closed(table_question_members() +
                R"(,"q":{"type":["string","null"],"description":"found in the keys"},)"
                R"("limit":{"type":["integer","null"],"minimum":1,"maximum":1000},)"
                R"("differ":{"type":["boolean","null"],"description":"tell which differ"})");
}
inline constexpr std::string_view columns =
    R"({"type":"object","required":["fields","params","tags","properties","metrics","more"],)"
    R"("properties":{"fields":{"type":"array","items":{"type":"object",)"
    R"("required":["name","label","width","shown"],"properties":{"name":{"type":"string"},)"
    R"("label":{"type":"string"},"width":{"type":"integer"},"shown":{"type":"boolean"},)"
    R"("differs":{"type":"boolean"}}}},"params":{"type":"array","items":{"type":"object"}},)"
    R"("tags":{"type":"array","items":{"type":"object"}},)"
    R"("properties":{"type":"array","items":{"type":"object"}},)"
    R"("metrics":{"type":"array","items":{"type":"object"}},"more":{"type":"boolean"}}})";
inline std::string filter_query() { return closed(table_question_members()); }
inline std::string filter_faces() {
  return R"({"type":"object","required":["filter","filters","rest"],"properties":{)"
         R"("filter":{"type":["string","null"],"description":"all of it as text; null where the )"
         R"(language cannot say it"},"filters":)" +
         column_filters_schema() +
         R"(,"rest":{"type":["string","null"],"description":"what no column's filter says"}}})";
}
inline std::string export_query() {
  return closed(table_question_members() + "," + table_columns_members() +
                R"(,"format":{"type":["string","null"],"enum":["csv","jsonl",null]},)"
                R"("filename":{"type":["string","null"]},"listing":{"type":["string","null"]},)"
                R"("offset":{"type":["integer","null"],"minimum":0},)"
                R"("limit":{"type":["integer","null"],"minimum":1})");
}

}  // namespace podium::host::schemas
