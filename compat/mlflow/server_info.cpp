#include "server_info.hpp"

#include "podium/http/json_writer.hpp"

namespace podium::mlflow {
namespace {

Response plain(std::string_view text, std::string_view type) {
  Response response;
  response.content_type = type;
  response.body = text;
  return response;
}

/// What clients ask once to learn what they may use.
Response server_info() {
  std::string body;
  JsonWriter w(body);
  w.object().key("store_type").value("SqlStore").key("workspaces_enabled").value(false);
  w.key("trace_archival_enabled").value(false).key("multipart_uploads_enabled").value(false);
  w.key("multipart_downloads_enabled")
      .value(false)
      .key("presigned_upload_run_id_supported")
      .value(true);
  w.key("presigned_upload_model_id_supported").value(true);
  w.key("features_enabled").object().key("gateway").value(false).end_object().end_object();
  return json_response(std::move(body));
}

}  // namespace

void add_server_info_routes(const Api&, RouteTable& routes) {
  routes.at(
      "GET", "/health", "public", [](Request&) { return plain("OK", "text/plain; charset=utf-8"); },
      BodyKind::none);
  routes.at(
      "GET", "/version", "public",
      [](Request&) { return plain(mlflow_version, "text/html; charset=utf-8"); }, BodyKind::none);
  routes.rpc("GET", 3, "/server-info", "public", [](Request&) { return server_info(); });
}

}  // namespace podium::mlflow
