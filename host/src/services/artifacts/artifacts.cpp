#include "services/artifacts/artifacts.hpp"

#include <algorithm>

namespace podium::host {

std::optional<std::string> blob_prefix(std::string_view uri) {
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

std::string blob_below(std::string_view prefix, std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string name(prefix);
  if (!prefix.empty() && !path.empty()) name += '/';
  return name.append(path);
}

}  // namespace podium::host
