#include <limits>

#include "fixture.hpp"

using namespace podium::test;

namespace {

Json data(Podium& podium, const std::string& id) {
  return podium.ok("GET", "/runs/get?run_id=" + id)["run"]["data"];
}
const std::string docs = " See the API docs for more information about request parameters.";

}  // namespace

TEST_CASE("metrics: the latest is the greatest by step, time and value") {
  Podium podium;
  const std::string id = podium.run();
  const auto log = [&](Json value, std::int64_t time, std::int64_t step) {
    podium.call(
        "/runs/log-metric",
        {{"run_id", id}, {"key", "m"}, {"value", value}, {"timestamp", time}, {"step", step}});
  };
  log(1, 10, 5);
  log(2, 20, 4);
  CHECK(data(podium, id)["metrics"] ==
        Json::array({{{"key", "m"}, {"value", 1.0}, {"timestamp", 10}, {"step", 5}}}));
  log(3, 10, 5);
  CHECK(data(podium, id)["metrics"][0]["value"] == 3.0);
  log("NaN", 10, 6);
  CHECK(data(podium, id)["metrics"][0]["value"] == "NaN");
  log("-Infinity", 10, 7);
  CHECK(data(podium, id)["metrics"][0]["value"] == -std::numeric_limits<double>::max());
  log(0.5, 10, -3);
  log(0.5, 10, -3);
  CHECK(podium.ok("GET", "/metrics/get-history?metric_key=m&run_id=" + id)["metrics"].size() == 6);
}

TEST_CASE("metrics: leniency and refusals of log-metric") {
  Podium podium;
  const std::string id = podium.run();
  const Json good = {{"run_id", id}, {"key", "m"}, {"value", 1}, {"timestamp", 1}};
  const auto with = [&](const std::string& key, Json value) {
    Json body = good;
    if (value.is_null())
      body.erase(key);
    else
      body[key] = value;
    return body;
  };
  for (const auto& [key, value] : {std::pair<std::string, Json>{"value", true},
                                   {"value", "1.5"},
                                   {"timestamp", "17"},
                                   {"timestamp", 2.0},
                                   {"step", "4"},
                                   {"unknown", Json::array({1})},
                                   {"model_id", ""}}) {
    INFO(key << " " << value.dump());
    CHECK(podium.post(std::string(api) + "/runs/log-metric", with(key, value)).status == 200);
  }
  const auto refused = [&](const std::string& key, Json value) {
    return podium.refused("/runs/log-metric", with(key, value)).substr(25);
  };
  CHECK(refused("value", nullptr) == "Missing value for required parameter 'value'." + docs);
  CHECK(refused("timestamp", nullptr) ==
        "Missing value for required parameter 'timestamp'." + docs);
  CHECK(refused("value", "x") ==
        "Invalid value \"x\" for parameter 'value' supplied:  Hint: Value was of type 'str'." +
            docs);
  CHECK(refused("timestamp", -1) ==
        "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1.0). Timestamp "
        "must be a nonnegative long (64-bit integer) ");
  CHECK(refused("key", "a//b").find("This name would resolve to 'a/b'") != std::string::npos);
  CHECK(
      refused("key", "\xc3\xa9?")
          .find(
              "Invalid value \"\\u00e9?\" for parameter 'name' supplied: Names may only contain") ==
      0);
  CHECK(refused("key", std::string(251, 'k')) ==
        "'Metric name' exceeds the maximum length of 250 characters");
  CHECK(podium.refused("/runs/log-metric", with("run_id", "zz")) ==
        "RESOURCE_DOES_NOT_EXIST: Run with id=zz not found");
  CHECK(podium.refused("/runs/log-metric", with("model_id", "m-zz")).find("BAD_REQUEST") == 0);
}

TEST_CASE("params: written once") {
  Podium podium;
  const std::string id = podium.run();
  podium.call("/runs/log-parameter", {{"run_id", id}, {"key", "p"}, {"value", "1"}});
  podium.call("/runs/log-parameter", {{"run_id", id}, {"key", "p"}, {"value", "1"}});
  podium.call("/runs/log-parameter", {{"run_id", id}, {"key", "q"}});
  CHECK(podium.refused("/runs/log-parameter", {{"run_id", id}, {"key", "p"}, {"value", "2"}}) ==
        "INVALID_PARAMETER_VALUE: Changing param values is not allowed. Param with key='p' was "
        "already logged with value='1' for "
        "run ID='" +
            id + "'. Attempted logging new value '2'.");
  CHECK(
      podium.refused(
          "/runs/log-batch",
          {{"run_id", id},
           {"params", {{{"key", "p"}, {"value", "it's"}}, {{"key", "q"}, {"value", "a\"b'"}}}}}) ==
      "INVALID_PARAMETER_VALUE: Changing param values is not allowed. Params were already "
      "logged='[{'key': 'p', 'old_value': "
      "'1', 'new_value': \"it's\"}, {'key': 'q', 'old_value': '', 'new_value': 'a\"b\\''}]' for "
      "run ID='" +
          id + "'.");
  CHECK(data(podium, id)["params"] ==
        Json::array({{{"key", "p"}, {"value", "1"}}, {{"key", "q"}, {"value", ""}}}));
  podium.call("/runs/log-parameter",
              {{"run_id", id}, {"key", "long"}, {"value", std::string(7000, 'x')}});
  CHECK(data(podium, id)["params"][0]["value"].get<std::string>().size() == 6000);
}

