#include "fixture.hpp"

using namespace podium::test;

namespace {

std::string tag(const Json& run, const std::string& key) {
  for (const Json& t : run["data"].value("tags", Json::array()))
    if (t["key"] == key) return t["value"];
  return "<none>";
}

Json get(Podium& podium, const std::string& id) {
  return podium.ok("GET", "/runs/get?run_id=" + id)["run"];
}

}  // namespace

TEST_CASE("runs: created as MLflow creates them") {
  Podium podium;
  const Json run = podium.call("/runs/create", {{"experiment_id", "0"}})["run"];
  const Json& info = run["info"];
  const std::string id = info["run_id"];
  CHECK(id.size() == 32);
  CHECK(info["run_uuid"] == id);
  CHECK(info["experiment_id"] == "0");
  CHECK(info["user_id"] == "");
  CHECK(info["status"] == "RUNNING");
  CHECK(info["start_time"] == 0);
  CHECK_FALSE(info.contains("end_time"));
  CHECK(info["artifact_uri"] == "mlflow-artifacts:/0/" + id + "/artifacts");
  CHECK(info["lifecycle_stage"] == "active");
  CHECK(run["data"] == Json{{"tags", {{{"key", "mlflow.runName"}, {"value", info["run_name"]}}}}});
  CHECK(run["inputs"] == Json::object());
  CHECK_FALSE(run.contains("outputs"));
  const Json again = get(podium, id);
  CHECK(again["info"] == info);
  CHECK(again["data"] == run["data"]);
  CHECK(again["outputs"] == Json::object());
}

TEST_CASE("runs: refused") {
  Podium podium;
  CHECK(podium.refused("/runs/create", Json::object()).find("BAD_REQUEST") == 0);
  CHECK(podium.refused("/runs/create", {{"experiment_id", "abc"}}) ==
        "INVALID_PARAMETER_VALUE: Invalid experiment ID 'abc'. Experiment ID must be a valid "
        "integer.");
  CHECK(podium.refused("/runs/create", {{"experiment_id", "9"}}) ==
        "RESOURCE_DOES_NOT_EXIST: No Experiment with id=9 exists");
  CHECK(podium.refused("/runs/create", {{"experiment_id", "0"},
                                        {"run_name", "n"},
                                        {"tags", {{{"key", "mlflow.runName"}, {"value", "m"}}}}}) ==
        "INVALID_PARAMETER_VALUE: Both 'run_name' argument and 'mlflow.runName' tag are specified, "
        "but with different values "
        "(run_name='n', mlflow.runName='m').");
  CHECK(podium
            .refused("/runs/create",
                     {{"experiment_id", "0"}, {"tags", {{{"key", "a"}}, {{"key", "a"}}}}})
            .find("BAD_REQUEST") == 0);
  CHECK(podium.get(std::string(api) + "/runs/get?run_id=zz").message() ==
        "Run with id=zz not found");
  CHECK(podium.refused("/runs/update", {{"run_id", "zz"}, {"status", "FINISHED"}}) ==
        "RESOURCE_DOES_NOT_EXIST: Run with id=zz not found");
}

