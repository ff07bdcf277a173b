// The only file that includes cpp-httplib.
#include "podium/front_kit/http_client.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "podium/error.hpp"
#include "podium/front_kit/base64.hpp"

namespace podium::front {
namespace {

constexpr std::chrono::seconds longest_connect{5};

bool is_http(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

namespace {

bool is_this_machine(std::string_view url) {
  const std::string_view host = url.substr(url.find("://") + 3);
  return host.starts_with("127.") || host.starts_with("[::1]") ||
         host.substr(0, host.find_first_of(":/")) == "localhost";
}

/// Takes a name and a password out of an address.
void take_user(HostAddress& host) {
  const std::size_t begin = host.url.find("://") + 3;
  const std::size_t end = std::min(host.url.find('/', begin), host.url.size());
  const std::size_t at = host.url.rfind('@', end);
  if (at == std::string::npos || at < begin) return;
  host.authorization = "Basic " + base64(host.url.substr(begin, at - begin));
  host.url.erase(begin, at + 1 - begin);
}

/// What the environment says who calls is; "" says nothing.
std::string environment_authorization() {
  for (const char* name : {"PODIUM_TOKEN", "PODIUM_TOKEN_FILE", "MLFLOW_TRACKING_TOKEN"}) {
    std::string token = environment(name);
    if (!token.empty() && std::string_view(name) == "PODIUM_TOKEN_FILE") {
      std::ifstream file(token);
      if (!std::getline(file, token))
        throw Error(ErrorCode::invalid, "PODIUM_TOKEN_FILE names no file that can be read");
    }
    if (!token.empty()) return "Bearer " + token;
  }
  const std::string user = environment("MLFLOW_TRACKING_USERNAME");
  return user.empty() ? std::string()
                      : "Basic " + base64(user + ":" + environment("MLFLOW_TRACKING_PASSWORD"));
}

HostAddress find_address(const std::string& given) {
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

}  // namespace

HostAddress find_host(const std::string& given) {
  HostAddress host = find_address(given);
  take_user(host);
  if (!host.authorization.empty()) return host;
  // A token goes to the host that it is for and not to whatever address somebody typed.
  bool meant = is_this_machine(host.url);
  if (!given.empty() && !meant) {
    HostAddress usual = find_address({});
    take_user(usual);
    meant = usual.url == host.url;
  }
  if (given.empty() || meant) host.authorization = environment_authorization();
  return host;
}

struct HttpClient::Impl {
  Impl(const HostAddress& host, std::chrono::seconds patience)
      : address(host), client(host.url.substr(0, end_of_authority(host.url))) {
    prefix = host.url.substr(end_of_authority(host.url));
    client.set_connection_timeout(std::min(patience, longest_connect));
    client.set_read_timeout(patience);
    client.set_write_timeout(patience);
    client.set_tcp_nodelay(true);
    client.set_keep_alive(true);
    if (!host.authorization.empty())
      client.set_default_headers({{"Authorization", host.authorization}});
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

HttpClient::HttpClient(const HostAddress& host, std::chrono::seconds patience)
    : impl_(std::make_unique<Impl>(host, patience)) {}
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::get(const std::string& path) {
  return impl_->answer(impl_->client.Get((impl_->prefix + path).c_str()));
}

HttpAnswer HttpClient::post(const std::string& path, const std::string& json) {
  return impl_->answer(
      impl_->client.Post((impl_->prefix + path).c_str(), json, "application/json"));
}

void HttpClient::stop() { impl_->client.stop(); }

HttpAnswer HttpClient::download(const std::string& path,
                                const std::function<bool(std::string_view)>& sink,
                                const std::string& accept) {
  int status = 0;
  std::string type, refusal;
  bool stopped = false;
  httplib::Headers headers;
  if (!accept.empty()) headers.emplace("Accept", accept);
  const auto result = impl_->client.Get((impl_->prefix + path).c_str(), headers,
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

}  // namespace podium::front