TEST_CASE("log-batch: all or nothing") {
  Podium podium;
  const std::string id = podium.run();
  podium.call("/runs/log-parameter", {{"run_id", id}, {"key", "p"}, {"value", "1"}});
  CHECK(
      podium
          .refused("/runs/log-batch",
                   {{"run_id", id},
                    {"metrics", {{{"key", "m"}, {"value", 1}, {"timestamp", 1}}}},
                    {"params", {{{"key", "new"}, {"value", "1"}}, {{"key", "p"}, {"value", "2"}}}},
                    {"tags", {{{"key", "t"}, {"value", "1"}}}}})
          .find("INVALID") == 0);
  CHECK_FALSE(data(podium, id).contains("metrics"));
  CHECK(data(podium, id)["params"].size() == 1);
  CHECK(podium.call("/runs/log-batch", {{"run_id", id}}).empty());
  podium.call(
      "/runs/log-batch",
      {{"run_id", id},
       {"metrics",
        {{{"key", "m"}, {"value", 1}, {"timestamp", 1}},
         {{"key", "n"}, {"value", 2}, {"timestamp", 1}, {"step", 1}},
         {{"key", "m"}, {"value", 3}, {"timestamp", 2}, {"step", 1}}}},
       {"params", {{{"key", "new"}, {"value", "1"}}}},
       {"tags",
        {{{"key", "t"}, {"value", "1"}}, {{"key", "t"}, {"value", "2"}}, {{"key", "empty"}}}}});
  const Json now = data(podium, id);
  CHECK(now["metrics"].size() == 2);
  CHECK(now["params"].size() == 2);
  CHECK(now["tags"].size() == 3);
  bool last_wins = false;
  for (const Json& t : now["tags"]) last_wins |= t["key"] == "t" && t["value"] == "2";
  CHECK(last_wins);
}

TEST_CASE("log-batch: refusals name the entry") {
  Podium podium;
  const std::string id = podium.run();
  const auto refused = [&](Json body) {
    if (!body.contains("run_id")) body["run_id"] = id;
    return podium.refused("/runs/log-batch", body).substr(25);
  };
  CHECK(refused({{"metrics", {{{"key", ""}, {"value", 1}, {"timestamp", 1}}}}}) ==
        "Missing value for required parameter 'metrics[0].key'." + docs);
  CHECK(
      refused({{"metrics",
                {{{"key", "x"}, {"value", 1}, {"timestamp", 1}}, {{"key", "x"}, {"value", 1}}}}}) ==
      "Missing value for required parameter 'metrics[1].timestamp'." + docs);
  CHECK(refused({{"metrics", {{{"key", "x"}, {"value", 1}, {"timestamp", -1}}}}}) ==
        "Invalid value -1 for parameter 'metrics[0].timestamp' supplied: metric 'x' (value=1.0). "
        "Timestamp must be a nonnegative long (64-bit integer) ");
  CHECK(refused({{"metrics", {{{"key", "x?"}, {"value", 1}, {"timestamp", 1}}}}})
            .find("Invalid value \"x?\" for parameter 'metrics[0].name' supplied: Names may") == 0);
  CHECK(refused({{"tags", {{{"key", "a//b"}}}}}).find("for parameter 'tags[0].key' supplied") !=
        std::string::npos);
  CHECK(refused({{"metrics", "x"}}) ==
        "Invalid value \"x\" for parameter 'metrics' supplied:  Hint: Value was of type 'str'." +
            docs);
  CHECK(refused({{"run_id", "?"}}) == "Invalid value \"?\" for parameter 'run_id' supplied.");
  CHECK(refused({{"params", {{{"key", "p"}, {"value", "1"}}, {{"key", "p"}, {"value", "1"}}}}}) ==
        "Duplicate parameter keys have been submitted: ['p']. Please ensure the request contains "
        "only one param value per param key.");
  Json many = Json::array();
  for (int i = 0; i < 101; ++i) many.push_back({{"key", "k" + std::to_string(i)}, {"value", "1"}});
  CHECK(refused({{"params", many}}) ==
        "A batch logging request can contain at most 100 params. Got 101 params. Please split up "
        "params across multiple requests and try again.");
  Json metrics = Json::array();
  for (int i = 0; i < 1000; ++i) metrics.push_back({{"key", "m"}, {"value", i}, {"timestamp", i}});
  CHECK(refused({{"metrics", metrics}, {"tags", {{{"key", "t"}}}}}) ==
        "A batch logging request can contain at most 1000 metrics, params, and tags. Got 1001 "
        "metrics, params, and tags. Please "
        "split up metrics, params, and tags across multiple requests and try again.");
  CHECK(podium.post(std::string(api) + "/runs/log-batch", {{"run_id", id}, {"metrics", metrics}})
            .status == 200);
}

TEST_CASE("log-model: the legacy list in a tag") {
  Podium podium;
  const std::string id = podium.run();
  const Json model = {{"artifact_path", "model"},
                      {"flavors", {{"f", {{"config", 1}, {"x", 2}}}}},
                      {"utc_time_created", "t"},
                      {"run_id", id}};
  podium.call("/runs/log-model", {{"run_id", id}, {"model_json", model.dump()}});
  podium.call("/runs/log-model", {{"run_id", id}, {"model_json", model.dump()}});
  Json list;
  const Json now = data(podium, id);
  for (const Json& t : now["tags"])
    if (t["key"] == "mlflow.log-model.history") list = Json::parse(t["value"].get<std::string>());
  REQUIRE(list.size() == 2);
  CHECK(list[0]["flavors"] == Json{{"f", {{"x", 2}}}});
  CHECK(podium.refused("/runs/log-model", {{"run_id", id}, {"model_json", "{"}})
            .find("Malformed model info") != std::string::npos);
  CHECK(podium.refused("/runs/log-model", {{"run_id", id}, {"model_json", "{\"flavors\":{}}"}})
            .find("missing mandatory fields") != std::string::npos);
}
