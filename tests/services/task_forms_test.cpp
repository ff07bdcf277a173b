// What is done to tasks and queues, over the routes.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;
using enum TaskState;

namespace {

struct Fixture : Host {
  Api api{*this};
  Ordinal p = project("p");

  std::string path(const std::string& id, const std::string& form = {}) const {
    return "/api/v1/tasks/" + id + (form.empty() ? "" : "/" + form);
  }
  Json post(const std::string& target, const Json& body = Json::object()) {
    return api("POST", target, body).json;
  }
  std::string make_queue(const std::string& name) {
    return post("/api/v1/queues", {{"name", name}})["id"];
  }
};

}  // namespace

TEST_CASE("a task with all its fields, made and answered") {
  Fixture h;
  const std::string other = h.task(h.p);
  Json body = {{"project", "0"},
               {"name", "x"},
               {"type", "testing"},
               {"derived_from", other},
               {"diff", "+x"},
               {"requirements", {{"pip", "numpy"}}},
               {"properties", {{"reviewed", "yes"}}},
               {"configuration", {{"model", "layers: 3"}}},
               {"container", {{"image", "debian:12"}}}};
  for (const char* name : {"source_tag", "entry_point", "working_dir", "binary", "commit", "user",
                           "output_destination"})
    body[name] = std::string("my ") + name;
  const Json made = h.post("/api/v1/tasks", body);
  for (const auto& [name, value] : body.items()) {
    INFO(name);
    CHECK(made[name] == value);
  }
  const std::string id = made["id"];
  const Json edited = h.api("PATCH", h.path(id),
                            {{"diff", nullptr},
                             {"requirements", {{"uv", "torch"}}},
                             {"container", {{"image", nullptr}, {"arguments", "--rm"}}},
                             {"derived_from", nullptr}})
                          .json;
  CHECK(!edited.contains("diff"));
  CHECK(edited["requirements"] == Json({{"uv", "torch"}}));
  CHECK(edited["container"] == Json({{"arguments", "--rm"}}));
  CHECK(!edited.contains("derived_from"));
  const auto history = h.api("GET", h.path(id, "history")).json["history"];
  CHECK(history.back()["old"]["diff"] == "+x");
  CHECK(history.back()["new"]["diff"] == nullptr);
  CHECK(error_of([&] {
          h.post("/api/v1/tasks", {{"project", "0"}, {"type", "magic"}});
        }).field() == "type");
  CHECK(error_of([&] {
          h.post("/api/v1/tasks", {{"project", "0"}, {"derived_from", "nope"}});
        }).field() == "derived_from");
}

TEST_CASE("the same idempotency key gets the first result") {
  Fixture h;
  const Json body = {{"project", "0"}, {"name", "once"}, {"idempotency_key", "k1"}};
  const std::string id = h.post("/api/v1/tasks", body)["id"];
  CHECK(h.post("/api/v1/tasks", body)["id"] == id);
  Json other = body;
  other["name"] = "twice";
  const Error e = error_of([&] { h.post("/api/v1/tasks", other); });
  CHECK(e.code() == ErrorCode::conflict);
  CHECK(e.field() == "idempotency_key");
  CHECK(h.count("tasks") == 1);
  // The header is the same key; without any key each call makes a task.
  h.api.headers["Idempotency-Key"] = "k1";
  Json bare = body;
  bare.erase("idempotency_key");
  CHECK(h.post("/api/v1/tasks", bare)["id"] == id);
  CHECK(error_of([&] {
          h.post("/api/v1/tasks", {{"project", "0"}, {"idempotency_key", "k2"}});
        }).field() == "idempotency_key");
  h.api.headers.clear();
  CHECK(h.post("/api/v1/tasks", bare)["id"] != id);
  CHECK(error_of([&] {
          h.post("/api/v1/tasks", {{"project", "0"}, {"idempotency_key", "\n"}});
        }).field() == "idempotency_key");

  const Json clone = {{"grid", {{"lr", {0.1, 0.2}}}}, {"idempotency_key", "k1"}};
  const Json first = h.post(h.path(id, "clone"), clone);
  CHECK(first["count"] == 2);
  CHECK(h.post(h.path(id, "clone"), clone) == first);
  CHECK(h.count("tasks") == 4);

  const Json enqueue = {{"idempotency_key", "k1"}};
  CHECK(h.post(h.path(id, "enqueue"), enqueue)["position"] == 0);
  h.post(h.path(id, "dequeue"));
  const Json again = h.post(h.path(id, "enqueue"), enqueue);
  CHECK(again["task"]["state"] == "draft");
  CHECK(again["queue"]["name"] == "default");
  CHECK(!again.contains("position"));
  // After a week the key is forgotten.
  *h.clock += 8 * 86'400'000LL;
  h.post("/api/v1/tasks", {{"project", "0"}, {"idempotency_key", "k9"}});
  CHECK(h.count("idempotency") == 1);
}