TEST_CASE("runs: reserved tags are fields, shown as tags") {
  Podium podium;
  const std::string parent = podium.run();
  const Json tags = {{{"key", "mlflow.user"}, {"value", "bob"}},
                     {{"key", "mlflow.source.name"}, {"value", "train.py"}},
                     {{"key", "mlflow.source.type"}, {"value", "LOCAL"}},
                     {{"key", "mlflow.source.git.commit"}, {"value", "c0"}},
                     {{"key", "mlflow.parentRunId"}, {"value", parent}},
                     {{"key", "mlflow.note.content"}, {"value", "a note"}},
                     {{"key", "own"}, {"value", "x"}}};
  const std::string id = podium.run("0", {{"user_id", "bob"}, {"run_name", "n"}, {"tags", tags}});
  const Json run = get(podium, id);
  for (const Json& t : tags) CHECK(tag(run, t["key"]) == t["value"]);
  CHECK(tag(run, "mlflow.runName") == "n");
  CHECK(run["data"]["tags"].size() == tags.size() + 1);

  podium.call("/runs/set-tag", {{"run_id", id}, {"key", "mlflow.user"}, {"value", "eve"}});
  CHECK(tag(get(podium, id), "mlflow.user") == "eve");
  CHECK(get(podium, id)["info"]["user_id"] == "bob");
  podium.call("/runs/set-tag", {{"run_id", id}, {"key", "mlflow.user"}, {"value", "bob"}});
  CHECK(tag(get(podium, id), "mlflow.user") == "bob");
  podium.call("/runs/set-tag",
              {{"run_id", id}, {"key", "mlflow.parentRunId"}, {"value", "nobody"}});
  CHECK(tag(get(podium, id), "mlflow.parentRunId") == "nobody");
  podium.call("/runs/set-tag", {{"run_id", id}, {"key", "mlflow.parentRunId"}, {"value", parent}});
  CHECK(tag(get(podium, id), "mlflow.parentRunId") == parent);
  CHECK(get(podium, id)["data"]["tags"].size() == tags.size() + 1);

  for (const Json& t : tags) {
    podium.call("/runs/delete-tag", {{"run_id", id}, {"key", t["key"]}});
    CHECK(podium.refused("/runs/delete-tag", {{"run_id", id}, {"key", t["key"]}}) ==
          "RESOURCE_DOES_NOT_EXIST: No tag with name: " + t["key"].get<std::string>() +
              " in run with id " + id);
  }
  CHECK(get(podium, id)["data"]["tags"] ==
        Json::array({{{"key", "mlflow.runName"}, {"value", "n"}}}));
}

TEST_CASE("runs: the name and its tag go together") {
  Podium podium;
  const std::string id =
      podium.run("0", {{"tags", {{{"key", "mlflow.runName"}, {"value", "first"}}}}});
  CHECK(get(podium, id)["info"]["run_name"] == "first");
  podium.call("/runs/update", {{"run_id", id}, {"run_name", "second"}});
  CHECK(tag(get(podium, id), "mlflow.runName") == "second");
  podium.call("/runs/set-tag", {{"run_id", id}, {"key", "mlflow.runName"}, {"value", "third"}});
  CHECK(get(podium, id)["info"]["run_name"] == "third");
  podium.call("/runs/set-tag", {{"run_id", id}, {"key", "mlflow.runName"}, {"value", ""}});
  CHECK(get(podium, id)["info"]["run_name"] == "third");
  podium.call("/runs/log-batch",
              {{"run_id", id}, {"tags", {{{"key", "mlflow.runName"}, {"value", "fourth"}}}}});
  CHECK(get(podium, id)["info"]["run_name"] == "fourth");
}

TEST_CASE("runs: any status at any time, the end as it is told") {
  Podium podium;
  const std::string id = podium.run();
  const auto update = [&](Json body) {
    body["run_id"] = id;
    return podium.call("/runs/update", body)["run_info"];
  };
  Json info = update({{"status", "FINISHED"}, {"end_time", 5}});
  CHECK(info["status"] == "FINISHED");
  CHECK(info["end_time"] == 5);
  info = update({{"status", "RUNNING"}});
  CHECK(info["status"] == "RUNNING");
  CHECK(info["end_time"] == 5);
  CHECK(update({{"status", "SCHEDULED"}})["status"] == "SCHEDULED");
  CHECK(update({{"status", "FAILED"}})["status"] == "FAILED");
  CHECK(update({{"status", "FAILED"}})["status"] == "FAILED");
  CHECK(update({{"status", "KILLED"}})["status"] == "KILLED");
  CHECK(update({{"end_time", 9}})["end_time"] == 9);
}

