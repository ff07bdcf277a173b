#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "commands/answer_json.hpp"
#include "commands/answer_schema.hpp"
#include "support.hpp"

namespace podium::test {
namespace {

using Json = nlohmann::json;
using host::commands::fit;
using host::commands::sparkline;
using host::commands::to_json;

Json json_of(const Answer& answer) {
  return Json::parse(to_json(answer, "tasks", "tasks limit 1"));
}

AnswerTable rows(int n) {
  AnswerTable table;
  table.entity = "task";
  table.column("id", CellType::id).column("metrics.acc", CellType::real, "acc");
  for (int i = 0; i < n; ++i) table.row({"task-" + std::to_string(i), i / 2.0});
  table.of = n;
  return table;
}

std::vector<Point> curve(std::initializer_list<double> values) {
  std::vector<Point> points;
  for (const double v : values) points.push_back({static_cast<std::int64_t>(points.size()), 0, v});
  return points;
}

TEST_CASE("a table as JSON") {
  Answer answer(rows(1).row({Value{}, std::numeric_limits<double>::quiet_NaN()}));
  answer.notice("A sentence.");
  CHECK(json_of(answer) == Json::parse(R"({
    "verb": "tasks", "line": "tasks limit 1", "kind": "table", "entity": "task",
    "columns": [{"name": "id", "type": "id"},
                {"name": "metrics.acc", "type": "real", "title": "acc"}],
    "rows": [["task-0", 0.0], [null, "NaN"]],
    "truncated": false, "of": 1, "cursor": null,
    "outcome": "done", "notices": ["A sentence."]})"));
}

TEST_CASE("what does not fit is left out, and the answer says so") {
  Answer answer(rows(1000));
  fit(answer, 500);
  const Json json = json_of(answer);
  CHECK(json.at("truncated") == true);
  CHECK(json.at("of") == 1000);
  CHECK(json.at("rows").size() > 10);
  CHECK(json.at("rows").dump().size() <= 500);

  Answer whole(rows(1000));
  fit(whole, 0);
  CHECK(json_of(whole).at("truncated") == false);

  Answer one(rows(3));
  fit(one, 1);  // the first row is there whatever it takes
  CHECK(json_of(one).at("rows").size() == 1);
}

TEST_CASE("a curve that does not fit keeps its ends and extremes") {
  AnswerChart chart;
  AnswerChart::Series series;
  series.metric = "loss";
  for (int i = 0; i < 5000; ++i)
    series.points.push_back({i, 0, i == 3333 ? -9.0 : i == 17 ? 9.0 : 0.0});
  series.of = 5000;
  chart.series = {series};
  Answer answer(chart);
  fit(answer, 2000);
  const Json s = json_of(answer).at("series").at(0);
  CHECK(s.at("points").dump().size() < 2500);
  CHECK(s.at("truncated") == true);
  CHECK(s.at("of") == 5000);
  CHECK(s.at("points").front().at(0) == 0);
  CHECK(s.at("points").back().at(0) == 4999);
  const auto has = [&](int step) {
    for (const Json& p : s.at("points"))
      if (p.at(0) == step) return true;
    return false;
  };
  CHECK(has(3333));
  CHECK(has(17));
}

TEST_CASE("long texts of details are cut between characters") {
  AnswerDetails details;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\u00fc";
  details.field("description", text).section("params", rows(1000));
  Answer answer(details);
  fit(answer, 1000);
  const Json json = json_of(answer);  // parses, so it is UTF-8
  CHECK(json.at("fields").at("description").get<std::string>().size() < 200);
  CHECK(json.at("sections").at("params").at("truncated") == true);
  CHECK(json.dump().size() < 2000);
}

TEST_CASE("curves as text") {
  CHECK(sparkline(curve({0, 1, 2, 3, 4, 5, 6, 7}), 60) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(curve({5, 5, 5}), 60) == "▅▅▅");
  CHECK(sparkline({}, 60).empty());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(sparkline(curve({nan, 0, nan, 1}), 60) == "▁█");
  // A spike survives being drawn narrow.
  std::vector<Point> points(1000);
  points[500].value = 100;
  CHECK(sparkline(points, 10).find("█") != std::string::npos);
  const double huge = std::numeric_limits<double>::max();
  CHECK(sparkline(curve({-huge, huge}), 60) == "▁█");
}

TEST_CASE("the documented schema is the one that the API tells") {
  std::ifstream file(PODIUM_DOCS "/commands.schema.json");
  Json documented = Json::parse(file);
  documented.erase("$schema");
  documented.erase("title");
  CHECK(documented == Json::parse(host::commands::answer_schema));
}

}  // namespace
}  // namespace podium::test
