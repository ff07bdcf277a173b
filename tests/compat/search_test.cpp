#include <map>

#include "fixture.hpp"

using namespace podium::test;

namespace {

struct Runs : Podium {
  std::map<std::string, std::string> ids;
  void add(const std::string& name, std::int64_t start, const Json& tags = Json::array()) {
    ids[name] = run("0", {{"run_name", name}, {"start_time", start}, {"tags", tags}});
  }
  void metric(const std::string& name, const std::string& key, const Json& value) {
    call("/runs/log-metric",
         {{"run_id", ids[name]}, {"key", key}, {"value", value}, {"timestamp", 1}});
  }
  void param(const std::string& name, const std::string& key, const std::string& value) {
    call("/runs/log-parameter", {{"run_id", ids[name]}, {"key", key}, {"value", value}});
  }
  std::string names(Json body) {
    if (!body.contains("experiment_ids")) body["experiment_ids"] = {"0"};
    std::string out;
    const Json answer = call("/runs/search", body);
    for (const Json& run : answer.value("runs", Json::array()))
      out += run["info"]["run_name"].get<std::string>();
    return out;
  }
  std::string found(const std::string& filter) { return names({{"filter", filter}}); }
  std::string refusal(const std::string& filter) {
    return refused("/runs/search", {{"experiment_ids", {"0"}}, {"filter", filter}}).substr(25);
  }
};

}  // namespace

TEST_CASE("search: the default order, views and experiments") {
  Runs runs;
  runs.add("a", 10);
  runs.add("b", 30);
  runs.add("c", 20);
  CHECK(runs.found("") == "bca");
  runs.call("/runs/delete", {{"run_id", runs.ids["b"]}});
  CHECK(runs.found("") == "ca");
  CHECK(runs.names({{"run_view_type", "DELETED_ONLY"}}) == "b");
  CHECK(runs.names({{"run_view_type", 3}}) == "bca");
  CHECK(runs.names({{"experiment_ids", Json::array()}}).empty());
  CHECK(runs.names({{"experiment_ids", {"77"}}}).empty());
}

TEST_CASE("search: filters") {
  Runs runs;
  runs.add("a", 4, {{{"key", "t"}, {"value", "Blue"}}});
  runs.add("b", 3, {{{"key", "t"}, {"value", "red"}}, {{"key", "a b"}, {"value", "x"}}});
  runs.add("c", 2);
  runs.add("d", 1);
  runs.metric("a", "acc", 0.9);
  runs.metric("b", "acc", 0.5);
  runs.metric("c", "acc", "NaN");
  runs.param("a", "lr", "0.1");
  runs.param("b", "lr", "1e-1");
  runs.call("/runs/update", {{"run_id", runs.ids["d"]}, {"status", "FINISHED"}, {"end_time", 50}});

  CHECK(runs.found("metrics.acc > 0.6") == "a");
  CHECK(runs.found("metric.acc != 0.9") == "bc");
  CHECK(runs.found("params.lr = '0.1'") == "a");
  CHECK(runs.found("parameters.lr != '0.1'") == "b");
  CHECK(runs.found("param.lr IS NULL") == "cd");
  CHECK(runs.found("param.lr is not null") == "ab");
  CHECK(runs.found("tags.t LIKE 'B%'") == "a");
  CHECK(runs.found("tags.t LIKE 'b%'").empty());
  CHECK(runs.found("tags.t ILIKE 'b%'") == "a");
  CHECK(runs.found("tags.`a b` = 'x'") == "b");
  CHECK(runs.found("tags.\"a b\" = \"x\"") == "b");
  CHECK(runs.found("attributes.status = 'FINISHED'") == "d");
  CHECK(runs.found("status != 'FINISHED'") == "abc");
  CHECK(runs.found("status ILIKE 'fin%'") == "d");
  CHECK(runs.found("status = 'nonsense'").empty());
  CHECK(runs.found("start_time >= 2 AND start_time < 4") == "bc");
  CHECK(runs.found("end_time = 50") == "d");
  CHECK(runs.found("end_time != 1") == "d");
  CHECK(runs.found("run_name = 'c'") == "c");
  CHECK(runs.found("`Run name` LIKE 'c'") == "c");
  CHECK(runs.found("tags.mlflow.runName = 'c'") == "c");
  CHECK(runs.found("run_id IN ('" + runs.ids["a"] + "', '" + runs.ids["d"] + "')") == "ad");
  CHECK(runs.found("run_id NOT IN ('" + runs.ids["a"] + "')") == "bcd");
  CHECK(runs.found("metrics.acc > 0 AND params.lr = '0.1' and tags.t = 'Blue'") == "a");
}

