// Columns of the task table one by one: orders and menus of fixed ones, properties as columns, and
// what the menu of columns tells of each.
#include <set>

#include "fixture.hpp"

using namespace podium;
using namespace podium::test;

namespace {

std::string make(Api& api, Json body) {
  body["project"] = "0";
  return api("POST", "/api/v1/tasks", body).json["id"];
}

/// The names of the rows, one after the other.
std::string names(Api& api, Json question) {
  question["columns"] = {"name"};
  std::string out;
  const Json answer = api("POST", "/api/v1/tasks/query", question).json;
  for (const auto& row : answer["rows"]) out += row[0].get<std::string>();
  return out;
}

std::string filtered(Api& api, Json filter) {
  return names(api, {{"filters", Json::array({std::move(filter)})}, {"order", {"name"}}});
}

/// "value=count " of a menu; '*' for '=' when it is chosen.
std::string menu(Api& api, Json question) {
  std::string out;
  const Json answer = api("POST", "/api/v1/tasks/facets", question).json;
  for (const auto& e : answer["values"])
    out += (e["value"].is_null() ? "-" : e["value"].get<std::string>()) +
           (e["chosen"] == true ? "*" : "=") + std::to_string(e["count"].get<int>()) + " ";
  return out;
}

}  // namespace

TEST_CASE("orders by type, start, last update and iteration, missing last both ways") {
  Host h(Host::Derive::yes);
  Api api(h);
  const auto run = [&](const char* name, const char* type, int started) {
    return make(api, {{"name", name}, {"type", type}, {"state", "running"}, {"started", started}});
  };
  const std::string a = run("a", "training", 3000), b = run("b", "testing", 1000),
                    c = run("c", "inference", 2000),
                    d = make(api, {{"name", "d"}, {"state", "draft"}, {"type", "qc"}});
  // An edit is an update: b is the latest now, a the one before.
  const auto updated = [&](const std::string& id) -> std::int64_t {
    return api("GET", "/api/v1/tasks/" + id).json["updated"];
  };
  for (const auto& id : {a, b}) {
    const auto before = updated(id);
    api("PATCH", "/api/v1/tasks/" + id, {{"description", "edited"}});
    CHECK(updated(id) > before);
  }
  const auto reach = [&](const std::string& id, std::int64_t step) {
    api("POST", "/api/v1/tasks/" + id + "/log",
        {{"metrics", {{{"key", "m"}, {"points", {{step, 1, 0.5}}}}}}});
    await(*h.store, [&] { return h.task_cell(id, field("iteration")) == Value{step}; });
  };
  reach(a, 20), reach(b, 100), reach(c, 3);

  CHECK(names(api, {{"order", {"type"}}}) == "cdba");
  CHECK(names(api, {{"order", {"type desc"}}}) == "abdc");
  CHECK(names(api, {{"order", {"started"}}}) == "bcad");
  CHECK(names(api, {{"order", {"started desc"}}}) == "acbd");
  CHECK(names(api, {{"order", {"updated"}}}) == "cdab");
  CHECK(names(api, {{"order", {"updated desc"}}}) == "badc");
  CHECK(names(api, {{"order", {"iteration"}}}) == "cabd");
  CHECK(names(api, {{"order", {"iteration desc"}}}) == "bacd");
  // In a window as by pages.
  CHECK(names(api, {{"order", {"iteration desc"}}, {"offset", 1}, {"limit", 2}}) == "ac");
}

TEST_CASE("types and users: filters and menus") {
  Host h;
  Api api(h);
  for (const auto& [name, type, user] :
       {std::tuple("a", "training", "eve"), std::tuple("b", "training", "adam"),
        std::tuple("c", "testing", "eve")})
    make(api, {{"name", name}, {"type", type}, {"user", user}, {"state", "running"}});

  CHECK(filtered(api, {{"column", "type"}, {"in", {"training"}}}) == "ab");
  CHECK(filtered(api, {{"column", "type"}, {"not_in", {"training"}}}) == "c");
  CHECK(filtered(api, {{"column", "user"}, {"in", {"eve"}}}) == "ac");
  CHECK(names(api, {{"filter", "type = 'testing' and user = 'eve'"}}) == "c");

  CHECK(menu(api, {{"column", "type"}}) == "training=2 testing=1 ");
  CHECK(menu(api, {{"column", "user"}}) == "eve=2 adam=1 ");
  CHECK(menu(api, {{"column", "user"}, {"q", "AD"}}) == "adam=1 ");
  // Without its own filter, under that of the other.
  const Json of_eve = {{{"column", "user"}, {"in", {"eve"}}}};
  CHECK(menu(api, {{"column", "user"}, {"filters", of_eve}}) == "eve*2 adam=1 ");
  CHECK(menu(api, {{"column", "type"}, {"filters", of_eve}}) == "testing=1 training=1 ");
}

