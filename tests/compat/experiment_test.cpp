#include "fixture.hpp"

using namespace podium::test;

TEST_CASE("experiments: created, read, found by name") {
  Podium podium;
  const Json zero = podium.ok("GET", "/experiments/get?experiment_id=0")["experiment"];
  CHECK(zero["name"] == "Default");
  CHECK(zero["artifact_location"] == "mlflow-artifacts:/0");
  CHECK(zero["lifecycle_stage"] == "active");
  CHECK(zero["workspace"] == "default");
  CHECK(zero["creation_time"].is_number_integer());
  CHECK_FALSE(zero.contains("tags"));

  const std::string id =
      podium.call("/experiments/create",
                  {{"name", "a"}, {"tags", {{{"key", "k"}, {"value", "v"}}}}})["experiment_id"];
  CHECK(id == "1");
  CHECK(podium.ok("GET", "/experiments/get-by-name?experiment_name=a")["experiment"]["tags"] ==
        Json::array({{{"key", "k"}, {"value", "v"}}}));
  CHECK(podium.refused("/experiments/create", {{"name", "a"}}) ==
        "RESOURCE_ALREADY_EXISTS: Experiment(name=a) already exists.");
  CHECK(podium.get(std::string(api) + "/experiments/get-by-name?experiment_name=zz").message() ==
        "Could not find experiment with name 'zz'");
  CHECK(podium.get(std::string(api) + "/experiments/get?experiment_id=99").message() ==
        "No Experiment with id=99 exists");
  CHECK(podium.get(std::string(api) + "/experiments/get?experiment_id=abc").message() ==
        "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.");
  CHECK(podium.refused("/experiments/create", {{"name", std::string(501, 'x')}}) ==
        "INVALID_PARAMETER_VALUE: 'name' exceeds the maximum length of 500 characters");
}

TEST_CASE("experiments: locations") {
  Podium podium;
  const auto location = [&](const char* uri) {
    static int n = 0;
    const std::string id = podium.call(
        "/experiments/create",
        {{"name", "l" + std::to_string(n++)}, {"artifact_location", uri}})["experiment_id"];
    return podium
        .ok("GET", "/experiments/get?experiment_id=" + id)["experiment"]["artifact_location"]
        .get<std::string>();
  };
  CHECK(location("s3://b/p?x=y") == "s3://b/p?x=y");
  CHECK(location("/abs/path") == "/abs/path");
  CHECK(location("rel/path").front() == '/');
  const auto refused = [&](const char* uri) {
    return podium.refused("/experiments/create", {{"name", "x"}, {"artifact_location", uri}});
  };
  CHECK(refused("http://evil/x").find("cannot use the 'http' scheme") != std::string::npos);
  CHECK(refused("mlflow-artifacts://evil/x").find("cannot use the 'mlflow-artifacts' scheme") !=
        std::string::npos);
  CHECK(refused("file:///x#f") ==
        "INVALID_PARAMETER_VALUE: 'artifact_location' URL can't include fragments or params.");
  CHECK(refused("s3://b?p=%2e%2e") == "INVALID_PARAMETER_VALUE: Invalid query string");
  CHECK(refused("runs:/x").find("cannot be a runs:/ URI") != std::string::npos);
}

TEST_CASE("experiments: renamed, deleted with their runs, restored") {
  Podium podium;
  const std::string id = podium.experiment("a");
  const std::string run = podium.run(id), gone = podium.run(id);
  podium.call("/runs/delete", {{"run_id", gone}});
  podium.call("/experiments/update", {{"experiment_id", id}, {"new_name", "b"}});
  CHECK(podium.ok("GET", "/experiments/get?experiment_id=" + id)["experiment"]["name"] == "b");

  podium.call("/experiments/delete", {{"experiment_id", id}});
  CHECK(podium.ok("GET", "/experiments/get?experiment_id=" + id)["experiment"]["lifecycle_stage"] ==
        "deleted");
  CHECK(podium.ok("GET", "/runs/get?run_id=" + run)["run"]["info"]["lifecycle_stage"] == "deleted");
  CHECK(podium.refused("/experiments/delete", {{"experiment_id", id}}) ==
        "RESOURCE_DOES_NOT_EXIST: No Experiment with id=" + id + " exists");
  CHECK(podium.refused("/experiments/update", {{"experiment_id", id}, {"new_name", "c"}}) ==
        "INVALID_STATE: Cannot rename a non-active experiment.");
  CHECK(podium.refused("/experiments/set-experiment-tag",
                       {{"experiment_id", id}, {"key", "k"}, {"value", "v"}}) ==
        "INVALID_PARAMETER_VALUE: The experiment " + id +
            " must be in the 'active' state. Current state is deleted.");
  CHECK(podium.refused("/runs/create", {{"experiment_id", id}}) ==
        "INVALID_PARAMETER_VALUE: The experiment " + id +
            " must be in the 'active' state. Current state is deleted.");
  CHECK(podium.refused("/experiments/create", {{"name", "b"}}).find("RESOURCE_ALREADY_EXISTS") ==
        0);

  podium.call("/experiments/restore", {{"experiment_id", id}});
  // Also the run that was deleted before: so does MLflow.
  CHECK(podium.ok("GET", "/runs/get?run_id=" + gone)["run"]["info"]["lifecycle_stage"] == "active");
  CHECK(podium.refused("/experiments/restore", {{"experiment_id", id}}) ==
        "RESOURCE_DOES_NOT_EXIST: No Experiment with id=" + id + " exists");
}

