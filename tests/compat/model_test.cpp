#include <chrono>
#include <map>

#include "fixture.hpp"

using namespace podium::test;

namespace {

const std::string models = "/logged-models";

std::string create(Podium& podium, const Json& more = Json::object()) {
  Json body = more;
  body["experiment_id"] = "0";
  return podium.call(models, body)["model"]["info"]["model_id"];
}

}  // namespace

TEST_CASE("logged models: created, finished, deleted") {
  Podium podium;
  const Json model = podium.call(models, {{"experiment_id", "0"},
                                          {"name", "n"},
                                          {"model_type", "t"},
                                          {"source_run_id", "r"},
                                          {"params", {{{"key", "p"}, {"value", "1"}}}},
                                          {"tags", {{{"key", "t"}, {"value", "v"}}}}})["model"];
  const std::string id = model["info"]["model_id"];
  CHECK(id.substr(0, 2) == "m-");
  CHECK(model["info"]["artifact_uri"] == "mlflow-artifacts:/0/models/" + id + "/artifacts");
  CHECK(model["info"]["status"] == "LOGGED_MODEL_PENDING");
  CHECK(model["info"]["model_type"] == "t");
  CHECK(model["info"]["source_run_id"] == "r");
  CHECK(model["data"]["params"] == Json::array({{{"key", "p"}, {"value", "1"}}}));
  CHECK(
      podium.ok("PATCH", models + "/" + id,
                {{"model_id", id}, {"status", "LOGGED_MODEL_READY"}})["model"]["info"]["status"] ==
      "LOGGED_MODEL_READY");
  podium.ok("POST", models + "/" + id + "/params",
            {{"model_id", id}, {"params", {{{"key", "q"}, {"value", "2"}}}}});
  CHECK(podium
            .refused(models + "/" + id + "/params",
                     {{"model_id", id}, {"params", {{{"key", "q"}, {"value", "2"}}}}})
            .find("BAD_REQUEST") == 0);
  podium.ok("PATCH", models + "/" + id + "/tags", {{"tags", {{{"key", "x"}, {"value", "1"}}}}});
  podium.ok("DELETE", models + "/" + id + "/tags/x");
  CHECK(podium.send({"DELETE", api + models + "/" + id + "/tags/x", "", {}}).message() ==
        "No tag with key 'x' found for model with ID '" + id + "'.");
  CHECK(podium.ok("GET", models + "/" + id)["model"]["info"]["tags"].size() == 1);
  podium.ok("DELETE", models + "/" + id);
  podium.ok("DELETE", models + "/" + id);  // it stays deleted
  CHECK(podium.get(api + models + "/" + id).message() ==
        "Logged model with ID '" + id + "' not found.");
  CHECK(podium.ok("GET", models + "/" + id + "?allow_deleted=true")["model"]["info"]["name"] ==
        "n");
  CHECK(podium.refused(models, {{"experiment_id", "0"}, {"name", "a/b"}}) ==
        "INVALID_PARAMETER_VALUE: Invalid model name ('a/b') provided. Model name must be a "
        "non-empty string and cannot contain "
        "the following characters: ('/', ':', '.', '%', '\"', \"'\")");
}

TEST_CASE("logged models: metrics by run and data set") {
  Podium podium;
  const std::string model = create(podium), run = podium.run();
  podium.call("/runs/log-metric", {{"run_id", run},
                                   {"key", "acc"},
                                   {"value", "NaN"},
                                   {"timestamp", 1},
                                   {"model_id", model},
                                   {"dataset_name", "d"},
                                   {"dataset_digest", "x"}});
  podium.call("/runs/log-batch",
              {{"run_id", run},
               {"metrics",
                {{{"key", "acc"}, {"value", 0.5}, {"timestamp", 2}, {"model_id", model}},
                 {{"key", "acc"}, {"value", 0.7}, {"timestamp", 3}}}}});
  const Json metrics = podium.ok("GET", models + "/" + model)["model"]["data"]["metrics"];
  REQUIRE(metrics.size() == 2);
  Json on_data = metrics[0].contains("dataset_name") ? metrics[0] : metrics[1];
  CHECK(on_data == Json{{"key", "acc"},
                        {"value", 0.0},
                        {"timestamp", 1},
                        {"step", 0},
                        {"dataset_name", "d"},
                        {"dataset_digest", "x"},
                        {"model_id", model},
                        {"run_id", run}});
  const Json run_metrics = podium.ok("GET", "/runs/get?run_id=" + run)["run"]["data"]["metrics"];
  REQUIRE(run_metrics.size() == 1);
  CHECK(run_metrics[0]["value"] == 0.7);
  CHECK(podium.ok("GET", "/metrics/get-history?metric_key=acc&run_id=" + run)["metrics"].size() ==
        3);
}

