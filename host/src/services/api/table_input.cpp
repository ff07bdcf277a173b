#include "services/api/table_input.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

namespace podium::host {
namespace {

constexpr std::size_t most_filters = 100, most_values = 10'000, most_columns = 200, most_keys = 8;

std::string item(const std::string& list, std::size_t i) {
  return list + "[" + std::to_string(i) + "]";
}

[[noreturn]] void wrong(const std::string& path, const std::string& sentence) {
  throw Error(ErrorCode::invalid, sentence).in(path);
}

std::vector<Value> values_of(const Json& list, const std::string& path) {
  std::vector<Value> out;
  for (std::size_t i = 0; i < list.size(); ++i)
    out.push_back(value_of_json(list[i], item(path, i)));
  return out;
}

std::vector<std::optional<std::string>> words_of(const Json& list, const std::string& path) {
  std::vector<std::optional<std::string>> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].is_null())
      out.emplace_back();
    else
      out.emplace_back(input::text_of(list[i], item(path, i)));
  }
  return out;
}

Json words_json(const std::vector<std::optional<std::string>>& words) {
  Json out = Json::array();
  for (const auto& word : words) out.push_back(word ? Json(*word) : Json());
  return out;
}

}  // namespace

Value value_of_json(const Json& value, const std::string& path) {
  if (value.is_null()) return {};
  if (value.is_string()) return input::text_of(value, path);
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return input::integer_of(value, path);
  if (value.is_number()) return value.get<double>();
  wrong(path, "'" + path + "' must be a text, a number, true, false or null");
}

Json json_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* number = std::get_if<double>(&value)) {
    if (std::isnan(*number)) return "NaN";
    if (std::isinf(*number)) return *number > 0 ? "Infinity" : "-Infinity";
    return *number;
  }
  return nullptr;
}

