#pragma once
// podium without a server: a store in a temporary folder, the services, and the plugin's routes,
// called by method and address as the server would.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "podium/http/routes.hpp"
#include "support.hpp"

namespace podium::test {

using Json = nlohmann::json;

struct Answer {
  int status = 0;
  std::string type, body;
  std::vector<std::pair<std::string, std::string>> headers;
  Json json() const { return Json::parse(body); }
  std::string error_code() const { return json().value("error_code", ""); }
  std::string message() const { return json().value("message", ""); }
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

/// A request as the server would hand it over; the body has readable bytes behind it.
struct FakeRequest {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> headers;
};

class Podium {
 public:
  Podium();
  ~Podium();
  /// Sends a request; POST and PUT are application/json unless a header says else.
  Answer send(FakeRequest);
  Answer get(const std::string& path) { return send({"GET", path, "", {}}); }
  Answer post(const std::string& path, const Json& body) {
    return send({"POST", path, body.dump(), {}});
  }
  /// The same under /api/2.0/mlflow, for a call that must succeed.
  Json ok(const std::string& method, const std::string& path, const Json& body = nullptr);
  Json call(const std::string& path, const Json& body) { return ok("POST", path, body); }
  /// A failing call: "CODE: message".
  std::string refused(const std::string& path, const Json& body);

  std::string experiment(const std::string& name);
  std::string run(const std::string& experiment = "0", const Json& more = Json::object());
  const std::vector<Route>& routes() const;
  Routes& extension();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr const char* api = "/api/2.0/mlflow";

}  // namespace podium::test
