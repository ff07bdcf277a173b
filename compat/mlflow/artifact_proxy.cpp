// The proxy: clients put, get, list and delete artifacts through the server, which keeps them in
// the BlobStore.
#include <fmt/format.h>

#include "artifact_store.hpp"
#include "artifacts.hpp"
#include "podium/http/json_writer.hpp"
#include "uri.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

/// Errors of the two streaming endpoints that MLflow words by its other framework.
Response detail(int status, std::string_view text) {
  Response response;
  response.status = status;
  JsonWriter(response.body).object().key("detail").value(text).end_object();
  return response;
}

std::string artifact_path(const Request& request) { return safe_path(request.segment("path")); }

Response download(const Api& api, Request& request) {
  api.access.visible(request.who(), "tasks");
  const std::string path = artifact_path(request);
  const std::string name = blob_name("", path);
  const auto info = name.empty() ? std::nullopt : api.blobs.stat(name);
  if (name.empty() || (info && info->directory))
    return detail(400, fmt::format("Artifact path refers to a directory, not a file: '{}'", path));
  return send_artifact(api, {}, path);
}

Response upload(const Api& api, Request& request) {
  api.access.visible(request.who(), "tasks");
  api.access.require(request.who(), "task.write");
  const std::string path = artifact_path(request);
  if (path.empty() || path.back() == '/')
    return detail(400, "Artifact path must include a filename (cannot end with '/').");
  keep_artifact(api, {}, path, request.upload());
  Response response;
  response.content_type.clear();
  return response;
}

Response list(const Api& api, Request& request) {
  api.access.visible(request.who(), "tasks");
  const Fields fields = read_fields(request);
  const auto path = fields.text("path");
  std::string body;
  JsonWriter w(body);
  w.object();
  bool any = false;
  for (const BlobInfo& info : list_artifacts(api, {}, path ? safe_path(*path) : std::string())) {
    if (!any) w.key("files").array();
    any = true;
    w.object().key("path").value(info.name).key("is_dir").value(info.directory);
    if (!info.directory && info.size > 0)
      w.key("file_size").value(static_cast<std::int64_t>(info.size));
    w.end_object();
  }
  if (any) w.end_array();
  w.end_object();
  return json_response(std::move(body));
}

Response erase(const Api& api, Request& request) {
  api.access.visible(request.who(), "tasks");
  api.access.require(request.who(), "task.write");
  const std::string name = blob_name("", artifact_path(request));
  if (name.empty()) throw invalid("Invalid path");
  api.blobs.erase(name);
  return empty_answer();
}

/// A local destination takes whole uploads only; a client that is told so sends one.
Response multipart(const Api& api, Request& request, bool parts_required) {
  api.access.visible(request.who(), "tasks");
  artifact_path(request);
  const Fields fields = read_fields(request);
  fields.required_text("path");
  if (parts_required && !fields.has("parts")) throw missing_value("parts");
  throw error(Code::not_implemented,
              "Multipart upload is not supported for the current artifact repository");
}

Response presigned(const Api& api, Request& request) {
  api.access.visible(request.who(), "tasks");
  artifact_path(request);
  throw error(Code::not_implemented,
              "Multipart download is not supported for the current artifact repository");
}

}  // namespace

void add_artifact_proxy_routes(const Api& api, RouteTable& routes) {
  for (const std::string root : {"/api/2.0/mlflow-artifacts", "/ajax-api/2.0/mlflow-artifacts"}) {
    routes.at("GET", root + "/artifacts", "task.read", [&](Request& q) { return list(api, q); });
    routes.at(
        "GET", root + "/artifacts/{path*}", "task.read",
        [&](Request& q) { return download(api, q); }, BodyKind::none);
    routes.at(
        "PUT", root + "/artifacts/{path*}", "task.write",
        [&](Request& q) { return upload(api, q); }, BodyKind::spooled);
    routes.at("DELETE", root + "/artifacts/{path*}", "task.write",
              [&](Request& q) { return erase(api, q); });
    routes.at("POST", root + "/mpu/create/{path*}", "task.write",
              [&](Request& q) { return multipart(api, q, false); });
    routes.at("POST", root + "/mpu/complete/{path*}", "task.write",
              [&](Request& q) { return multipart(api, q, true); });
    routes.at("POST", root + "/mpu/abort/{path*}", "task.write",
              [&](Request& q) { return multipart(api, q, false); });
    routes.at("GET", root + "/presigned/{path*}", "task.read",
              [&](Request& q) { return presigned(api, q); });
  }
}

}  // namespace podium::mlflow
