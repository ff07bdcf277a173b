#pragma once
// Blobs as files below one folder.
#include <filesystem>
#include <memory>
#include <string>

#include "podium/blob_store.hpp"

namespace podium::host {

/// Keeps each blob as a file at root/<name>, so that the folder can be read by other tools. An
/// upload is written to root/.tmp, synced, and renamed to its name; what a crash left in .tmp is
/// removed when the next store opens the folder. Several processes may use one folder. Symbolic
/// links below the root are never followed: the kernel resolves every name (openat2), or, where it
/// cannot, it is walked segment by segment. A name may not begin with ".tmp".
class LocalBlobStore final : public BlobStore {
 public:
  enum class Resolve { kernel, walk };  ///< walk is what kernels before 5.6 get; tests ask for it
  /// Makes the folder when there is none. Throws `unavailable` with the reason when it cannot be
  /// used.
  explicit LocalBlobStore(std::filesystem::path root, Resolve resolve = Resolve::kernel);
  ~LocalBlobStore() override;

  std::unique_ptr<BlobWriter> create() override;
  void commit(std::unique_ptr<BlobWriter>, std::string_view name) override;
  std::unique_ptr<BlobReader> open(std::string_view name) const override;
  std::optional<BlobInfo> stat(std::string_view name) const override;
  std::vector<BlobInfo> list(std::string_view directory) const override;
  bool erase(std::string_view name) override;

  const std::filesystem::path& root() const noexcept { return root_; }

 private:
  class Files;
  std::filesystem::path root_;
  std::shared_ptr<Files> files_;  // shared with writers, which may outlive the store
};

}  // namespace podium::host