TEST_CASE("clones over a grid, with a preview and a limit") {
  Fixture h;
  const std::string id = h.task(h.p, draft);
  const Json grid = {{"depth", {1, 2, 3}}, {"lr", {"0.1", "0.2"}}};
  const Json preview = h.post(h.path(id, "clone"), {{"grid", grid}, {"dry_run", true}});
  CHECK(preview["count"] == 6);
  CHECK(preview["tasks"].size() == 6);
  CHECK(!preview["tasks"][0].contains("id"));
  CHECK(h.count("tasks") == 1);
  const Error e = error_of([&] { h.post(h.path(id, "clone"), {{"grid", grid}, {"limit", 5}}); });
  CHECK(e.field() == "grid");
  CHECK(Json::parse(e.detail())["count"] == 6);
  const Json made =
      h.post(h.path(id, "clone"), {{"grid", grid}, {"name", "base"}, {"params", {{"x", "y"}}}});
  REQUIRE(made["tasks"].size() == 6);
  CHECK(made["tasks"][1]["name"] == "base (depth=1, lr=0.2)");
  CHECK(made["tasks"][1]["params"] == Json({{"depth", "1"}, {"lr", "0.2"}}));
  const Json one = h.api("GET", h.path(made["tasks"][5]["id"])).json;
  CHECK(one["params"] == Json({{"depth", "3"}, {"lr", "0.2"}, {"x", "y"}}));
  CHECK(one["derived_from"] == id);
  CHECK(one["parent"] == id);
  Json many = Json::array();
  for (int i = 0; i < 1000; ++i) many.push_back(i);
  const Json big =
      h.post(h.path(id, "clone"), {{"grid", {{"a", many}, {"b", many}}}, {"dry_run", true}});
  CHECK(big["count"] == 1'000'000);
  CHECK(big["truncated"] == true);
  CHECK(big["tasks"].size() == 100);
  for (const Json& wrong : {Json("x"), Json({{"a", Json::array()}}), Json({{"a", "1"}}),
                            Json({{"a", Json::array({nullptr})}})})
    CHECK(error_of([&] {
            h.post(h.path(id, "clone"), {{"grid", wrong}});
          }).code() == ErrorCode::invalid);
}

TEST_CASE("a batch goes on after one that fails") {
  Fixture h;
  const std::string a = h.task(h.p, draft), b = h.task(h.p, draft);
  const Json ids = {a, "nope", b};
  const Json cloned = h.post("/api/v1/tasks/clone", {{"ids", ids}, {"params", {{"s", "1"}}}});
  REQUIRE(cloned["succeeded"].size() == 2);
  CHECK(cloned["succeeded"][1]["id"] == b);
  REQUIRE(cloned["failed"].size() == 1);
  CHECK(cloned["failed"][0]["id"] == "nope");
  CHECK(cloned["failed"][0]["error"]["code"] == "not_found");
  CHECK(h.count("tasks") == 4);
  const Json dry =
      h.post("/api/v1/tasks/move", {{"ids", ids}, {"project", "0"}, {"dry_run", true}});
  CHECK(dry["succeeded"].size() == 2);
  CHECK(h.api("GET", h.path(a)).json["project"] != "0");
  CHECK(h.post("/api/v1/tasks/move", {{"ids", ids}, {"project", "0"}})["succeeded"].size() == 2);
  CHECK(h.api("GET", h.path(b)).json["project"] == "0");
  CHECK(error_of([&] {
          h.post("/api/v1/tasks/clone", {{"ids", Json::array()}});
        }).field() == "ids");
  CHECK(error_of([&] { h.post("/api/v1/tasks/move", {{"ids", ids}}); }).field() == "project");
}

