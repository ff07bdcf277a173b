// What holds for all routes. tests/client/test_endpoints.py holds the README's table to them.
#include "fixture.hpp"

using namespace podium::test;

TEST_CASE("every route asks for a permission, and /ajax-api answers what /api does") {
  Podium podium;
  for (const auto& route : podium.routes()) {
    INFO(route.method << " " << route.path);
    CHECK_FALSE(route.permission.empty());
    if (route.path.compare(0, 5, "/api/") != 0) continue;
    bool twin = false;
    for (const auto& other : podium.routes())
      twin |= other.method == route.method && other.path == "/ajax-api" + route.path.substr(4);
    CHECK(twin);
  }
}

TEST_CASE("health, version and what the server can") {
  Podium podium;
  CHECK(podium.get("/health").body == "OK");
  CHECK(podium.get("/version").body == "3.17.2");
  const Json info = podium.get("/api/3.0/mlflow/server-info").json();
  CHECK(info["workspaces_enabled"] == false);
  CHECK(info["multipart_uploads_enabled"] == false);
}
