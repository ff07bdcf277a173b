#pragma once
// Where a task's artifacts are in the BlobStore.
#include <optional>
#include <string>
#include <string_view>

namespace podium::host {

/// The name that the artifacts of a URI begin with in the BlobStore, without slashes around it;
/// nothing when the URI is of a place that podium does not keep (a bucket, a folder elsewhere).
std::optional<std::string> blob_prefix(std::string_view artifact_uri);

/// `path` below a prefix: the name of a blob or of a folder. The BlobStore refuses names that lead
/// out.
std::string blob_below(std::string_view prefix, std::string_view path);

}  // namespace podium::host