TEST_CASE("logged models: searched") {
  Podium podium;
  const std::string run = podium.run();
  std::map<std::string, std::string> ids;
  const auto millisecond = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
  };
  for (const char* name : {"a", "b", "c"}) {
    ids[name] = create(podium, {{"name", name}, {"params", {{{"key", "p"}, {"value", name}}}}});
    for (const auto made = millisecond(); millisecond() == made;) {  // each in one of its own
    }
  }
  const auto metric = [&](const std::string& name, double value, std::int64_t time,
                          const std::string& dataset) {
    Json body = {{"run_id", run},
                 {"key", "acc"},
                 {"value", value},
                 {"timestamp", time},
                 {"model_id", ids[name]}};
    if (!dataset.empty()) body["dataset_name"] = dataset, body["dataset_digest"] = "x";
    podium.call("/runs/log-metric", body);
  };
  metric("a", 0.9, 1, "d");
  metric("a", 0.1, 2, "");
  metric("b", 0.5, 1, "e");
  const auto names = [&](Json body) {
    body["experiment_ids"] = {"0"};
    std::string out;
    const Json answer = podium.call(models + "/search", body);
    for (const Json& m : answer.value("models", Json::array()))
      out += m["info"]["name"].get<std::string>();
    return out;
  };
  CHECK(names(Json::object()) == "cba");
  CHECK(names({{"filter", "name = 'a'"}}) == "a");
  CHECK(names({{"filter", "params.p IN ('a', 'c') AND name LIKE '%'"}}) == "ca");
  CHECK(names({{"filter", "metrics.acc > 0.6"}}) == "a");
  CHECK(names({{"filter", "metrics.acc < 0.2"}}) == "a");
  CHECK(names({{"filter", "metrics.acc = 0.5"}}) == "b");
  CHECK(names({{"filter", "metrics.acc >= 0.1"}, {"datasets", {{{"dataset_name", "e"}}}}}) == "b");
  CHECK(names({{"datasets", {{{"dataset_name", "d"}, {"dataset_digest", "x"}}}}}) == "a");
  CHECK(names({{"order_by", {{{"field_name", "name"}}}}}) == "abc");
  CHECK(names({{"order_by", {{{"field_name", "metrics.acc"}}}}}) == "abc");  // a's latest is 0.1
  CHECK(names({{"order_by", {{{"field_name", "metrics.acc"}, {"ascending", false}}}}}) == "bac");
  CHECK(names({{"order_by", {{{"field_name", "metrics.acc"}, {"dataset_name", "d"}}}}}) == "acb");
  CHECK(names({{"order_by",
                {{{"field_name", "name"}, {"ascending", false}},
                 {{"field_name", "metrics.acc"}}}}}) == "cba");
  for (const Json& order : {Json::array(), Json::array({{{"field_name", "metrics.acc"}}})}) {
    std::string all, token;
    do {
      const Json page = podium.call(models + "/search", {{"experiment_ids", {"0"}},
                                                         {"max_results", 2},
                                                         {"order_by", order},
                                                         {"page_token", token}});
      for (const Json& m : page["models"]) all += m["info"]["name"].get<std::string>();
      token = page.value("next_page_token", "");
      if (!token.empty())
        CHECK(podium.refused(
                  models + "/search",
                  {{"experiment_ids", {"0", "1"}}, {"order_by", order}, {"page_token", token}}) ==
              "INVALID_PARAMETER_VALUE: Experiment IDs in the page token do not match the "
              "requested experiment IDs. Expected: "
              "['0', '1']. Found: ['0']");
    } while (!token.empty());
    CHECK(all == (order.empty() ? "cba" : "abc"));
  }
  const auto refused = [&](const char* filter) {
    return podium.refused(models + "/search", {{"experiment_ids", {"0"}}, {"filter", filter}})
        .substr(25);
  };
  CHECK(refused("metric.acc > 0.1") ==
        "Invalid entity type: 'metric'. Expected one of ['attributes', 'metrics', 'params', "
        "'tags'].");
  CHECK(refused("metrics.acc LIKE 'x'") ==
        "Invalid comparison operator for metrics.acc: 'LIKE'. Expected one of ('<', '<=', '>', "
        "'>=', '=', '!=').");
  CHECK(refused("name = 'ab' OR name = 'c'") ==
        "Invalid filter string: \"name = 'ab' OR name = 'c'\". Expected a list of comparisons "
        "separated by 'AND' (e.g. 'metrics.loss > 0.1 AND params.lr = 0.01').");
  CHECK(podium.refused(models + "/search",
                       {{"experiment_ids", {"0"}}, {"order_by", {{{"field_name", "bogus"}}}}}) ==
        "INVALID_PARAMETER_VALUE: Invalid order by field name: bogus");
  CHECK(podium.refused(models + "/search", Json::object())
            .find("Missing value for required parameter 'experiment_ids'.") != std::string::npos);
}