TEST_CASE("a draft made over the API has its caller as the user") {
  Host h;
  Api api(h);
  api.principal.id = "eve";
  const std::string own = make(api, {{"name", "own"}, {"state", "draft"}});
  CHECK(api("GET", "/api/v1/tasks/" + own).json["user"] == "eve");
  const std::string other = make(api, {{"name", "other"}, {"state", "draft"}, {"user", "adam"}});
  CHECK(api("GET", "/api/v1/tasks/" + other).json["user"] == "adam");
}

TEST_CASE("properties are columns, conditions, orders, menus and parts of an address") {
  Host h;
  Api api(h);
  make(api, {{"name", "a"}, {"properties", {{"score", "10"}, {"the owner", "eve"}}}});
  make(api, {{"name", "b"}, {"properties", {{"score", "9"}}}});
  const std::string c = make(api, {{"name", "c"}});

  const Json rows = api("POST", "/api/v1/tasks/query",
                        {{"columns", {"properties.score", "properties.`the owner`", "properties"}},
                         {"order", {"name"}}})
                        .json["rows"];
  CHECK(rows[0] == Json({"10", "eve", {{"score", "10"}, {"the owner", "eve"}}}));
  CHECK(rows[1] == Json({"9", nullptr, {{"score", "9"}}}));
  CHECK(rows[2] == Json({nullptr, nullptr, Json::object()}));

  CHECK(filtered(api, {{"column", "properties.score"}, {"in", {"9", nullptr}}}) == "bc");
  CHECK(filtered(api, {{"column", "properties.score"}, {"from", 9.5}}) == "a");
  CHECK(names(api, {{"filter", "properties.`the owner` = 'eve'"}}) == "a");
  CHECK(names(api, {{"order", {"properties.score"}}}) == "bac");
  CHECK(names(api, {{"order", {"properties.score desc"}}}) == "abc");
  CHECK(menu(api, {{"column", "properties.score"}}) == "-=1 10=1 9=1 ");

  const Json columns = api("POST", "/api/v1/tasks/columns", {{"differ", true}}).json;
  CHECK(columns["properties"] ==
        Json::parse(R"([{"name":"properties.score","key":"score","count":2,"differs":true},
                        {"name":"properties.`the owner`","key":"the owner","count":1,
                         "differs":true}])"));

  const Json read = api("POST", "/api/v1/views/decode",
                        {{"address",
                          "/p/0/tasks?cols=name,x:score~90,x:the%20owner"
                          "&sort=-x:score&f=x:score:in(9,10)"}})
                        .json;
  CHECK(read["notices"] == Json::array());
  CHECK(read["state"]["columns"] ==
        Json::parse(R"([{"name":"name"},{"name":"properties.score","width":90},
                        {"name":"properties.`the owner`"}])"));
  CHECK(read["state"]["order"] == Json::array({"properties.score desc"}));
  CHECK(read["state"]["filters"][0]["column"] == "properties.score");
  const std::string path =
      api("POST", "/api/v1/views/encode", {{"project", "0"}, {"state", read["state"]}})
          .json["path"];
  CHECK(path.find("cols=name,x:score~90,x:the%20owner") != std::string::npos);
  CHECK(path.find("sort=-x:score") != std::string::npos);

  // Given later, they are there as well.
  api("PATCH", "/api/v1/tasks/" + c, {{"properties", {{"score", 9.7}}}});
  CHECK(names(api, {{"order", {"properties.score"}}}) == "bca");
}

TEST_CASE("the menu of columns tells which are shown at first, under which label and how wide") {
  Host h;
  Api api(h);
  std::map<std::string, Json> fields;
  std::set<std::string> labels;
  std::vector<std::string> shown;
  const Json menu_of_columns = api("POST", "/api/v1/tasks/columns", Json::object()).json;
  for (const auto& f : menu_of_columns["fields"]) {
    INFO(f.dump());
    const std::string name = f["name"], label = f["label"];
    CHECK(fields.emplace(name, f).second);
    CHECK(!label.empty());
    CHECK(labels.insert(label).second);
    CHECK(f["width"].get<int>() >= 50);
    if (f["shown"] == true) shown.push_back(name);
  }
  CHECK(shown == std::vector<std::string>{"type", "name", "tags", "state", "project.name",
                                          "started", "updated", "iteration"});
  CHECK(fields["state"]["label"] == "STATUS");
  CHECK(fields["project.name"]["label"] == "PROJECT");
  CHECK(fields["run_time"]["label"] == "RUN TIME");
  CHECK(fields["name"]["width"] == 400);
  for (const char* hidden : {"user", "description", "run_time"})
    CHECK(fields[hidden]["shown"] == false);
  // A view that nobody changed has the same ones, in the same order.
  const Json read = api("POST", "/api/v1/views/decode", {{"address", "/p/0/tasks"}}).json;
  std::vector<std::string> usual;
  for (const auto& column : read["state"]["columns"]) usual.push_back(column["name"]);
  CHECK(usual == shown);
}
