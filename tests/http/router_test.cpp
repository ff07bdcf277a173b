// Which route answers, and which routes are refused.
#include "http/router.hpp"

#include "fixture.hpp"

using namespace podium;
using namespace podium::host;

namespace {

struct Table {
  Table(std::vector<std::pair<std::string, std::string>> list, std::string prefix = "/")
      : routes("t", std::move(prefix)) {
    owner.id = "acme.test";
    auto group = std::make_shared<RouteGroup>();
    group->routes = &routes;
    group->owner = &owner;
    group->prefixes = routes.prefixes();
    std::vector<Route> given;
    for (auto& [method, path] : list) {
      Route route;
      route.method = method;
      route.path = path;
      route.permission = "public";
      route.summary = "s";
      route.handler = Handler([](Request&) { return Response{}; });
      given.push_back(std::move(route));
    }
    router.add(std::move(group), std::move(given));
  }
  /// "GET /path name=value ..." of the route found, or "405 allow", or "404".
  std::string find(std::string_view method, std::string_view path) {
    const auto match = router.find(method, path);
    if (!match.entry) return match.allow.empty() ? "404" : "405 " + match.allow;
    std::string out = match.entry->where;
    for (const auto& [name, value] : match.segments) out += " " + std::string(name) + "=" + value;
    return out;
  }
  test::TestRoutes routes;
  PluginOwner owner;
  Router router;
};

}  // namespace

TEST_CASE("a path finds its route", "[http]") {
  Table table({{"GET", "/a"},
               {"POST", "/a"},
               {"GET", "/a/{id}"},
               {"POST", "/a/query"},
               {"GET", "/a/{id}/m/{key}"},
               {"GET", "/a/fixed/m/x"},
               {"PUT", "/files/{rest*}"},
               {"GET", "/files/{rest*}"},
               {"GET", "/files/list"},
               {"GET", "/"}});
  const std::vector<std::array<std::string, 3>> rows = {
      {"GET", "/a", "GET /a"},
      {"HEAD", "/a", "GET /a"},
      {"POST", "/a", "POST /a"},
      {"DELETE", "/a", "405 GET, HEAD, POST, OPTIONS"},
      {"OPTIONS", "/a", "405 GET, HEAD, POST, OPTIONS"},
      {"GET", "/a/7", "GET /a/{id} id=7"},
      {"GET", "/a/x%2Fy", "GET /a/{id} id=x/y"},
      {"GET", "/a/%252e", "GET /a/{id} id=%2e"},
      {"GET", "/a/query", "GET /a/{id} id=query"},
      {"POST", "/a/query", "POST /a/query"},
      {"POST", "/a/7", "405 GET, HEAD, OPTIONS"},
      {"GET", "/a/fixed/m/x", "GET /a/fixed/m/x"},
      {"GET", "/a/fixed/m/y", "GET /a/{id}/m/{key} id=fixed key=y"},
      {"GET", "/a/", "404"},
      {"GET", "/a//m/x", "404"},
      {"GET", "/a/7/m", "404"},
      {"GET", "/b", "404"},
      {"GET", "/A", "404"},
      {"GET", "/%61", "GET /a"},
      {"GET", "/", "GET /"},
      {"PUT", "/files/a/b%20c/d", "PUT /files/{rest*} rest=a/b c/d"},
      {"GET", "/files/list", "GET /files/list"},
      {"PUT", "/files/list", "PUT /files/{rest*} rest=list"},
      {"GET", "/files/list/x", "GET /files/{rest*} rest=list/x"},
      {"GET", "/files//etc/passwd", "GET /files/{rest*} rest=/etc/passwd"},
      {"GET", "/files/..%2f..%2fx", "GET /files/{rest*} rest=../../x"},
      {"GET", "/files/", "404"},
      {"GET", "", "404"},
      {"GET", "a", "404"}};
  for (const auto& [method, path, expected] : rows) {
    INFO(method << " " << path);
    CHECK(table.find(method, path) == expected);
  }
  CHECK(table.router.entries().size() == 10);
  const auto copy = table.router.clone();
  CHECK(copy->find("GET", "/a/7").entry == table.router.find("GET", "/a/7").entry);
}

TEST_CASE("the longest prefix on whole segments speaks for a path", "[http]") {
  test::TestRoutes wide("wide", "/api"), narrow("narrow", "/api/2.0/mlflow");
  PluginOwner owner;
  Router router;
  for (auto* routes : {&wide, &narrow}) {
    auto group = std::make_shared<RouteGroup>();
    group->routes = routes;
    group->owner = &owner;
    group->prefixes = routes->prefixes();
    router.add(std::move(group), {});
  }
  const auto speaker = [&](std::string_view path) {
    const auto* group = router.group_of(path);
    return group ? group->routes->id() : std::string("nobody");
  };
  CHECK(speaker("/api/2.0/mlflow/runs") == "narrow");
  CHECK(speaker("/api/2.0/mlflow") == "narrow");
  CHECK(speaker("/api/2.0/mlflow-artifacts") == "wide");
  CHECK(speaker("/apix") == "nobody");
  CHECK(speaker("/") == "nobody");
}

TEST_CASE("routes that do not register", "[http]") {
  const auto refused = [](auto&& change, std::string prefix = "/x") {
    test::TestRoutes routes("acme", prefix);
    PluginOwner owner;
    auto group = std::make_shared<RouteGroup>();
    group->routes = &routes;
    group->owner = &owner;
    group->prefixes = {prefix};
    std::vector<Route> list(1);
    list[0].method = "GET";
    list[0].path = prefix + "/a";
    list[0].permission = "public";
    list[0].handler = Handler([](Request&) { return Response{}; });
    change(list);
    Router router;
    return test::error_of([&] { router.add(std::move(group), std::move(list)); });
  };
  using List = std::vector<Route>;
  CHECK(refused([](List& l) { l[0].permission = ""; }).what() ==
        std::string("route GET /x/a of 'acme' has no permission: name one, or \"public\" to let "
                    "everybody call it"));
  CHECK(refused([](List& l) { l[0].handler = {}; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].handler = Handler{}; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].method = ""; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].method = "HEAD"; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].path = "x"; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].path = "/elsewhere"; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].path = "/xy/a"; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].path = "/x/{rest*}/b"; }).code() == ErrorCode::invalid);
  CHECK(refused([](List& l) { l[0].path = "/x/a{b}"; }).code() == ErrorCode::invalid);
  CHECK(refused([](List&) {}, "/api/v1/x/acme").code() == ErrorCode::invalid);  // no summary
  const auto twice = refused([](List& l) { l.push_back(l[0]); });
  CHECK(twice.code() == ErrorCode::exists);
  CHECK(refused([](List& l) {
          l.push_back(l[0]);
          l[0].path = "/x/{a}";
          l[1].path = "/x/{b}";
        }).code() == ErrorCode::exists);
}
