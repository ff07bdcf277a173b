#pragma once
// The folder with all state, owned by one process at a time.
#include <filesystem>

namespace podium::host {

/// Makes the folder and takes its lock; the lock goes with the object (and with the process, however it
/// ends). Throws `conflict` naming the other process, `invalid` when it cannot be made or written.
class DataFolder {
 public:
  explicit DataFolder(const std::filesystem::path&);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace podium::host
