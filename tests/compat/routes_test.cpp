// The table of endpoints in the README is the route table, and nothing else.
#include <fstream>
#include <set>
#include <sstream>

#include "fixture.hpp"

using namespace podium::test;

TEST_CASE("the README lists exactly the endpoints that are answered") {
  Podium podium;
  std::set<std::string> served;
  for (const auto& route : podium.routes()) {
    CHECK_FALSE(route.permission.empty());
    if (route.path.compare(0, 10, "/ajax-api/") == 0) {
      // What has a twin under /api is one line.
      bool twin = false;
      const std::string api_path = "/" + route.path.substr(6);
      for (const auto& other : podium.routes())
        twin |= other.method == route.method && other.path == api_path;
      if (twin) continue;
    }
    served.insert(route.method + " " + route.path);
  }
  std::ifstream file(PODIUM_COMPAT_README);
  REQUIRE(file);
  std::set<std::string> listed;
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, 3, "| `") != 0 || line.find("| done |") == std::string::npos) continue;
    listed.insert(line.substr(3, line.find('`', 3) - 3));
  }
  for (const auto& endpoint : served) {
    INFO("served, not in the README: " << endpoint);
    CHECK(listed.count(endpoint) == 1);
  }
  for (const auto& endpoint : listed) {
    INFO("in the README, not served: " << endpoint);
    CHECK(served.count(endpoint) == 1);
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
