#include "fixture.hpp"

using namespace podium::test;

namespace {
const std::string proxy = "/api/2.0/mlflow-artifacts/artifacts";
}

TEST_CASE("the proxy: put, list, get, delete") {
  Podium podium;
  const std::string bytes("a\0b\xff", 4);
  Answer put = podium.send({"PUT", proxy + "/0/x/d/a%20b.txt", bytes, {}});
  CHECK(put.status == 200);
  CHECK(put.body.empty());
  podium.send({"PUT", proxy + "/0/x/e.bin", "", {}});
  CHECK(podium.get(proxy + "?path=0/x").json()["files"] ==
        Json::array({{{"path", "d"}, {"is_dir", true}}, {{"path", "e.bin"}, {"is_dir", false}}}));
  CHECK(podium.get(proxy + "?path=0/x/d").json()["files"][0] ==
        Json{{"path", "a b.txt"}, {"is_dir", false}, {"file_size", 4}});
  CHECK(podium.get(proxy + "?path=nope").body == "{}");
  CHECK(podium.get(proxy).json()["files"][0]["path"] == "0");
  const Answer got = podium.get(proxy + "/0/x/d/a%20b.txt");
  CHECK(got.body == bytes);
  CHECK(got.type == "text/plain");
  CHECK(got.header("Content-Disposition") == "attachment; filename=\"a b.txt\"");
  CHECK(got.header("X-Content-Type-Options") == "nosniff");
  const Answer absent = podium.get(proxy + "/0/x/nope");
  CHECK(absent.status == 404);
  CHECK(absent.message() == "No such artifact: '0/x/nope'");
  const Answer folder = podium.get(proxy + "/0/x");
  CHECK(folder.status == 400);
  CHECK(folder.json()["detail"] == "Artifact path refers to a directory, not a file: '0/x'");
  CHECK(podium.send({"DELETE", proxy + "/0/x/d", "", {}}).body == "{}");
  CHECK(podium.get(proxy + "/0/x/d/a%20b.txt").status == 404);
  CHECK(podium.send({"DELETE", proxy + "/0/zzz", "", {}}).status == 200);
}

TEST_CASE("the proxy: what it refuses") {
  Podium podium;
  for (const char* path :
       {"/..%2fx", "/%2e%2e/x", "/a/%252e%252e/b", "/a%5cb", "/%2fetc/passwd", "/a%23b"}) {
    INFO(path);
    for (const char* method : {"GET", "PUT", "DELETE"}) {
      const Answer answer = podium.send({method, proxy + path, "x", {}});
      CHECK(answer.status == 400);
      CHECK(answer.message() == "Invalid path");
    }
  }
  CHECK(podium.get(proxy + "?path=../x").message() == "Invalid path");
  CHECK(podium.send({"PUT", proxy + "/0/x/", "x", {}}).json()["detail"] ==
        "Artifact path must include a filename (cannot end with '/').");
  CHECK(podium.send({"PUT", proxy + "/.artifact.uploading.x", "x", {}}).status == 400);
  for (const char* call : {"create", "complete", "abort"}) {
    const Answer answer = podium.post("/api/2.0/mlflow-artifacts/mpu/" + std::string(call) + "/a",
                                      {{"path", "a"}, {"parts", {1}}});
    CHECK(answer.status == 501);
    CHECK(answer.message() ==
          "Multipart upload is not supported for the current artifact repository");
  }
  CHECK(podium.get("/api/2.0/mlflow-artifacts/presigned/a").status == 501);
}

TEST_CASE("a run's artifacts") {
  Podium podium;
  const std::string id = podium.run();
  podium.send({"PUT", proxy + "/0/" + id + "/artifacts/d/a.txt", "hello", {}});
  const Json top = podium.ok("GET", "/artifacts/list?run_id=" + id);
  CHECK(top["root_uri"] == "mlflow-artifacts:/0/" + id + "/artifacts");
  CHECK(top["files"] == Json::array({{{"path", "d"}, {"is_dir", true}}}));
  CHECK(podium.ok("GET", "/artifacts/list?path=d&run_id=" + id)["files"] ==
        Json::array({{{"path", "d/a.txt"}, {"is_dir", false}, {"file_size", 5}}}));
  CHECK_FALSE(podium.ok("GET", "/artifacts/list?path=d/a.txt&run_id=" + id).contains("files"));
  CHECK(podium.get(std::string(api) + "/artifacts/list?run_id=zz").message() ==
        "Run with id=zz not found");
  CHECK(podium.get("/get-artifact?path=d/a.txt&run_id=" + id).body == "hello");
  CHECK(podium.get("/get-artifact?path=d/a.txt&run_uuid=" + id).body == "hello");
  CHECK(podium.get("/get-artifact?path=..%2f..%2fx&run_id=" + id).message() == "Invalid path");
  CHECK(podium.get("/get-artifact?path=d&run_id=" + id).error_code() == "INVALID_PARAMETER_VALUE");
  CHECK(podium.get("/get-artifact?path=zz&run_id=" + id).status == 404);

  const std::string upload = "/ajax-api/2.0/mlflow/upload-artifact?run_uuid=" + id;
  CHECK(podium.send({"POST", upload + "&path=u/b.txt", "up", {}}).status == 200);
  CHECK(podium.get("/get-artifact?path=u/b.txt&run_id=" + id).body == "up");
  CHECK(podium.send({"POST", upload, "up", {}}).message() == "Request must specify path.");
  CHECK(podium.send({"POST", upload + "&path=x", "", {}}).message() ==
        "Request must specify data.");
  CHECK(
      podium.send({"POST", upload + "&path=x", std::string((10u << 20) + 1, 'x'), {}}).message() ==
      "Artifact size is too large. Max size is 10MB.");
}

TEST_CASE("artifacts elsewhere are opened only where the configuration allows") {
  Podium podium;
  const auto run_at = [&](const std::string& uri) {
    static int n = 0;
    return podium.run(podium.call(
        "/experiments/create",
        {{"name", "e" + std::to_string(n++)}, {"artifact_location", uri}})["experiment_id"]);
  };
  CHECK(podium.get(std::string(api) + "/artifacts/list?run_id=" + run_at("file:///etc"))
            .error_code() == "PERMISSION_DENIED");
  CHECK(podium.get("/get-artifact?path=passwd&run_id=" + run_at("/etc")).error_code() ==
        "PERMISSION_DENIED");
  CHECK(
      podium.get(std::string(api) + "/artifacts/list?run_id=" + run_at("s3://b/p")).error_code() ==
      "NOT_IMPLEMENTED");
}

TEST_CASE("a model's artifacts") {
  Podium podium;
  const std::string id =
      podium.call("/logged-models", {{"experiment_id", "0"}})["model"]["info"]["model_id"];
  podium.send({"PUT", proxy + "/0/models/" + id + "/artifacts/MLmodel", "x", {}});
  CHECK(podium.ok("GET", "/logged-models/" + id + "/artifacts/directories")["files"] ==
        Json::array({{{"path", "MLmodel"}, {"is_dir", false}, {"file_size", 1}}}));
  CHECK(podium
            .get("/ajax-api/2.0/mlflow/logged-models/" + id +
                 "/artifacts/files?artifact_file_path=MLmodel")
            .body == "x");
  CHECK(podium.refused("/artifacts/presigned-upload-url", {{"model_id", id}, {"path", "a"}}) ==
        "INVALID_PARAMETER_VALUE: Presigned upload is not supported for proxied artifact storage "
        "(artifact URI scheme: "
        "mlflow-artifacts). This endpoint requires a direct cloud storage artifact URI.");
}
