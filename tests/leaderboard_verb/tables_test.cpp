#include "verb/tables.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "definition_json.hpp"
#include "support.hpp"
#include "verb/figures.hpp"

namespace podium::test {
namespace {

using namespace leaderboard;

Definition definition(const char* json) { return read_definition(Json::parse(json), "definition"); }

std::vector<std::string> names(const AnswerTable& table) {
  std::vector<std::string> out;
  for (const auto& column : table.columns) out.push_back(column.name);
  return out;
}

void whole(const AnswerTable& table) {
  const auto all = names(table);
  CHECK(std::set<std::string>(all.begin(), all.end()).size() == all.size());
  for (const auto& row : table.rows) CHECK(row.size() == table.columns.size());
}

const char* const two = R"({"rows": [
  {"rank": 1, "candidate": "aa", "label": {"params": {"lr": "0.1"}}, "tasks": 2, "values": {"acc": 0.5},
   "spread": {"acc": 0.1}, "columns": {"size": 12.0}, "first": 1, "qualified": true, "best_task": "t1"},
  {"candidate": "bb", "label": {"params": {"lr": null}}, "tasks": 1, "values": {"acc": "NaN"}, "spread": {"acc": null},
   "columns": {"size": null}, "first": 1, "qualified": false, "reasons": ["first.", "second."]}],
  "total": 5, "ranked": 1, "stale": false})";

TEST_CASE("a ranking as a table") {
  const Definition d = definition(R"({"primary": {"metric": "acc"}, "group_by": {"params": ["lr"]},
    "columns": [{"name": "size", "kind": "bytes", "from": {"tag": "b"}}]})");
  const AnswerTable table = ranking_table(d, Json::parse(two));
  whole(table);
  CHECK(names(table) == std::vector<std::string>{"rank", "params.lr", "acc", "acc ±", "n", "size",
                                                 "not ranked because", "best_task", "candidate"});
  CHECK(table.truncated);
  CHECK(table.of == 5);
  CHECK(table.rows[0] == std::vector<Value>{std::int64_t{1}, "0.1", 0.5, 0.1, std::int64_t{2},
                                            std::int64_t{12}, Value{}, "t1", "aa"});
  CHECK(table.rows[1][0] == Value{});
  CHECK(table.rows[1][1] == Value{});
  CHECK(std::isnan(std::get<double>(table.rows[1][2])));
  CHECK(table.rows[1][6] == Value{"first.; second."});
}

TEST_CASE("a metric that is called as a column of the table is told apart from it") {
  const Definition d = definition(R"({"primary": {"metric": "rank"}, "metrics": [{"metric": "n"}],
    "group_by": {"params": ["lr"]}})");
  Json json = Json::parse(two);
  for (Json& row : json["rows"]) row["columns"] = Json::object();
  const AnswerTable table = ranking_table(d, json);
  whole(table);
  CHECK(names(table)[2] == "rank'");
}

TEST_CASE("labels") {
  CHECK(label_text(Json::parse(R"({"params": {"a": "1", "b": null}})")) == "a=1, b=none");
  CHECK(label_text(Json::parse(R"({"tags": {"t": "x"}, "params": {"a": "1"}})")) == "t=x, a=1");
  CHECK(label_text(Json::parse(R"({"team": "red"})")) == "red");
  CHECK(label_text(Json::parse(R"({"task": "1", "name": "n"})")) == "n");
  CHECK(label_text(Json::object()) == "all");
}

TEST_CASE("many parameters are one column") {
  const Definition d =
      definition(R"({"primary": {"metric": "acc"}, "group_by": {"all_params": true}})");
  Json json = Json::parse(two);
  for (Json& row : json["rows"]) {
    row["columns"] = Json::object();
    for (int i = 0; i < 20; ++i) row["label"]["params"]["p" + std::to_string(i)] = "1";
  }
  const AnswerTable table = ranking_table(d, json);
  whole(table);
  CHECK(names(table)[1] == "label");
}

TEST_CASE("what is said of trust") {
  const Definition d = definition(R"({"primary": {"metric": "acc"}, "confidence": 0.999})");
  CHECK(notices_of_trust(d, Json::parse(R"({"rows": [{"group": 1}, {"group": 1}, {"group": 2}]})"))
            .at(0)
            .starts_with("At 99.9 % the first 2 cannot be told apart"));
  CHECK(notices_of_trust(d, Json::parse(R"({"rows": [{"group": 1}, {"group": 2}]})")).at(0) ==
        "At 99.9 % the first is better than all others.");
  CHECK(notices_of_trust(d, Json::parse(R"({"rows": [{"group": 0}, {"group": 0}]})")).empty());
  CHECK(notices_of_trust(d, Json::parse(R"({"rows": [{"group": 1}]})")).empty());
  CHECK(notices_of_trust(
            d, Json::parse(R"({"rows": [{"group": 0, "why": "w"}, {"group": 0, "why": "w"}]})")) ==
        std::vector<std::string>{"Of each: w."});
}

TEST_CASE("ranks over time have a place at every moment") {
  const Json ranks = Json::parse(R"({"to": 100, "candidates": [
    {"candidate": "a", "label": {"team": "a"}, "ranks": [[10, 1], [30, 2], [50, null]]},
    {"candidate": "b", "label": {"team": "b"}, "ranks": [[30, 1]]}]})");
  const AnswerFigure figure = ranks_figure(ranks, "t");
  // name, at, rank
  std::vector<std::vector<Value>> rows = figure.table.rows;
  const auto time = [](std::int64_t t) { return Value{t}; };
  CHECK(rows == std::vector<std::vector<Value>>{{"a", time(10), 1.0},
                                                {"a", time(30), 2.0},
                                                {"a", time(50), Value{}},
                                                {"a", time(100), Value{}},
                                                {"b", time(10), Value{}},
                                                {"b", time(30), 1.0},
                                                {"b", time(50), 1.0},
                                                {"b", time(100), 1.0}});
}

}  // namespace
}  // namespace podium::test
