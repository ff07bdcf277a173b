// A candidate with what stands behind it.
#include <nlohmann/json.hpp>

#include "tables.hpp"

namespace podium::leaderboard {
namespace {

Value real(const Json& object, const std::string& name) {
  const auto at = object.find(name);
  const auto n = at == object.end() ? std::nullopt : number_of(*at);
  return n ? Value{*n} : Value{};
}
Value text(const Json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? Value{at->get<std::string>()} : Value{};
}
Value whole(const Json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_number() ? Value{at->get<std::int64_t>()} : Value{};
}

std::string joined(const Json& list, const char* between) {
  std::string out;
  for (const Json& item : list) out += (out.empty() ? "" : between) + item.get<std::string>();
  return out;
}

AnswerTable values_of(const Definition& d, const Json& row) {
  AnswerTable table;
  table.column("name").column("value", CellType::real).column("spread", CellType::real);
  table.column("relative %", CellType::real);
  const Json none = Json::object();
  for (const Metric& m : d.metrics)
    table.row(
        {m.name, real(row.at("values"), m.name), real(row.value("spread", none), m.name), {}});
  for (const BoardColumn& c : d.columns)
    table.row(
        {c.name, real(row.at("columns"), c.name), {}, real(row.value("relative", none), c.name)});
  return table;
}

AnswerTable tasks_of(const Definition& d, const Json& tasks) {
  AnswerTable table;
  table.entity = "task";
  table.column("id", CellType::id).column("name").column("counts", CellType::boolean);
  const std::string primary = d.metrics.empty() ? std::string() : d.metrics.front().name;
  if (!d.metrics.empty()) table.column("value", CellType::real, primary);
  table.column("data sets").column("ended", CellType::time).column("reason");
  for (const Json& t : tasks) {
    std::string datasets;
    for (const Json& set : t.at("datasets"))
      datasets += (datasets.empty() ? "" : ", ") + set.at("name").get<std::string>();
    std::vector<Value> row = {text(t, "task"), text(t, "name"), Value{t.at("counts").get<bool>()}};
    if (!d.metrics.empty()) row.push_back(real(t.at("values"), primary));
    row.push_back(datasets.empty() ? Value{} : Value{std::move(datasets)});
    row.push_back(whole(t, "ended"));
    row.push_back(text(t, "reason"));
    table.row(std::move(row));
  }
  return table;
}

AnswerTable coverage_of(const Json& coverage) {
  AnswerTable table;
  table.column("data set").column("digest").column("asked by").column("covered", CellType::boolean);
  table.column("by tasks");
  const auto add = [&](const Json& set, const Value& asked) {
    const Json& by = set.at("covered_by");
    table.row({text(set, "name"), text(set, "digest"), asked, !by.empty(),
               by.empty() ? Value{} : Value{joined(by, ", ")}});
  };
  for (const Json& set : coverage.at("datasets")) add(set, Value{std::string("name")});
  for (const Json& rule : coverage.at("labels"))
    for (const Json& set : rule.at("datasets"))
      add(set, Value{"label " + rule.at("label").get<std::string>()});
  return table;
}

AnswerTable settings_of(const Json& candidate) {
  AnswerTable table;
  table.column("name").column("value").column("differs", CellType::boolean);
  for (const char* map : {"params", "tags"}) {
    const Json& side = candidate.at(map);
    for (const auto& [key, value] : side.at("common").items())
      table.row({std::string(map) + "." + key, value.get<std::string>(), false});
    for (const auto& [key, values] : side.at("differing").items())
      table.row({std::string(map) + "." + key, joined(values, " | "), true});
  }
  return table;
}

}  // namespace

AnswerDetails candidate_details(const Definition& d, const Json& candidate) {
  const Json& row = candidate.at("row");
  AnswerDetails details;
  details.entity = "candidate";
  details.field("rank", whole(row, "rank"), CellType::integer);
  details.field("label", label_text(row.at("label")));
  details.field("candidate", text(row, "candidate"), CellType::id);
  details.field("n", whole(row, "tasks"), CellType::integer);
  if (row.contains("best_task")) details.field("best task", text(row, "best_task"), CellType::id);
  if (row.contains("reasons")) details.field("not ranked because", joined(row.at("reasons"), "; "));
  const auto section = [&](const char* name, AnswerTable table) {
    table.of = static_cast<std::int64_t>(table.rows.size());
    if (!table.rows.empty()) details.section(name, std::move(table));
  };
  section("values", values_of(d, row));
  section("tasks", tasks_of(d, candidate.at("tasks")));
  section("coverage", coverage_of(candidate.at("coverage")));
  section("parameters", settings_of(candidate));
  return details;
}

}  // namespace podium::leaderboard
