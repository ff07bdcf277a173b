// How requests' fields are read: leniently, and refused in MLflow's words.
#include "fixture.hpp"

using namespace podium::test;

namespace {
const std::string docs = " See the API docs for more information about request parameters.";
}

TEST_CASE("a body of the wrong type, or none, is refused") {
  Podium podium;
  CHECK(podium.refused("/experiments/create", Json::object()) ==
        "INVALID_PARAMETER_VALUE: Missing value for required parameter 'name'." + docs);
  CHECK(podium.refused("/experiments/create", {{"name", 123}}) ==
        "INVALID_PARAMETER_VALUE: Invalid value 123 for parameter 'name' supplied:  Hint: Value "
        "was of type 'int'." +
            docs);
  CHECK(podium.refused("/experiments/create", {{"name", ""}}) ==
        "INVALID_PARAMETER_VALUE: Missing value for required parameter 'name'." + docs);
  for (const char* body : {"{\"bad", "[]", "", "null", "\"x\""}) {
    INFO(body);
    const Answer answer = podium.send({"POST", std::string(api) + "/experiments/create", body, {}});
    CHECK(answer.status == 400);
    CHECK(answer.message() == "Missing value for required parameter 'name'." + docs);
  }
  CHECK(podium
            .send({"POST",
                   std::string(api) + "/experiments/create",
                   "{}",
                   {{"Content-Type", "text/plain"}}})
            .message() == "Bad Request. Content-Type must be one of ['application/json'].");
  CHECK(podium
            .send({"POST",
                   std::string(api) + "/experiments/create",
                   R"({"name":"a"})",
                   {{"Content-Type", "application/json; charset=utf-8"}}})
            .status == 200);
}

TEST_CASE("a body that is nested too deeply is no JSON") {
  Podium podium;
  std::string deep =
      R"({"name":"x","extra":)" + std::string(100, '[') + std::string(100, ']') + "}";
  CHECK(podium.send({"POST", std::string(api) + "/experiments/create", deep, {}}).status == 400);
  deep = R"({"run_id":"x","metrics":)" + std::string(100'000, '[');
  CHECK(podium.send({"POST", std::string(api) + "/runs/log-batch", deep, {}}).status == 400);
}

TEST_CASE("a body encoded twice is decoded twice") {
  Podium podium;
  const std::string once = Json{{"name", "twice"}}.dump();
  const Answer answer =
      podium.send({"POST", std::string(api) + "/experiments/create", Json(once).dump(), {}});
  CHECK(answer.status == 200);
}

TEST_CASE("optional fields are known by both names, but not by both at once") {
  Podium podium;
  const std::string id = podium.call(
      "/experiments/create", {{"name", "a"}, {"artifactLocation", "s3://b/p"}})["experiment_id"];
  CHECK(podium.ok("GET", "/experiments/get?experiment_id=" +
                             id)["experiment"]["artifact_location"] == "s3://b/p");
  CHECK(podium.refused(
            "/experiments/create",
            {{"name", "b"}, {"artifactLocation", "s3://x"}, {"artifact_location", "s3://y"}}) ==
        "INVALID_PARAMETER_VALUE: Request specifies both 'artifact_location' and "
        "'artifactLocation'; provide only one of them.");
  // What is required is looked for by its own name.
  CHECK(podium.refused("/runs/delete", {{"runId", "x"}}) ==
        "INVALID_PARAMETER_VALUE: Missing value for required parameter 'run_id'." + docs);
}

TEST_CASE("numbers may be texts, enums names or numbers") {
  Podium podium;
  Json run = podium.call("/runs/create", {{"experiment_id", "0"}, {"start_time", "17"}})["run"];
  CHECK(run["info"]["start_time"] == 17);
  const std::string id = run["info"]["run_id"];
  CHECK(podium.call("/runs/update",
                    {{"run_id", id}, {"status", 3}, {"end_time", 5.0}})["run_info"]["status"] ==
        "FINISHED");
  CHECK(podium.call("/runs/update",
                    {{"run_uuid", id}, {"status", "FAILED"}})["run_info"]["status"] == "FAILED");
  CHECK(podium.call("/runs/update", {{"run_id", id}, {"status", "5"}})["run_info"]["status"] ==
        "KILLED");
  CHECK(podium.refused("/runs/update", {{"run_id", id}, {"status", "BOGUS"}}) ==
        "INVALID_PARAMETER_VALUE: Invalid value \"BOGUS\" for parameter 'status' supplied:  Hint: "
        "Value was of type 'str'." +
            docs);
  CHECK(podium.refused("/runs/create", {{"experiment_id", "0"}, {"start_time", "x"}}) ==
        "INVALID_PARAMETER_VALUE: Invalid value \"x\" for parameter 'start_time' supplied:  Hint: "
        "Value was of type 'str'." +
            docs);
  CHECK(podium.refused("/runs/create", {{"experiment_id", "0"}, {"start_time", 1.5}}) ==
        "INVALID_PARAMETER_VALUE: Invalid value 1.5 for parameter 'start_time' supplied:  Hint: "
        "Value was of type 'float'." +
            docs);
  CHECK(podium.refused("/experiments/search",
                       {{"max_results", {{"b", 1}, {"a", Json::array({true, nullptr, 0.5})}}}}) ==
        "INVALID_PARAMETER_VALUE: Invalid value {\"a\":[true,null,0.5],\"b\":1} for parameter "
        "'max_results' supplied:  Hint: "
        "Value was of type 'dict'." +
            docs);
}

TEST_CASE("a GET reads its query string, or without one its body") {
  Podium podium;
  CHECK(podium.get(std::string(api) + "/experiments/get?experiment_id=%2000").status == 200);
  CHECK(podium.send({"GET", std::string(api) + "/experiments/get", R"({"experiment_id":"0"})", {}})
            .status == 200);
  CHECK(
      podium
          .send({"GET", std::string(api) + "/experiments/get?x=y", R"({"experiment_id":"0"})", {}})
          .message() == "Missing value for required parameter 'experiment_id'." + docs);
}

TEST_CASE("an unknown path and a wrong method are answered with pages") {
  Podium podium;
  const Answer unknown = podium.get("/api/2.0/mlflow/nope");
  CHECK(unknown.status == 404);
  CHECK(unknown.type == "text/html; charset=utf-8");
  CHECK(unknown.body.find("error_code") == std::string::npos);
  CHECK(podium.post("/api/2.0/mlflow/experiments/get", {}).status == 405);
}
