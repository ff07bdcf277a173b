#include "pages.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "podium_dashboard_assets.hpp"

namespace podium_dashboard {
namespace {

/// The page may load nothing but what this host serves, and runs no script in its markup. Styles
/// come from files and constructed sheets.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'";

std::string type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  return "application/octet-stream";
}

/// "app-0123456789.js": another content has another name.
bool hashed(std::string_view name) {
  constexpr std::size_t digits = 10;
  const auto dash = name.rfind('-'), dot = name.rfind('.');
  if (dash == name.npos || dot == name.npos || dot - dash != digits + 1) return false;
  return std::all_of(name.begin() + static_cast<std::ptrdiff_t>(dash) + 1,
                     name.begin() + static_cast<std::ptrdiff_t>(dot),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::vector<podium::Route> Pages::routes() {
  const auto route = [](std::string path, podium::Handler handler) {
    podium::Route r;
    r.method = "GET";
    r.path = std::move(path);
    r.permission = "public";
    r.handler = std::move(handler);
    r.body = podium::BodyKind::none;
    return r;
  };
  std::vector<podium::Route> all;
  all.push_back(route("/", [this](podium::Request&) { return page(); }));
  all.push_back(route("/p/{rest*}", [this](podium::Request&) { return page(); }));
  all.push_back(
      route("/assets/{name}", [this](podium::Request& r) { return asset(r.segment("name")); }));
  return all;
}

podium::Response Pages::page() const {
  auto response = file("index.html");
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  return response;
}

podium::Response Pages::asset(std::string_view name) const {
  // A page of its own would not have the policy.
  if (name.ends_with(".html"))
    throw podium::Error(podium::ErrorCode::not_found, "the page is at /, not below /assets/");
  return file(name);
}

podium::Response Pages::file(std::string_view name) const {
  podium::Response response;
  response.content_type = type_of(name);
  if (!folder_.empty()) {
    const bool plain = !name.empty() && name.front() != '.' && name.find('/') == name.npos;
    std::ifstream in(folder_ / std::filesystem::path(name), std::ios::binary);
    if (plain && in) {
      response.body.assign(std::istreambuf_iterator<char>(in), {});
      response.headers.emplace_back("Cache-Control", "no-store");
      return response;
    }
  } else {
    const auto all = assets();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Asset& a) { return a.name == name; });
    if (found != all.end()) {
      response.body = found->bytes;
      response.headers.emplace_back("ETag", found->etag);
      response.headers.emplace_back(
          "Cache-Control", hashed(name) ? "public, max-age=31536000, immutable" : "no-cache");
      return response;
    }
  }
  throw podium::Error(podium::ErrorCode::not_found,
                      "podium has no asset '" + std::string(name) + "'");
}

}  // namespace podium_dashboard
