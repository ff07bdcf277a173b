// The routes under /api/v1, called as the server calls them.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

Json task_body(const std::string& project, const std::string& name, const std::string& lr) {
  return {{"project", project},
          {"name", name},
          {"state", "running"},
          {"params", {{"lr", lr}}},
          {"tags", {{"kind", "x"}}}};
}

std::string id_of(const Api::Answer& a) { return a.json["id"]; }

}  // namespace

TEST_CASE("every route has what the OpenAPI document needs") {
  Host h;
  Api api(h);
  CHECK(api.routes().size() > 70);
  for (const auto& route : api.routes()) {
    INFO(route.method << " " << route.path);
    CHECK(!route.permission.empty());
    CHECK(!route.summary.empty());
    if (route.answer_types == std::vector<std::string>{"application/json"})
      CHECK(Json::accept(route.answer_schema));
    if (!route.request_schema.empty())
      CHECK(Json::parse(route.request_schema)["additionalProperties"] == false);
    CHECK((route.body == BodyKind::none) == route.request_schema.empty());
  }
}

TEST_CASE("projects over the API") {
  Host h;
  Api api(h);
  const auto made =
      api("POST", "/api/v1/projects",
          {{"name", "vision"}, {"description", "d"}, {"tags", {{"a", "b"}, {"n", 3}}}});
  CHECK(made.json["id"] == "1");
  CHECK(made.json["tags"] == Json({{"a", "b"}, {"n", "3"}}));
  CHECK(made.json["artifact_location"] == "mlflow-artifacts:/1");
  const auto edited =
      api("PATCH", "/api/v1/projects/1",
          {{"name", "sight"}, {"description", nullptr}, {"tags", {{"a", nullptr}}}}, made.etag);
  CHECK(edited.json["name"] == "sight");
  CHECK(!edited.json.contains("description"));
  CHECK(edited.json["tags"] == Json({{"n", "3"}}));
  CHECK(error_of([&] {
          api("PATCH", "/api/v1/projects/1", {{"name", "x"}}, made.etag);
        }).code() == ErrorCode::conflict);
  CHECK(api("GET", "/api/v1/projects/1").etag == edited.etag);
  const Error unknown = error_of([&] {
    api("POST", "/api/v1/projects", {{"name", "y"}, {"colour", "red"}});
  });
  CHECK(unknown.code() == ErrorCode::invalid);
  CHECK(unknown.field() == "colour");
  CHECK(error_of([&] {
          api("POST", "/api/v1/projects", {{"name", "sight"}});
        }).code() == ErrorCode::exists);
  CHECK(error_of([&] { api("POST", "/api/v1/projects", {{"name", nullptr}}); }).field() == "name");
  CHECK(error_of([&] { api("GET", "/api/v1/projects/7"); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { api("GET", "/api/v1/projects/seven"); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { api("GET", "/api/v1/projects?limits=3"); }).field() == "limits");

  const std::string task = id_of(api("POST", "/api/v1/tasks", task_body("1", "t", "0.1")));
  const auto archived = api("POST", "/api/v1/projects/1/archive", {{"tasks", true}});
  CHECK(archived.json["project"]["archived"] == true);
  CHECK(h.services->jobs().wait(h.me, archived.json["jobs"][0].get<std::string>(), 30'000) ==
        "done");
  CHECK(api("GET", "/api/v1/tasks/" + task).json["archived"] == true);
  CHECK(api("GET", "/api/v1/projects").json["projects"].size() == 1);
  CHECK(api("GET", "/api/v1/projects?archived=all").json["projects"].size() == 2);
  CHECK(api("GET", "/api/v1/projects?archived=true&name=sight").json["projects"].size() == 1);
  CHECK(api("POST", "/api/v1/projects/1/restore").json["jobs"].empty());
  CHECK(api("GET", "/api/v1/tasks/" + task).json["archived"] == true);
  const auto page = api("GET", "/api/v1/projects?limit=1");
  CHECK(page.json["projects"][0]["id"] == "0");
  CHECK(api("GET", "/api/v1/projects?limit=1&cursor=" + page.json["cursor"].get<std::string>())
            .json["projects"][0]["id"] == "1");
}

TEST_CASE("bodies that are refused") {
  Host h;
  Api api(h);
  const auto refused = [&](const char* body) {
    return error_of([&] { api("POST", "/api/v1/projects", Json(body)); }).code();
  };
  CHECK(refused("{") == ErrorCode::invalid);
  CHECK(refused("[]") == ErrorCode::invalid);
  CHECK(refused("{\"name\":\"\xff\"}") == ErrorCode::invalid);
  CHECK(refused("{\"name\":\"a\\u0000b\"}") == ErrorCode::invalid);
  CHECK(refused("{\"name\":3}") == ErrorCode::invalid);
  CHECK(refused("{\"name\":\"x\",\"tags\":{\"\":\"x\"}}") == ErrorCode::invalid);
  CHECK(refused("{\"name\":\"x\",\"tags\":{\"a\":[]}}") == ErrorCode::invalid);
  std::string deep(100'000, '[');
  CHECK(refused(("{\"name\":" + deep).c_str()) == ErrorCode::invalid);
}

TEST_CASE("a task's life over the API") {
  Host h;
  Api api(h);
  const auto made = api("POST", "/api/v1/tasks",
                        {{"project", "0"},
                         {"name", "first"},
                         {"type", "testing"},
                         {"params", {{"lr", 0.1}}},
                         {"commit", "abc"}});
  const std::string path = "/api/v1/tasks/" + id_of(made);
  CHECK(made.json["state"] == "draft");
  CHECK(made.json["type"] == "testing");
  CHECK(made.json["project"] == "0");
  CHECK(made.json["params"] == Json({{"lr", "0.1"}}));
  CHECK(made.json["commit"] == "abc");
  const std::string child =
      id_of(api("POST", "/api/v1/tasks", {{"project", "0"}, {"parent", id_of(made)}}));
  CHECK(api("GET", "/api/v1/tasks/" + child).json["parent"] == id_of(made));
  CHECK(error_of([&] {
          api("POST", "/api/v1/tasks", {{"project", "0"}, {"parent", "nope"}});
        }).field() == "parent");
  CHECK(error_of([&] { api("POST", "/api/v1/tasks", {{"name", "x"}}); }).field() == "project");
  CHECK(error_of([&] {
          api("POST", "/api/v1/tasks", {{"project", "0"}, {"state", "failed"}});
        }).field() == "state");

  const auto edited =
      api("PATCH", path, {{"params", {{"lr", "0.2"}, {"x", "1"}}}, {"why", "better"}}, made.etag);
  CHECK(edited.json["params"] == Json({{"lr", "0.2"}, {"x", "1"}}));
  CHECK(error_of([&] {
          api("PATCH", path, {{"name", "y"}}, made.etag);
        }).code() == ErrorCode::conflict);
  CHECK(error_of([&] { api("PATCH", path, {{"state", "running"}}); }).field() == "state");

  CHECK(api("POST", path + "/transition", {{"kind", "start"}, {"at", 5000}}).json["started"] ==
        5000);
  CHECK(error_of([&] {
          api("PATCH", path, {{"params", {{"lr", "1"}}}});
        }).code() == ErrorCode::conflict);
  CHECK(error_of([&] {
          api("POST", path + "/transition", {{"kind", "client"}});
        }).field() == "kind");
  CHECK(api("POST", path + "/log",
            {{"params", {{"y", "2"}}},
             {"tags", {{"t", "u"}}},
             {"metrics",
              {{{"key", "loss"},
                {"points", {{0, 10, 1.5}, {1, nullptr, "NaN"}, {2, 30, "-Infinity"}}}},
               {{"key", "a/b c"},
                {"scope", "d@1"},
                {"points", Json::array({Json::array({5, 6, 7})})}}}}})
            .json == Json({{"params", 1}, {"tags", 1}, {"points", 4}}));
  CHECK(error_of([&] {
          api("POST", path + "/log", {{"params", {{"y", "3"}}}});
        }).code() == ErrorCode::conflict);
  CHECK(error_of([&] {
          api("POST", path + "/log",
              {{"metrics",
                {{{"key", "k"}, {"points", Json::array({Json::array({0, 1, "high"})})}}}}});
        }).field() == "metrics[0].points[0][2]");

  const auto metrics = api("GET", path + "/metrics").json["metrics"];
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0]["key"] == "a/b c");
  CHECK(metrics[0]["scope"] == "d@1");
  CHECK(metrics[1]["count"] == 3);
  CHECK(metrics[1]["min"] == "-Infinity");
  const auto points = api("GET", path + "/metrics/loss").json;
  CHECK(points["points"][0] == Json({0, 10, 1.5}));
  CHECK(points["points"][1][2] == "NaN");
  CHECK(points["cursor"] == nullptr);
  CHECK(api("GET", path + "/metrics/a/b c?scope=d@1").json["points"].size() == 1);
  CHECK(error_of([&] { api("GET", path + "/metrics/none"); }).code() == ErrorCode::not_found);

  CHECK(api("POST", path + "/transition", {{"kind", "complete"}, {"reason", "done"}})
            .json["reason"] == "done");
  CHECK(api("POST", path + "/archive").json["archived"] == true);
  CHECK(api("POST", path + "/restore").json["archived"] == false);
  CHECK(api("POST", path + "/transition", {{"kind", "publish"}}).json["state"] == "published");
  CHECK(error_of([&] {
          api("POST", path + "/log", {{"tags", {{"a", "b"}}}});
        }).code() == ErrorCode::conflict);

  const auto history = api("GET", path + "/history").json["history"];
  std::vector<std::string> changes;
  for (const auto& event : history) changes.push_back(event["change"]);
  CHECK(changes == std::vector<std::string>{"create", "edit", "start", "complete", "archive",
                                            "restore", "publish"});
  CHECK(history[1]["why"] == "better");
  CHECK(history[1]["old"]["params.lr"] == "0.1");
  CHECK(history[1]["new"]["params.lr"] == "0.2");
}

TEST_CASE("points in pages, ranges and buckets") {
  Host h;
  Api api(h);
  const std::string path = "/api/v1/tasks/" + id_of(api("POST", "/api/v1/tasks",
                                                        {{"project", "0"}, {"state", "running"}}));
  Json points = Json::array();
  for (int i = 0; i < 10'000; ++i) points.push_back({i, 1'000'000 - i, i == 5000 ? 100 : i % 3});
  api("POST", path + "/log", {{"metrics", {{{"key", "m"}, {"points", points}}}}});
  const auto all = api("GET", path + "/metrics/m").json;
  REQUIRE(all["points"].size() == 10'000);
  CHECK(all["points"].back()[0] == 9999);
  CHECK(api("GET", path + "/metrics/m?by=time").json["points"][0][0] == 9999);
  const auto range = api("GET", path + "/metrics/m?from=10&to=19").json["points"];
  CHECK(range.size() == 10);
  Json gathered = Json::array();
  std::string cursor;
  int pages = 0;
  do {
    const auto page =
        api("GET", path + "/metrics/m?limit=3000" + (cursor.empty() ? "" : "&cursor=" + cursor))
            .json;
    for (const auto& p : page["points"]) gathered.push_back(p);
    cursor = page["cursor"].is_null() ? "" : page["cursor"].get<std::string>();
    ++pages;
  } while (!cursor.empty());
  CHECK(pages == 4);
  CHECK(gathered == all["points"]);
  CHECK(api("GET", path + "/metrics/m?limit=10000").json["cursor"] == nullptr);
  const auto sampled = api("GET", path + "/metrics/m?buckets=10").json["points"];
  CHECK(sampled.size() <= 40);
  bool spike = false;
  for (const auto& p : sampled) spike |= p[2] == 100.0;
  CHECK(spike);
  CHECK(error_of([&] { api("GET", path + "/metrics/m?buckets=10&limit=3"); }).field() == "buckets");
  CHECK(error_of([&] { api("GET", path + "/metrics/m?cursor=1_2"); }).field() == "cursor");
  CHECK(error_of([&] { api("GET", path + "/metrics/m?by=value"); }).field() == "by");
}

TEST_CASE("querying tasks") {
  Host h;
  Api api(h);
  api("POST", "/api/v1/projects", {{"name", "p"}});
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(
        id_of(api("POST", "/api/v1/tasks",
                  task_body("1", "task-" + std::to_string(i), "0." + std::to_string(i)))));
    api("POST", "/api/v1/tasks/" + ids.back() + "/log",
        {{"metrics", {{{"key", "acc"}, {"points", {{0, 1, i * 0.1}, {1, 1, 1 - i * 0.1}}}}}}});
  }
  api("POST", "/api/v1/tasks", {{"project", "0"}, {"parent", ids[0]}, {"name", "elsewhere"}});
  const auto ask = [&](const Json& body) { return api("POST", "/api/v1/tasks/query", body).json; };
  const auto plain = ask(Json::object());
  CHECK(plain["columns"] == Json({"id", "name", "state", "project", "started", "completed"}));
  CHECK(plain["rows"].size() == 6);
  CHECK(plain["rows"][0][3] == "1");
  CHECK(plain["rows"][5][3] == "0");

  auto rows = ask({{"project", "1"},
                   {"filter", "metrics.acc > 0.75"},
                   {"order", {"metrics.acc DESC"}},
                   {"columns",
                    {"name", "metrics.acc", "metrics.acc.min", "params.lr", "params", "metrics",
                     "parent", "id"}}});
  REQUIRE(rows["rows"].size() == 3);
  CHECK(rows["rows"][0][0] == "task-0");
  CHECK(rows["rows"][0][1] == 1.0);
  CHECK(rows["rows"][0][2] == 0.0);
  CHECK(rows["rows"][1][3] == "0.1");
  CHECK(rows["rows"][1][4] == Json({{"lr", "0.1"}}));
  CHECK(rows["rows"][0][5][0]["key"] == "acc");
  CHECK(rows["rows"][0][6] == nullptr);
  CHECK(rows["rows"][0][7] == ids[0]);
  CHECK(ask({{"filter", "name = 'elsewhere'"}, {"columns", {"parent", "project"}}})["rows"][0] ==
        Json({ids[0], "0"}));
  CHECK(ask({{"filter", "params.lr = :lr"},
             {"bind", {{"lr", 0.3}}},
             {"columns", {"name"}}})["rows"] == Json::array({Json::array({"task-3"})}));

  std::vector<std::string> gathered;
  Json question = {{"project", "1"}, {"order", {"name desc"}}, {"columns", {"name"}}, {"limit", 2}};
  for (int page = 0; page < 3; ++page) {
    const auto answer = ask(question);
    for (const auto& row : answer["rows"]) gathered.push_back(row[0]);
    question["cursor"] = answer["cursor"];
  }
  CHECK(question["cursor"] == nullptr);
  CHECK(gathered == std::vector<std::string>{"task-4", "task-3", "task-2", "task-1", "task-0"});

  const Error syntax = error_of([&] { ask({{"filter", "metrics.acc >"}}); });
  CHECK(syntax.code() == ErrorCode::invalid);
  CHECK(syntax.field() == "filter");
  CHECK(syntax.position() >= 0);
  CHECK(error_of([&] { ask({{"columns", {"stat"}}}); }).field() == "columns[0]");
  CHECK(error_of([&] { ask({{"columns", {"name desc"}}}); }).field() == "columns[0]");
  CHECK(error_of([&] { ask({{"order", {"colour"}}}); }).field() == "order[0]");
  CHECK(error_of([&] { ask({{"project", "77"}}); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { ask({{"limit", 0}}); }).field() == "limit");
  CHECK(error_of([&] { ask({{"what", 1}}); }).field() == "what");
}

TEST_CASE("data sets and models of a task over the API") {
  Host h;
  Api api(h);
  const std::string task =
      id_of(api("POST", "/api/v1/tasks", {{"project", "0"}, {"state", "running"}}));
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    const MapEntry tag{"a", "b"};
    NewInput in;
    in.name = "iris";
    in.digest = "d";
    in.source = "file:///iris";
    in.source_type = "local";
    in.profile = "{\"rows\":150}";
    in.has_profile = true;
    in.context = "training";
    in.tags = {&tag, 1};
    h.services->datasets().log_inputs(t, h.me, head, {&in, 1});
    h.services->models().link(t, h.me, head, "m-1", true, 4);
  });
  const auto shown = api("GET", "/api/v1/tasks/" + task).json;
  REQUIRE(shown["inputs"].size() == 1);
  CHECK(shown["inputs"][0]["context"] == "training");
  CHECK(shown["inputs"][0]["tags"] == Json({{"a", "b"}}));
  CHECK(shown["models"] == Json::array({{{"model", "m-1"}, {"direction", "out"}, {"step", 4}}}));
  const auto list = api("GET", "/api/v1/datasets?project=0&name=iris").json["datasets"];
  REQUIRE(list.size() == 1);
  CHECK(list[0]["id"] == shown["inputs"][0]["dataset"]);
  CHECK(!list[0].contains("profile"));
  const std::string path = "/api/v1/datasets/" + list[0]["id"].get<std::string>();
  const auto one = api("GET", path);
  CHECK(one.json["profile"] == "{\"rows\":150}");
  CHECK(one.json["project"] == "0");
  CHECK(api("PATCH", path, {{"labels", {{"kind", "tabular"}}}}, one.etag).json["labels"] ==
        Json({{"kind", "tabular"}}));
  CHECK(error_of([&] {
          api("PATCH", path, {{"labels", {{"x", "y"}}}}, one.etag);
        }).code() == ErrorCode::conflict);
  CHECK(api("PATCH", path, {{"labels", {{"kind", nullptr}}}}).json["labels"] == Json::object());
  CHECK(error_of([&] { api("GET", "/api/v1/datasets/none"); }).code() == ErrorCode::not_found);
}

TEST_CASE("jobs over the API") {
  Host h;
  Api api(h);
  Jobs::Options later;
  later.not_before = h.clock->load() + 1'000'000'000;
  const std::string job = h.store->write(
      [&](Transaction& t) { return h.services->jobs().start(t, h.me, "k", "{}", later); });
  const auto shown = api("GET", "/api/v1/jobs/" + job).json;
  CHECK(shown["state"] == "waiting");
  CHECK(shown["kind"] == "k");
  CHECK(api("GET", "/api/v1/jobs?state=waiting").json["jobs"].size() == 1);
  CHECK(api("POST", "/api/v1/jobs/" + job + "/cancel").json["cancelled"] == true);
  CHECK(api("POST", "/api/v1/jobs/" + job + "/cancel").json["cancelled"] == false);
  CHECK(api("GET", "/api/v1/jobs?state=waiting").json["jobs"].empty());
  CHECK(error_of([&] { api("POST", "/api/v1/jobs/none/cancel"); }).code() == ErrorCode::not_found);
}