TEST_CASE("search: reserved tags are looked for in their fields") {
  Runs runs;
  runs.add("a", 9);
  runs.ids["b"] = runs.run("0", {{"run_name", "b"},
                                 {"start_time", 8},
                                 {"user_id", "u"},
                                 {"tags",
                                  {{{"key", "mlflow.user"}, {"value", "u"}},
                                   {{"key", "mlflow.parentRunId"}, {"value", runs.ids["a"]}}}}});
  runs.ids["c"] = runs.run("0", {{"run_name", "c"},
                                 {"start_time", 7},
                                 {"user_id", "u"},
                                 {"tags",
                                  {{{"key", "mlflow.user"}, {"value", "v"}},
                                   {{"key", "mlflow.parentRunId"}, {"value", "gone"}}}}});
  CHECK(runs.found("tags.`mlflow.user` = 'u'") == "b");
  CHECK(runs.found("tags.`mlflow.user` != 'u'") == "c");
  CHECK(runs.found("tags.`mlflow.user` IS NULL") == "a");
  CHECK(runs.found("tags.`mlflow.user` IS NOT NULL") == "bc");
  CHECK(runs.found("user_id = 'u'") == "bc");
  CHECK(runs.found("tags.mlflow.parentRunId = '" + runs.ids["a"] + "'") == "b");
  CHECK(runs.found("tags.mlflow.parentRunId != '" + runs.ids["a"] + "'") == "c");
  CHECK(runs.found("tags.mlflow.parentRunId = 'gone'") == "c");
  CHECK(runs.found("tags.mlflow.parentRunId != 'gone'") == "b");
  CHECK(runs.found("tags.mlflow.parentRunId LIKE '%'") == "bc");
  CHECK(runs.found("tags.mlflow.parentRunId IS NULL") == "a");
}

TEST_CASE("search: orders") {
  Runs runs;
  for (const char* name : {"a", "b", "c", "d"}) runs.add(name, name[0]);
  runs.metric("a", "m", 2);
  runs.metric("b", "m", 1);
  runs.metric("c", "m", "NaN");
  runs.param("a", "p", "10");
  runs.param("b", "p", "9");
  const auto ordered = [&](Json by) { return runs.names({{"order_by", by}}); };
  CHECK(ordered({"metrics.m"}) == "bacd");
  CHECK(ordered({"metrics.m DESC"}) == "abcd");
  CHECK(ordered({"params.p"}) == "abdc");  // as texts, then by start
  CHECK(ordered({"params.p desc"}) == "badc");
  CHECK(ordered({"start_time"}) == "abcd");
  CHECK(ordered({"Created DESC"}) == "dcba");
  CHECK(ordered({"run_name DESC"}) == "dcba");
  CHECK(ordered({"tags.`mlflow.runName`"}) == "abcd");
  runs.call("/runs/update", {{"run_id", runs.ids["a"]}, {"status", "FINISHED"}});
  runs.call("/runs/update", {{"run_id", runs.ids["b"]}, {"status", "FAILED"}});
  runs.call("/runs/update", {{"run_id", runs.ids["c"]}, {"status", "SCHEDULED"}});
  CHECK(ordered({"status"}) == "badc");
  CHECK(ordered({"status DESC"}) == "cdab");
  std::string all, token;
  do {
    const Json page = runs.call("/runs/search", {{"experiment_ids", {"0"}},
                                                 {"order_by", {"status"}},
                                                 {"max_results", 1},
                                                 {"page_token", token}});
    for (const Json& run : page["runs"]) all += run["info"]["run_name"].get<std::string>();
    token = page.value("next_page_token", "");
  } while (!token.empty());
  CHECK(all == "badc");

  const auto refused = [&](Json by) {
    return runs.refused("/runs/search", {{"experiment_ids", {"0"}}, {"order_by", by}});
  };
  CHECK(refused({"created", "start_time"}) ==
        "INTERNAL_ERROR: `order_by` contains duplicate fields: ['created', 'start_time']");
  CHECK(refused({"metrics.m FOO"}) ==
        "INVALID_PARAMETER_VALUE: Invalid ordering key in order_by clause 'metrics.m FOO'.");
  CHECK(refused({"start_time, end_time"}) ==
        "INVALID_PARAMETER_VALUE: Invalid order_by clause 'start_time, end_time'. Could not be "
        "parsed.");
  CHECK(refused({"dataset.name"}) == "INVALID_PARAMETER_VALUE: Invalid identifier type 'dataset'");
  CHECK(refused({"x"}).find("Invalid attribute key 'x' specified. Valid keys are '{") !=
        std::string::npos);
}

