#pragma once
// Where a task's artifacts are in the BlobStore.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace podium {

/// The name that the artifacts of a URI (a task's or model's `artifact_uri`) begin with in the
/// BlobStore, without slashes around it; nothing when the URI is of a place that podium does not
/// keep (a bucket, a folder elsewhere).
inline std::optional<std::string> blob_prefix(std::string_view uri) {
  // The scheme of what the host's own BlobStore serves (see the setting default_artifact_root).
  constexpr std::string_view scheme = "mlflow-artifacts:";
  if (!uri.starts_with(scheme)) return std::nullopt;
  uri.remove_prefix(scheme.size());
  if (uri.starts_with("//")) uri.remove_prefix(std::min(uri.find('/', 2), uri.size()));
  uri = uri.substr(0, uri.find_first_of("?#"));
  while (uri.starts_with('/')) uri.remove_prefix(1);
  while (uri.ends_with('/')) uri.remove_suffix(1);
  return std::string(uri);
}

/// `path` below a prefix: the name of a blob or of a folder. The BlobStore refuses names that lead
/// out.
inline std::string blob_below(std::string_view prefix, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string name(prefix);
  if (!prefix.empty() && !path.empty()) name += '/';
  return name.append(path);
}

}  // namespace podium
