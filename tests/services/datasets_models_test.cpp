// Data sets with their readers, models with their tasks.
#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

void read(Host& h, const std::string& task, const char* name, const char* digest,
          const char* context) {
  h.with(task, [&](Transaction& t, const Tasks::Head& head) {
    NewInput in;
    in.name = name;
    in.digest = digest;
    in.context = context;
    in.schema = "{\"columns\":3}";
    in.has_schema = true;
    h.services->datasets().log_inputs(t, h.me, head, {&in, 1});
  });
}

}  // namespace

TEST_CASE("data sets: search, scope, labels, and the tasks that read each") {
  Host h;
  Api api(h);
  const Ordinal a = h.project("a"), x = h.project("a/x");
  const std::string one = h.task(a), two = h.task(a), three = h.task(x);
  read(h, one, "mnist", "1", "training");
  read(h, two, "mnist", "1", "");
  read(h, two, "iris", "2", "validation");
  read(h, three, "mnist", "1", "training");
  const auto list = [&](const std::string& query) {
    return api("GET", "/api/v1/datasets?" + query).json["datasets"];
  };
  CHECK(list("project=a").size() == 2);
  CHECK(list("project=a&scope=subprojects").size() == 3);
  CHECK(list("project=2&name=mnist").size() == 1);
  CHECK(list("filter=name like 'i%'").size() == 1);
  CHECK(list("order=name desc")[0]["name"] == "mnist");
  CHECK(error_of([&] { list("filter=colour = 'x'"); }).field() == "filter");
  CHECK(error_of([&] { list("scope=subprojects"); }).field() == "scope");
  const std::string path =
      "/api/v1/datasets/" + list("project=1&name=mnist")[0]["id"].get<std::string>();
  api("PATCH", path, {{"labels", {{"kind", "images"}}}});
  CHECK(list("filter=labels.kind = 'images'").size() == 1);
  CHECK(api("GET", path).json["schema"] == "{\"columns\":3}");
  const auto readers = api("GET", path + "/tasks").json["tasks"];
  REQUIRE(readers.size() == 2);
  CHECK(readers[0]["task"] == one);
  CHECK(readers[0]["context"] == "training");
  CHECK(readers[1]["task"] == two);
  CHECK(!readers[1].contains("context"));
  CHECK(readers[1]["state"] == "running");
  const auto page = api("GET", path + "/tasks?limit=1").json;
  CHECK(api("GET", path + "/tasks?limit=1&cursor=" + page["cursor"].get<std::string>())
            .json["tasks"][0]["task"] == two);
  CHECK(error_of([&] { api("GET", "/api/v1/datasets/none/tasks"); }).code() ==
        ErrorCode::not_found);
}

TEST_CASE("models: of a project, of a task, and the tasks of a model") {
  Host h;
  Api api(h);
  const Ordinal a = h.project("a"), x = h.project("a/x");
  const std::string made = h.task(a), reading = h.task(x);
  std::string id;
  h.with(made, [&](Transaction& t, const Tasks::Head& head) {
    const MapEntry param{"depth", "3"};
    NewModel m;
    m.project = a;
    m.id = "m-1";
    m.name = "net";
    m.source_task = made;
    m.params = {&param, 1};
    h.services->models().create(t, h.me, m);
    m.id = "m-2";
    m.project = x;
    h.services->models().create(t, h.me, m);
    h.services->models().link(t, h.me, head, "m-1", true, 4);
  });
  h.with(reading, [&](Transaction& t, const Tasks::Head& head) {
    h.services->models().link(t, h.me, head, "m-1", false, 0);
  });
  const auto list = [&](const std::string& query) {
    return api("GET", "/api/v1/models?" + query).json["models"];
  };
  CHECK(list("project=a").size() == 1);
  CHECK(list("project=a&scope=subprojects").size() == 2);
  CHECK(list("task=" + made)[0]["id"] == "m-1");
  CHECK(list("task=" + made + "&direction=in").empty());
  CHECK(list("task=" + reading + "&direction=in").size() == 1);
  CHECK(list("filter=params.depth = 3 and name = 'net'").size() == 2);
  CHECK(error_of([&] { list("direction=in"); }).field() == "direction");
  const auto one = api("GET", "/api/v1/models/m-1");
  CHECK(one.json["project"] == "1");
  CHECK(one.json["status"] == "pending");
  CHECK(one.json["params"] == Json({{"depth", "3"}}));
  const auto tagged = api("PATCH", "/api/v1/models/m-1", {{"tags", {{"k", "v"}}}}, one.etag);
  CHECK(tagged.json["tags"] == Json({{"k", "v"}}));
  CHECK(error_of([&] {
          api("PATCH", "/api/v1/models/m-1", {{"tags", {{"k", "w"}}}}, one.etag);
        }).code() == ErrorCode::conflict);
  CHECK(api("POST", "/api/v1/models/m-1/finalize", {{"status", "ready"}}).json["status"] ==
        "ready");
  CHECK(error_of([&] {
          api("POST", "/api/v1/models/m-1/finalize", {{"status", "pending"}});
        }).field() == "status");
  const auto links = api("GET", "/api/v1/models/m-1/links").json["links"];
  REQUIRE(links.size() == 2);
  CHECK(links[0]["task"] == made);
  CHECK(links[0]["direction"] == "out");
  CHECK(links[0]["step"] == 4);
  CHECK(links[1]["direction"] == "in");
  h.store->write([&](Transaction& t) {
    h.services->models().remove(t, h.me, h.services->models().require(t, h.me, "m-1"));
  });
  CHECK(error_of([&] { api("GET", "/api/v1/models/m-1"); }).code() == ErrorCode::not_found);
  CHECK(list("project=a").empty());
}
