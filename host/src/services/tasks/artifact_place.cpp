#include "services/tasks/artifact_place.hpp"

#include <algorithm>

#include "podium/artifact_uri.hpp"

namespace podium::host {

std::string next_artifact_uri(std::string_view uri, std::int64_t current, std::int64_t next) {
  const auto end = std::min(uri.find_first_of("?#"), uri.size());
  std::string_view path = uri.substr(0, end);
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::string mark = "-" + std::to_string(current);
  if (current > 1 && path.ends_with(mark)) path.remove_suffix(mark.size());
  return std::string(path) + "-" + std::to_string(next) + std::string(uri.substr(end));
}

std::optional<std::string> blob_folder(std::string_view uri) {
  auto path = blob_prefix(uri);
  if (!path || path->find('%') != std::string::npos) return std::nullopt;
  // With an authority it is another server's.
  const std::string_view rest_of_uri = uri.substr(uri.find(':') + 1);
  if (rest_of_uri.starts_with("//") && !rest_of_uri.starts_with("///")) return std::nullopt;
  for (std::string_view rest = *path;;) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    if (segment.empty() || segment == "." || segment == "..") return std::nullopt;
    if (slash == std::string_view::npos) return path;
    rest.remove_prefix(slash + 1);
  }
}

std::optional<std::string> erasable_blobs(std::string_view uri, std::string_view owner) {
  auto folder = blob_folder(uri);
  if (!folder || owner.empty()) return std::nullopt;
  const std::string within = "/" + *folder + "/";
  if (within.find("/" + std::string(owner) + "/") == std::string::npos) return std::nullopt;
  return folder;
}

}  // namespace podium::host
