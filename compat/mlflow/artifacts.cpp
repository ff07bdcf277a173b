#include "artifacts.hpp"

#include <fmt/format.h>

#include "artifact_store.hpp"
#include "podium/http/json_writer.hpp"
#include "uri.hpp"
#include "wire.hpp"

namespace podium::mlflow {
namespace {

constexpr std::size_t max_upload = std::size_t{10} << 20;

std::string run_artifact_uri(const Api& api, const Principal& who, std::string_view run_id) {
  std::string uri;
  const Column column = value_of(field("artifact_uri"));
  const Ordinal run = api.find_run(api.store, who, run_id);
  api.tasks.get(api.store, who, run, std::span(&column, 1),
                [&](const Row& row) { uri = cell::view(row.cell(0)); });
  return uri;
}

std::string model_artifact_uri(const Api& api, const Principal& who, std::string_view model_id) {
  std::string uri;
  const Column columns[] = {value_of(field("artifact_uri")), value_of(field("deleted"))};
  const Ordinal model = api.models.find(api.store, who, model_id);
  bool there = false;
  if (model != 0)
    api.models.get(api.store, who, model, columns, [&](const Row& row) {
      uri = cell::view(row.cell(0));
      there = !cell::flag(row.cell(1));
    });
  if (!there) throw missing(fmt::format("Logged model with ID '{}' not found.", model_id));
  return uri;
}

Response listing(const Api& api, const std::string& uri, const std::string& path) {
  std::string body;
  JsonWriter w(body);
  w.object().key("root_uri").value(uri);
  write_files(w, list_artifacts(api, place_of(api, uri), path), path);
  w.end_object();
  return json_response(std::move(body));
}

Response list_run(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.run_id());
  const auto path = fields.text("path");
  const std::string safe = path ? blob_name("", safe_path(*path)) : std::string();
  return listing(api, run_artifact_uri(api, request.who(), run_id), safe);
}

Response list_model(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const auto path = fields.text("artifact_directory_path");
  const std::string safe = path ? blob_name("", safe_path(*path)) : std::string();
  return listing(api, model_artifact_uri(api, request.who(), request.segment("model_id")), safe);
}

Response get_run_artifact(const Api& api, Request& request) {
  auto id = request.query("run_id").value_or("");
  if (id.empty()) id = request.query("run_uuid").value_or("None");
  const auto path = request.query("path");
  if (!path) throw error(Code::bad_request, "Request must specify path.");
  const std::string safe = safe_path(*path);
  const std::string uri = run_artifact_uri(api, request.who(), id);
  return send_artifact(api, place_of(api, uri), safe);
}

Response get_model_artifact(const Api& api, Request& request) {
  const auto path = request.query("artifact_file_path").value_or("");
  if (path.empty())
    throw error(Code::bad_request,
                "Request must include the \"artifact_file_path\" query parameter.");
  const std::string safe = safe_path(path);
  return send_artifact(
      api, place_of(api, model_artifact_uri(api, request.who(), request.segment("model_id"))),
      safe);
}

Response upload(const Api& api, Request& request) {
  const auto run_id = request.query("run_uuid").value_or(""),
             path = request.query("path").value_or("");
  if (run_id.empty()) throw invalid("Request must specify run_uuid.");
  if (path.empty()) throw invalid("Request must specify path.");
  const std::string safe = safe_path(path);
  const std::string_view data = request.body();
  if (data.size() > max_upload) throw invalid("Artifact size is too large. Max size is 10MB.");
  if (data.empty()) throw invalid("Request must specify data.");
  const std::string uri = run_artifact_uri(api, request.who(), run_id);
  api.access.require(request.who(), "task.write");
  auto writer = api.blobs.create();
  writer->write(data);
  keep_artifact(api, place_of(api, uri), safe, std::move(writer));
  return json_response("");
}

/// Direct links to storage need storage that signs them: ours does not, and tells so as MLflow
/// does.
Response presigned_upload(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.text("run_id").value_or("")),
      model_id(fields.text("model_id").value_or(""));
  const std::string_view path = fields.required_text("path");
  fields.integer("expiration");
  if (run_id.empty() == model_id.empty())
    throw invalid("Exactly one of run_id and model_id must be provided.");
  safe_path(path);
  const std::string uri = run_id.empty() ? model_artifact_uri(api, request.who(), model_id)
                                         : run_artifact_uri(api, request.who(), run_id);
  const std::string scheme = parse_uri(uri).scheme;
  if (scheme == "http" || scheme == "https" || scheme == "mlflow-artifacts")
    throw invalid(fmt::format(
        "Presigned upload is not supported for proxied artifact storage (artifact URI scheme: {}). "
        "This endpoint requires a direct cloud storage artifact URI.",
        scheme));
  throw error(Code::not_implemented,
              "Presigned upload is not supported for the current artifact repository");
}

Response presigned_download(const Api& api, Request& request) {
  const Fields fields = read_fields(request);
  const std::string run_id(fields.required_text("run_id"));
  safe_path(fields.required_text("path"));
  const std::int64_t expiration = fields.integer("expiration").value_or(900);
  if (expiration < 1 || expiration > 604'800)
    throw invalid(
        fmt::format("expiration must be between 1 and 604800 seconds (got {}).", expiration));
  const std::string scheme = parse_uri(run_artifact_uri(api, request.who(), run_id)).scheme;
  if (scheme == "http" || scheme == "https" || scheme == "mlflow-artifacts")
    throw invalid(fmt::format(
        "Presigned download is not supported for runs with proxied artifact storage (artifact URI "
        "scheme: {}). This endpoint requires a run with a direct cloud storage artifact URI.",
        scheme));
  throw error(Code::not_implemented,
              "Presigned download is not supported for the current artifact repository");
}

}  // namespace

void add_artifact_routes(const Api& api, RouteTable& routes) {
  routes.rpc("GET", 2, "/artifacts/list", "task.read",
             [&](Request& q) { return list_run(api, q); });
  routes.rpc("POST", 2, "/artifacts/presigned-upload-url", "task.write",
             [&](Request& q) { return presigned_upload(api, q); });
  routes.rpc("POST", 2, "/artifacts/presigned-download-url", "task.read",
             [&](Request& q) { return presigned_download(api, q); });
  routes.rpc("GET", 2, "/logged-models/{model_id}/artifacts/directories", "model.read",
             [&](Request& q) { return list_model(api, q); });
  routes.at("GET", "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files", "model.read",
            [&](Request& q) { return get_model_artifact(api, q); });
  routes.at("GET", "/get-artifact", "task.read",
            [&](Request& q) { return get_run_artifact(api, q); });
  routes.at("POST", "/ajax-api/2.0/mlflow/upload-artifact", "task.write",
            [&](Request& q) { return upload(api, q); });
}

}  // namespace podium::mlflow