TEST_CASE("runs: deleted and restored, any number of times") {
  Podium podium;
  const std::string id = podium.run();
  for (int i = 0; i < 2; ++i) podium.call("/runs/delete", {{"run_id", id}});
  CHECK(get(podium, id)["info"]["lifecycle_stage"] == "deleted");
  const std::string refusal = "INVALID_PARAMETER_VALUE: The run " + id +
                              " must be in the 'active' state. Current state is deleted.";
  CHECK(podium.refused("/runs/update", {{"run_id", id}, {"status", "FINISHED"}}) == refusal);
  CHECK(podium.refused("/runs/log-metric",
                       {{"run_id", id}, {"key", "m"}, {"value", 1}, {"timestamp", 1}}) == refusal);
  CHECK(podium.refused("/runs/set-tag", {{"run_id", id}, {"key", "m"}, {"value", "x"}}) == refusal);
  CHECK(podium.refused("/runs/delete-tag", {{"run_id", id}, {"key", "m"}}) == refusal);
  CHECK(podium.refused("/runs/log-inputs", {{"run_id", id}, {"datasets", Json::array()}}) ==
        refusal);
  for (int i = 0; i < 2; ++i) podium.call("/runs/restore", {{"run_id", id}});
  CHECK(get(podium, id)["info"]["lifecycle_stage"] == "active");
}

TEST_CASE("runs: data sets and models they read and made") {
  Podium podium;
  const std::string a = podium.run(), b = podium.run();
  const Json dataset = {
      {"name", "d"}, {"digest", "x"}, {"source_type", "s"}, {"source", "u"}, {"schema", "{}"}};
  const Json input = {
      {"dataset", dataset},
      {"tags",
       {{{"key", "mlflow.data.context"}, {"value", "train"}}, {{"key", "k"}, {"value", "v"}}}}};
  podium.call("/runs/log-inputs",
              {{"run_id", a}, {"datasets", {input, input}}, {"models", {{{"model_id", "m-1"}}}}});
  Json other = input;
  other["dataset"]["schema"] = "changed";
  other["tags"][0]["value"] = "test";
  podium.call("/runs/log-inputs", {{"run_id", a}, {"datasets", {other}}});
  podium.call("/runs/log-inputs", {{"run_id", b}, {"datasets", {other}}});
  podium.call("/runs/outputs", {{"run_id", a}, {"models", {{{"model_id", "m-2"}, {"step", 3}}}}});

  const Json run = get(podium, a);
  REQUIRE(run["inputs"]["dataset_inputs"].size() == 1);
  CHECK(run["inputs"]["dataset_inputs"][0]["dataset"] == dataset);
  CHECK(run["inputs"]["dataset_inputs"][0]["tags"].size() == 2);
  CHECK(run["inputs"]["model_inputs"] == Json::array({{{"model_id", "m-1"}}}));
  CHECK(run["outputs"]["model_outputs"] == Json::array({{{"model_id", "m-2"}, {"step", 3}}}));
  CHECK(get(podium, b)["inputs"]["dataset_inputs"][0]["dataset"] == dataset);

  const Answer summaries =
      podium.post("/ajax-api/2.0/mlflow/experiments/search-datasets", {{"experiment_ids", {"0"}}});
  CHECK(summaries.json()["dataset_summaries"].size() == 2);
  CHECK(podium.post("/ajax-api/2.0/mlflow/experiments/search-datasets", Json::object()).message() ==
        "SearchDatasets request must specify at least one experiment_id.");
  const auto found = [&](const std::string& filter) {
    return podium.call("/runs/search", {{"experiment_ids", {"0"}}, {"filter", filter}})
        .value("runs", Json::array())
        .size();
  };
  CHECK(found("dataset.name = 'd'") == 2);
  CHECK(found("datasets.context = 'train'") == 1);
  CHECK(found("dataset.digest IN ('x', 'y') AND dataset.name LIKE 'd%'") == 2);
  CHECK(found("dataset.name != 'd'") == 0);
}
