#pragma once
// Keeps a second process from writing the same file: caches hold what only one writer changes.
#include <filesystem>

namespace podium::sqlite {

class FileLock {
 public:
  /// Throws `unavailable` when another store has the folder open.
  explicit FileLock(const std::filesystem::path& file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace podium::sqlite
