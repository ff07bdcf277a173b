#pragma once
// Where a task's artifacts are.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace podium::host {

/// A place beside the present one for the artifacts of attempt `next`: ".../artifacts" is followed
/// by ".../artifacts-2", that by ".../artifacts-3". `current` is the number of the attempt that the
/// URI is of.
std::string next_artifact_uri(std::string_view uri, std::int64_t current, std::int64_t next);

/// Like `blob_prefix`, for what is to be counted or erased: none for another server's URI, one with
/// escapes, and one that leads anywhere but to a folder below the root.
std::optional<std::string> blob_folder(std::string_view uri);

/// The name in the BlobStore of a folder that podium may erase for its owner (a task or a model):
/// one in the BlobStore that has the owner's id as a segment of its path, so that it holds nobody
/// else's. None for other places.
std::optional<std::string> erasable_blobs(std::string_view uri, std::string_view owner);

}  // namespace podium::host