TEST_CASE("in and out of queues over the API") {
  Fixture h;
  const std::string gpu = h.make_queue("gpu");
  const std::string a = h.task(h.p, draft), b = h.task(h.p, draft);
  const Json first = h.post(h.path(a, "enqueue"), {{"queue", "gpu"}, {"why", "soon"}});
  CHECK(first["task"]["state"] == "pending");
  CHECK(first["task"]["queue"] == gpu);
  CHECK(first["queue"] == Json({{"id", gpu}, {"name", "gpu"}}));
  CHECK(first["position"] == 0);
  CHECK(first["watched"] == false);
  CHECK(first.contains("warning"));
  CHECK(h.post(h.path(b, "enqueue"), {{"queue", gpu}})["position"] == 1);
  CHECK(error_of([&] {
          h.post(h.path(b, "enqueue"), {{"queue", "tpu"}});
        }).code() == ErrorCode::not_found);
  Json queue = h.api("GET", "/api/v1/queues/" + gpu).json;
  CHECK(queue["entries"] == 2);
  CHECK(queue["next"]["id"] == a);
  const std::string entries = "/api/v1/queues/" + gpu + "/entries";
  CHECK(h.post(entries + "/" + b + "/move", {{"to", "front"}})["position"] == 0);
  CHECK(h.api("GET", entries).json["entries"][0]["task"] == b);
  CHECK(error_of([&] {
          h.post(entries + "/" + b + "/move", {{"to", "sideways"}});
        }).field() == "to");
  CHECK(error_of([&] { h.post(entries + "/" + b + "/move"); }).field() == "to");
  CHECK(h.post(entries + "/" + b + "/move", {{"queue", "default"}})["queue"]["name"] == "default");
  CHECK(error_of([&] {
          h.post(entries + "/" + b + "/move", {{"to", "back"}});
        }).code() == ErrorCode::not_found);
  CHECK(h.api("DELETE", entries + "/" + a).json["state"] == "draft");
  CHECK(h.post(h.path(b, "dequeue"), {{"why", "not now"}})["state"] == "draft");

  h.post(h.path(a, "enqueue"), {{"queue", gpu}});
  CHECK(error_of([&] { h.api("DELETE", "/api/v1/queues/" + gpu); }).code() == ErrorCode::conflict);
  CHECK(h.post("/api/v1/queues/" + gpu + "/clear", {{"dry_run", true}})["dequeued"] == 1);
  CHECK(h.api("DELETE", "/api/v1/queues/" + gpu + "?force=true").json["dequeued"] == 1);
  CHECK(h.api("GET", h.path(a)).json["state"] == "draft");
  CHECK(error_of([&] { h.api("GET", "/api/v1/queues/" + gpu); }).code() == ErrorCode::not_found);
  const Json listed = h.api("GET", "/api/v1/queues").json["queues"];
  REQUIRE(listed.size() == 1);
  CHECK(listed[0]["is_default"] == true);
  CHECK(error_of([&] {
          h.api("DELETE", "/api/v1/queues/" + listed[0]["id"].get<std::string>() + "?force=true");
        }).code() == ErrorCode::conflict);
  const auto edited = h.api("PATCH", "/api/v1/queues/" + listed[0]["id"].get<std::string>(),
                            {{"paused", true}, {"description", "d"}});
  CHECK(edited.json["paused"] == true);
  CHECK(!edited.etag.empty());
}