ColumnFilter column_filter_of(const Json& json, const std::string& path) {
  Members m(json, path);
  ColumnFilter out;
  const auto column = m.text("column", 10'000);
  if (!column) wrong(m.path("column"), "a column's filter names its 'column'");
  out.column = *column;
  const Json* in = m.array("in", most_values);
  const Json* not_in = m.array("not_in", most_values);
  const Json* any = m.array("any", most_values);
  const Json* all = m.array("all", most_values);
  const Json* none = m.array("not", most_values);
  const Json* from = m.any("from");
  const Json* to = m.any("to");
  m.finish();
  const bool range = from != nullptr || to != nullptr;
  const bool tags = any != nullptr || all != nullptr || none != nullptr;
  if ((in != nullptr) + (not_in != nullptr) + range + tags != 1 ||
      (any != nullptr && all != nullptr))
    wrong(path,
          "a column's filter is one of: 'in', 'not_in', 'from' and 'to', 'any' or 'all' with "
          "'not'");
  if (in != nullptr || not_in != nullptr) {
    const bool exclude = not_in != nullptr;
    out.condition = ColumnFilter::Values{
        values_of(exclude ? *not_in : *in, m.path(exclude ? "not_in" : "in")), exclude};
  } else if (range) {
    ColumnFilter::Range r;
    if (from != nullptr) r.from = value_of_json(*from, m.path("from"));
    if (to != nullptr) r.to = value_of_json(*to, m.path("to"));
    out.condition = std::move(r);
  } else {
    ColumnFilter::Tags t;
    t.all = all != nullptr;
    if (any != nullptr) t.include = words_of(*any, m.path("any"));
    if (all != nullptr) t.include = words_of(*all, m.path("all"));
    if (none != nullptr) t.exclude = words_of(*none, m.path("not"));
    out.condition = std::move(t);
  }
  return out;
}

Json json_of(const ColumnFilter& f) {
  Json out = {{"column", f.column}};
  if (const auto* v = std::get_if<ColumnFilter::Values>(&f.condition)) {
    Json list = Json::array();
    for (const Value& value : v->values) list.push_back(json_of(value));
    out[v->exclude ? "not_in" : "in"] = std::move(list);
  } else if (const auto* r = std::get_if<ColumnFilter::Range>(&f.condition)) {
    out["from"] = json_of(r->from);
    out["to"] = json_of(r->to);
  } else {
    const auto& t = std::get<ColumnFilter::Tags>(f.condition);
    if (!t.include.empty() || t.exclude.empty()) out[t.all ? "all" : "any"] = words_json(t.include);
    if (!t.exclude.empty()) out["not"] = words_json(t.exclude);
  }
  return out;
}

TableQuestion read_table_question(Members& body) {
  TableQuestion q;
  q.project = body.text("project", 500);
  if (const auto scope = body.text("scope", 32)) {
    if (*scope == "project")
      q.scope = TableScope::project;
    else if (*scope == "subprojects")
      q.scope = TableScope::subprojects;
    else if (*scope == "all")
      q.scope = TableScope::all;
    else
      wrong("scope", "'scope' must be project, subprojects or all");
  }
  if (const auto archived = body.text("archived", 32)) {
    if (*archived == "no")
      q.archived = TableArchived::no;
    else if (*archived == "yes")
      q.archived = TableArchived::yes;
    else if (*archived == "both")
      q.archived = TableArchived::both;
    else
      wrong("archived", "'archived' must be no, yes or both");
  }
  q.filter = body.text("filter", 100'000).value_or("");
  q.bindings = bindings_of(body);
  if (const Json* filters = body.array("filters", most_filters))
    for (std::size_t i = 0; i < filters->size(); ++i)
      q.filters.push_back(column_filter_of((*filters)[i], item("filters", i)));
  q.search = body.text("search", 1000).value_or("");
  return q;
}

void read_table_columns(Members& body, TableQuestion& q, std::vector<std::string> usual) {
  if (const Json* order = body.array("order", most_keys))
    for (std::size_t i = 0; i < order->size(); ++i)
      q.order.push_back(input::text_of((*order)[i], item("order", i), 10'000));
  if (const Json* columns = body.array("columns", most_columns)) {
    for (std::size_t i = 0; i < columns->size(); ++i)
      q.columns.push_back(input::text_of((*columns)[i], item("columns", i), 10'000));
  } else {
    q.columns = std::move(usual);
  }
}

std::string column_filters_schema() {
  return R"({"type":"array","maxItems":100,"items":{"type":"object","required":["column"],)"
         R"("additionalProperties":false,"description":"one of: in, not_in (null is no value), )"
         R"(from and to (both included; dates, '-7d' and '2h' as texts), any or all with not )"
         R"((words of a map, null is none of them","properties":{"column":{"type":"string"},)"
         R"("in":{"type":"array","items":{"type":["string","number","boolean","null"]}},)"
         R"("not_in":{"type":"array","items":{"type":["string","number","boolean","null"]}},)"
         R"("from":{"type":["string","number","boolean","null"]},)"
         R"("to":{"type":["string","number","boolean","null"]},)"
         R"("any":{"type":"array","items":{"type":["string","null"]}},)"
         R"("all":{"type":"array","items":{"type":["string","null"]}},)"
         R"("not":{"type":"array","items":{"type":["string","null"]}}}}})";
}

std::string table_question_members() {
  return R"("project":{"type":["string","null"],"description":"its id, or else its name"},)"
         R"("scope":{"type":["string","null"],"enum":["project","subprojects","all",null],)"
         R"("description":"project when one is named, else all"},)"
         R"("archived":{"type":["string","null"],"enum":["no","yes","both",null],)"
         R"("description":"no, unless a filter asks about archived"},)"
         R"("filter":{"type":["string","null"],"description":"query language"},)"
         R"("bind":{"type":["object","null"],"description":"values of :name in the filter",)"
         R"("additionalProperties":{"type":["string","number","boolean","null"]}},)"
         R"("filters":)" +
         column_filters_schema() +
         R"(,"search":{"type":["string","null"],"description":"in name or description, or the id"})";
}

std::string table_columns_members() {
  return R"("order":{"type":"array","maxItems":8,"items":{"type":"string",)"
         R"("description":"NAME [ASC|DESC]; missing values come last both ways"}},)"
         R"("columns":{"type":"array","maxItems":200,"items":{"type":"string",)"
         R"("description":"a name of the query language, project.name and the like, or params, )"
         R"(tags, metrics whole"}})";
}

}  // namespace podium::host