TEST_CASE("experiments: tags, and the note that is the description") {
  Podium podium;
  const auto tags = [&] {
    return podium.ok("GET", "/experiments/get?experiment_id=0")["experiment"].value("tags",
                                                                                    Json::array());
  };
  const Json before =
      podium.ok("GET", "/experiments/get?experiment_id=0")["experiment"]["last_update_time"];
  podium.call("/experiments/set-experiment-tag",
              {{"experiment_id", "0"}, {"key", "k"}, {"value", "v"}});
  podium.call("/experiments/delete-experiment-tag", {{"experiment_id", "0"}, {"key", "k"}});
  CHECK(podium.ok("GET", "/experiments/get?experiment_id=0")["experiment"]["last_update_time"] ==
        before);
  podium.call("/experiments/set-experiment-tag",
              {{"experiment_id", "0"}, {"key", "mlflow.note.content"}, {"value", "n"}});
  CHECK(tags() == Json::array({{{"key", "mlflow.note.content"}, {"value", "n"}}}));
  CHECK(
      podium
          .call("/experiments/search",
                {{"max_results", 1}, {"filter", "tags.`mlflow.note.content` = 'n'"}})["experiments"]
          .size() == 1);
  CHECK(podium
            .call("/experiments/search",
                  {{"max_results", 1}, {"filter", "tags.`mlflow.note.content` IS NULL"}})
            .empty());
  podium.call("/experiments/delete-experiment-tag",
              {{"experiment_id", "0"}, {"key", "mlflow.note.content"}});
  CHECK(tags().empty());
  CHECK(podium.refused("/experiments/delete-experiment-tag",
                       {{"experiment_id", "0"}, {"key", "zz"}}) ==
        "RESOURCE_DOES_NOT_EXIST: No tag with name: zz in experiment with id 0");
  CHECK(
      podium.refused("/experiments/set-experiment-tag",
                     {{"experiment_id", "0"}, {"key", "k"}, {"value", std::string(20001, 'x')}}) ==
      "INVALID_PARAMETER_VALUE: 'value' exceeds the maximum length of 20000 characters");
}

TEST_CASE("experiments: searched, ordered, paged") {
  Podium podium;
  for (const char* name : {"c", "a", "b"}) podium.experiment(name);
  const auto names = [&](Json body) {
    body["max_results"] = body.value("max_results", 10);
    std::string out;
    const Json answer = podium.call("/experiments/search", body);
    for (const Json& e : answer.value("experiments", Json::array()))
      out += e["name"].get<std::string>() + " ";
    return out;
  };
  CHECK(names({{"order_by", {"name"}}}) == "Default a b c ");
  CHECK(names({{"order_by", {"name DESC"}}}) == "c b a Default ");
  CHECK(names({{"filter", "name LIKE '_'"}, {"order_by", {"experiment_id"}}}) == "c a b ");
  CHECK(names({{"filter", "experiment_id IN ('1', '2')"}, {"order_by", {"name"}}}) == "a c ");
  CHECK(names({{"view_type", "DELETED_ONLY"}}).empty());
  std::string token, all;
  int pages = 0;
  do {
    Json page = podium.call("/experiments/search",
                            {{"max_results", 1}, {"order_by", {"name"}}, {"page_token", token}});
    all += page["experiments"][0]["name"].get<std::string>() + " ";
    token = page.value("next_page_token", "");
    ++pages;
  } while (!token.empty());
  CHECK(all == "Default a b c ");
  CHECK(pages == 4);
  CHECK(podium.get(std::string(api) + "/experiments/search").message() ==
        "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer");
  CHECK(podium.ok("GET",
                  "/experiments/search?max_results=1&view_type=ALL&order_by=name")["experiments"][0]
                                                                                  ["name"] ==
        "Default");

  const auto refused = [&](const char* filter) {
    return podium.refused("/experiments/search", {{"max_results", 1}, {"filter", filter}})
        .substr(25);
  };
  CHECK(refused("name = 5") == "Expected a quoted string value for attributes. Got value 5");
  CHECK(refused("experiment_id > '1'") == "Invalid comparator for experiment_id: >");
  CHECK(refused("creation_time = 1.5") ==
        "Invalid value for numeric attribute 'creation_time': '1.5'");
  CHECK(refused("creation_time LIKE 'a'") ==
        "Expected numeric value type for numeric attribute: creation_time. Found 'a'");
  CHECK(refused("tag.a > 'x'") == "Invalid comparator for tag: >");
  CHECK(refused("name IS NULL") ==
        "IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'");
  CHECK(refused("metrics.a > 1") ==
        "Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')");
  CHECK(refused("name = 'a' OR name = 'b'") == "Invalid clause(s) in filter string: OR");
  CHECK(
      refused("name IN ('a')") ==
      "Only ['experiment_id'] attributes support comparison with a list of quoted string values.");
  CHECK(podium.refused("/experiments/search", {{"max_results", 1}, {"order_by", {"tag.a"}}}) ==
        "INVALID_PARAMETER_VALUE: Invalid order_by entity: tag");
}
