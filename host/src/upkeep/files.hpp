#pragma once
// Files and folders, copied durably.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace podium::host {

class Progress;

/// A file as it was when it was read.
struct Digest {
  std::uint64_t bytes = 0;
  std::string sha256;
};

/// Reads a file to its end. Throws `not_found` when there is none (also when it is a symbolic
/// link), `cancelled`.
Digest digest_of(const std::filesystem::path&, Progress&);
/// Copies a file to a name that does not exist, making folders. Not synced: see sync_all. Throws
/// `not_found` as digest_of does, `out_of_space`, `cancelled`.
Digest copy_file(const std::filesystem::path& from, const std::filesystem::path& to, Progress&);
/// Writes a small file, synced.
void write_file(const std::filesystem::path&, std::string_view text);
std::string read_file(const std::filesystem::path&);
/// Everything written to the file system of this folder is on disk when it returns.
void sync_all(const std::filesystem::path& folder);
/// Renames; throws `exists` when the new name is taken. Durable when it returns.
void move_to(const std::filesystem::path& from, const std::filesystem::path& to);

struct Tree {
  struct File {
    std::string name;  ///< relative, with '/'
    std::uint64_t bytes = 0;
  };
  std::vector<File> files;  ///< by name
  std::uint64_t bytes = 0;
  std::uint64_t others = 0;  ///< symbolic links, sockets and so on, which are no artifacts
};
/// The artifacts below a folder; empty when it does not exist. What is being uploaded is left out.
Tree artifacts_below(const std::filesystem::path& folder);

/// Bytes that may still be written where a path is (or will be).
std::uint64_t free_bytes(const std::filesystem::path&);

/// Keeps two processes from filling one folder. Gone with the object.
class FolderLock {
 public:
  /// Throws `unavailable` when another process holds it.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace podium::host