TEST_CASE("reset and delete need the dry run's token when one is brought") {
  Fixture h;
  const std::string id = h.task_in(h.p, failed);
  const auto folder = "1/" + id + "/artifacts";
  h.blobs.put(folder + "/model.bin", std::string(1000, 'x'));
  h.blobs.put(folder + "/logs/a.txt", std::string(24, 'x'));
  h.post(h.path(id, "tags"), {{"add", {{"good", ""}}}});
  const Json plan = h.post(h.path(id, "reset"), {{"dry_run", true}});
  CHECK(plan["dry_run"] == true);
  CHECK(plan["task"]["state"] == "failed");
  CHECK(plan["deleted"]["files"] == 2);
  CHECK(plan["deleted"]["bytes"] == 1024);
  h.post(h.path(id, "tags"), {{"remove", {"good"}}, {"why", "was not"}});
  CHECK(error_of([&] {
          h.post(h.path(id, "reset"), {{"token", plan["token"]}});
        }).field() == "token");
  const std::string token = h.post(h.path(id, "reset"), {{"dry_run", true}})["token"];
  const Json done = h.post(h.path(id, "reset"), {{"token", token}, {"why", "again"}});
  CHECK(done["task"]["state"] == "draft");
  CHECK(done["deleted"]["files"] == 2);

  const Json going = h.api("DELETE", h.path(id) + "?dry_run=true").json;
  CHECK(error_of([&] { h.api("DELETE", h.path(id) + "?token=0"); }).field() == "token");
  CHECK(h.api("GET", h.path(id)).json["id"] == id);
  h.api("DELETE", h.path(id) + "?token=" + going["token"].get<std::string>());
  CHECK(error_of([&] { h.api("GET", h.path(id)); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { h.api("DELETE", h.path(id)); }).code() == ErrorCode::not_found);
  const Json ledger = h.api("GET", "/api/v1/file-deletions?task=" + id).json["file_deletions"];
  CHECK(ledger.size() == 2);
}

TEST_CASE("attempts and their metrics can be read") {
  Fixture h;
  const std::string id = h.task(h.p, running);
  h.post(h.path(id, "log"),
         {{"metrics", {{{"key", "a/loss"}, {"points", {{0, 10, 1.5}, {1, 20, 1.0}}}}}}});
  h.post(h.path(id, "transition"), {{"kind", "fail"}, {"reason", "out of memory"}});
  const Json retried = h.post(h.path(id, "retry"), {{"outputs", "keep"}});
  CHECK(retried["task"]["attempt"] == 2);
  CHECK(retried["task"]["metrics"].empty());
  CHECK(error_of([&] { h.post(h.path(id, "retry"), {{"outputs", "burn"}}); }).field() == "outputs");
  const Json attempts = h.api("GET", h.path(id, "attempts")).json["attempts"];
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0]["number"] == 1);
  CHECK(attempts[0]["state"] == "failed");
  CHECK(attempts[0]["reason"] == "out of memory");
  CHECK(attempts[0].contains("artifact_uri"));
  const Json metrics = h.api("GET", h.path(id, "attempts/1/metrics")).json["metrics"];
  REQUIRE(metrics.size() == 1);
  CHECK(metrics[0]["count"] == 2);
  CHECK(h.api("GET", h.path(id, "attempts/1/metrics/a/loss")).json["points"].size() == 2);
  for (const char* wrong : {"attempts/2/metrics", "attempts/x/metrics", "attempts/1/metrics/none"})
    CHECK(error_of([&] { h.api("GET", h.path(id, wrong)); }).code() == ErrorCode::not_found);
}

TEST_CASE("aborting a task and all below it") {
  Fixture h;
  const std::string parent = h.task_in(h.p, completed);
  const Json child = h.post("/api/v1/tasks", {{"project", "0"}, {"parent", parent}});
  h.post(h.path(child["id"], "enqueue"));
  const std::string deep = h.post(
      "/api/v1/tasks", {{"project", "0"}, {"parent", child["id"]}, {"state", "running"}})["id"];
  const Json plan = h.post(h.path(parent, "abort-children"), {{"dry_run", true}});
  CHECK(plan["count"] == 2);
  CHECK(plan["tasks"] == Json({child["id"], deep}));
  CHECK(h.api("GET", h.path(deep)).json["state"] == "running");
  const Json done = h.post(h.path(parent, "abort-children"), {{"why", "stop it"}});
  CHECK(done["aborted"].size() == 2);
  CHECK(done["left"] == 0);
  CHECK(h.api("GET", h.path(deep)).json["state"] == "aborted");
  CHECK(h.api("GET", h.path(deep)).json["reason"] == "stop it");
  const std::string one = h.task(h.p, running);
  const Json aborted = h.post(h.path(one, "abort"), {{"why", "enough"}});
  CHECK(aborted["asked"] == false);
  CHECK(aborted["task"]["state"] == "aborted");
  const Error e = error_of([&] { h.post(h.path(one, "abort")); });
  CHECK(e.code() == ErrorCode::conflict);
  CHECK(e.field() == "state");
  CHECK(Json::parse(e.detail())["state"] == "aborted");
}

TEST_CASE("publishing and moving over the API") {
  Fixture h;
  const std::string id = h.task_in(h.p, completed), model = h.model(id);
  CHECK(h.post(h.path(id, "publish"), {{"dry_run", true}})["models"] == Json({model}));
  CHECK(h.api("GET", h.path(id)).json["state"] == "completed");
  CHECK(h.post(h.path(id, "publish"))["task"]["state"] == "published");
  CHECK(h.post(h.path(id, "move"), {{"project", "0"}})["project"] == "0");
  CHECK(error_of([&] {
          h.post(h.path(id, "move"), {{"project", "99"}});
        }).code() == ErrorCode::not_found);
  CHECK(h.post(h.path(id, "archive"), nullptr)["archived"] == true);
}
