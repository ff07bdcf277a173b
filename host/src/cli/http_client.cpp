// The only file that includes cpp-httplib.
#include "cli/http_client.hpp"

#include <httplib.h>

#include <cstdlib>

#include "podium/error.hpp"

namespace podium::host::cli {
namespace {

constexpr int connect_seconds = 5, answer_seconds = 120;

bool is_http(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

HostAddress find_host(const std::string& given) {
  HostAddress host{given, "--url"};
  if (host.url.empty()) host = {environment("PODIUM_URL"), "PODIUM_URL"};
  if (!host.url.empty() && !is_http(host.url))
    throw Error(ErrorCode::invalid,
                host.source + " '" + host.url + "' is no address such as http://127.0.0.1:5000");
  if (host.url.empty()) {
    host = {environment("MLFLOW_TRACKING_URI"), "MLFLOW_TRACKING_URI"};
    if (!is_http(host.url)) host = {"http://127.0.0.1:5000", ""};
  }
  while (host.url.ends_with('/')) host.url.pop_back();
  return host;
}

struct HttpClient::Impl {
  explicit Impl(const HostAddress& host)
      : address(host), client(host.url.substr(0, end_of_authority(host.url))) {
    prefix = host.url.substr(end_of_authority(host.url));
    client.set_connection_timeout(connect_seconds);
    client.set_read_timeout(answer_seconds);
    client.set_write_timeout(answer_seconds);
    client.set_tcp_nodelay(true);
    client.set_keep_alive(true);
    client.set_url_encode(false);  // a comma of an address is not that of a value
  }
  static std::size_t end_of_authority(const std::string& url) {
    const std::size_t slash = url.find('/', url.find("://") + 3);
    return slash == std::string::npos ? url.size() : slash;
  }
  HttpAnswer answer(const httplib::Result& result) const {
    if (result) return {result->status, result->get_header_value("Content-Type"), result->body};
    const std::string who =
        address.url + (address.source.empty() ? "" : " (" + address.source + ")");
    if (result.error() == httplib::Error::Read)
      throw Error(ErrorCode::timeout, who + " did not answer to the end");
    throw Error(ErrorCode::unavailable,
                "no podium answers at " + who +
                    "; start one with `podium serve`, or say with --url or PODIUM_URL where it is");
  }

  HostAddress address;
  std::string prefix;
  httplib::Client client;
};

HttpClient::HttpClient(const HostAddress& host) : impl_(std::make_unique<Impl>(host)) {}
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::get(const std::string& path) {
  return impl_->answer(impl_->client.Get((impl_->prefix + path).c_str()));
}

HttpAnswer HttpClient::post(const std::string& path, const std::string& json) {
  return impl_->answer(
      impl_->client.Post((impl_->prefix + path).c_str(), json, "application/json"));
}

HttpAnswer HttpClient::download(const std::string& path,
                                const std::function<bool(std::string_view)>& sink) {
  int status = 0;
  std::string type, refusal;
  bool stopped = false;
  const auto result = impl_->client.Get((impl_->prefix + path).c_str(),
                                        [&](const httplib::Response& response) {
                                          status = response.status;
                                          type = response.get_header_value("Content-Type");
                                          return true;
                                        },
                                        [&](const char* data, std::size_t size) {
                                          if (status != 200) {
                                            refusal.append(data, size);
                                            return true;
                                          }
                                          stopped = !sink(std::string_view(data, size));
                                          return !stopped;
                                        });
  if (!result && !stopped) impl_->answer(result);
  return {status, type, refusal};
}

}  // namespace podium::host::cli