TEST_CASE("search: pages hold everything once") {
  Runs runs;
  for (int i = 0; i < 7; ++i) runs.add(std::string(1, static_cast<char>('a' + i)), 5);
  std::string all, token;
  int pages = 0;
  do {
    const Json page = runs.call(
        "/runs/search", {{"experiment_ids", {"0"}}, {"max_results", 3}, {"page_token", token}});
    for (const Json& run : page["runs"]) all += run["info"]["run_name"].get<std::string>();
    token = page.value("next_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(pages == 3);
  CHECK(all.size() == 7);
  CHECK(all == runs.found(""));
  CHECK(runs.refused("/runs/search", {{"experiment_ids", {"0"}}, {"page_token", "xx"}}) ==
        "INVALID_PARAMETER_VALUE: Invalid page token, could not base64-decode");
  CHECK(runs.refused("/runs/search", {{"experiment_ids", {"0"}}, {"max_results", 50001}})
            .find("Invalid value 50001 for parameter 'max_results' supplied:  Hint: Value was of "
                  "type 'int'.") != std::string::npos);
  CHECK(runs.refused("/runs/search", {{"experiment_ids", {"0"}}, {"max_results", 0}}) ==
        "INVALID_PARAMETER_VALUE: Invalid value 0 for parameter 'max_results' supplied. It must be "
        "a positive integer");
}

TEST_CASE("search: filters refused in MLflow's words") {
  Runs runs;
  CHECK(runs.refusal("metrics.m > 'a'") == "Expected numeric value type for metric. Found 'a'");
  CHECK(runs.refusal("params.a = 5") ==
        "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 5");
  CHECK(runs.refusal("params.a IN ('x')") ==
        "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('x')");
  CHECK(runs.refusal("params.a > 'x'").find("Invalid comparator '>' not one of '{") == 0);
  CHECK(runs.refusal("params.a NOT LIKE 'x'").find("Invalid comparator 'NOT LIKE' not one of '{") ==
        0);
  CHECK(runs.refusal("params.a == 'x'").find("Invalid comparator '==' not one of '{") == 0);
  CHECK(runs.refusal("bogus.x = 'a'") ==
        "Invalid entity type 'bogus'. Valid values are ['metric', 'parameter', 'tag', 'attribute', "
        "'dataset']");
  CHECK(runs.refusal("x = 'a'").find("Invalid attribute key 'x' specified. Valid keys are '{") ==
        0);
  CHECK(runs.refusal("start_time > 'a'") ==
        "Expected numeric value type for numeric attribute: start_time. Found 'a'");
  CHECK(runs.refusal("metrics.a IS NULL") ==
        "IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'a'");
  CHECK(runs.refusal("status IN ('a')") ==
        "Only ['run_id'] attributes support comparison with a list of quoted string values.");
  CHECK(runs.refusal("run_id IN ()") ==
        "While parsing a list in the query, expected a non-empty list of string values, but got "
        "empty list");
  CHECK(runs.refusal("run_id IN (1)") ==
        "While parsing a list in the query, expected string value, punctuation, or whitespace, but "
        "got different type in list: (1,)");
  CHECK(runs.refusal("params.a = x") ==
        "Parameter value is either not quoted or unidentified quote types used for string value x. "
        "Use either single or double quotes.");
  CHECK(runs.refusal("params.a = 'b' OR params.c = 'd'") ==
        "Invalid clause(s) in filter string: 'OR'");
  CHECK(runs.refusal("(params.a = 'x')") ==
        "Invalid clause(s) in filter string: '(params.a = 'x')'");
  CHECK(runs.refusal("params.a") == "Invalid clause(s) in filter string: 'params.a'");
  CHECK(runs.refusal("NOT params.a = 'x'") == "Invalid clause(s) in filter string: 'NOT'");
  CHECK(runs.refusal("5 = params.a") ==
        "Invalid comparison clause. Expected 'Identifier' found '5'");
  CHECK(runs.refusal("params.a = 'x'; params.b = 'y'") ==
        "Search filter contained multiple expression \"params.a = 'x'; params.b = 'y'\". Provide "
        "AND-ed expression list.");
  CHECK(runs.refusal("dataset.foo = 'x'").find("Invalid dataset key 'foo' specified.") == 0);
}
