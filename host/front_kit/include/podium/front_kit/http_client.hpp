#pragma once
// HTTP to a podium, and to which one.
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace podium::front {

struct HttpAnswer {
  int status = 0;
  std::string content_type, body;
};

/// Where to find the host, and who said so ("--url", "PODIUM_URL", ...; "" nobody). `url` may be
/// shown; `authorization`, the header, never.
struct HostAddress {
  std::string url, source;
  std::string authorization = {};
};

/// `given`, else PODIUM_URL, else MLFLOW_TRACKING_URI when it is an http address, else
/// http://127.0.0.1:5000. A name and password in the address become its authorization; else the
/// environment's (PODIUM_TOKEN, a file PODIUM_TOKEN_FILE, MLFLOW_TRACKING_TOKEN,
/// MLFLOW_TRACKING_USERNAME and _PASSWORD) is that of the host which the environment names, or of
/// this machine's. Throws Error `invalid` for what is no http address.
HostAddress find_host(const std::string& given);

/// One connection to a host. Throws Error `unavailable` when nobody answers, `timeout` when the
/// answer takes too long.
class HttpClient {
 public:
  /// `patience` is how long an answer may take.
  explicit HttpClient(const HostAddress&,
                      std::chrono::seconds patience = std::chrono::seconds(120));
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpAnswer get(const std::string& path);
  HttpAnswer post(const std::string& path, const std::string& json);
  /// The body goes to `sink` piece by piece when the status is 200; false stops.
  HttpAnswer download(const std::string& path, const std::function<bool(std::string_view)>& sink,
                      const std::string& accept = {});
  /// Any thread: a call that runs ends with an Error.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::front
