#pragma once
// Where a run's or a model's artifacts are, and reading them there.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api.hpp"

namespace podium::mlflow {

/// The place an artifact URI names: a prefix in the BlobStore, or a local folder that the
/// configuration allows.
struct ArtifactPlace {
  bool local = false;
  std::string base;  ///< of the BlobStore without slashes around it, or an absolute folder
};

/// Throws `permission_denied` for a local folder that is not below an allowed root (the default
/// artifact root, the artifacts' destination, and `local_artifact_roots` of the plugin's
/// configuration), and `not_implemented` for storage that this server does not open.
ArtifactPlace place_of(const Api&, std::string_view artifact_uri);

/// One level below `path` ("" is the top), by name; empty for a file or nothing.
std::vector<BlobInfo> list_artifacts(const Api&, const ArtifactPlace&, std::string_view path);
/// The answer that sends a file; throws `not_found` or, for a directory, `invalid` in MLflow's
/// words.
Response send_artifact(const Api&, const ArtifactPlace&, std::string_view path);
/// Writes `upload` under `path`.
void keep_artifact(const Api&, const ArtifactPlace&, std::string_view path,
                   std::unique_ptr<BlobWriter> upload);

/// `path` below `base`, as a name of the BlobStore: normal, "" for the top.
std::string blob_name(std::string_view base, std::string_view path);
/// Refuses a name that MLflow keeps for unfinished uploads.
void check_file_name(std::string_view path);
/// Content-Type by the file's extension: text that people read in a browser is text/plain.
std::string_view content_type_of(std::string_view path);
/// "attachment; filename=...", with the UTF-8 form when the name is not ASCII.
std::string content_disposition(std::string_view file_name);
/// The last segment of a path.
std::string_view base_name(std::string_view path);

}  // namespace podium::mlflow
