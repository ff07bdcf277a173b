#include "upkeep/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "podium/error.hpp"
#include "upkeep/progress.hpp"
#include "upkeep/sha256.hpp"

namespace podium::host {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const char* verb, const fs::path& path, int error = errno) {
  const ErrorCode code = error == ENOSPC || error == EDQUOT      ? ErrorCode::out_of_space
                         : error == ENOENT || error == ELOOP     ? ErrorCode::not_found
                         : error == EEXIST || error == ENOTEMPTY ? ErrorCode::exists
                                                                 : ErrorCode::unavailable;
  throw Error(code, fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(error)));
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, const char* verb)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (fd_ < 0) fail(verb, path);
  }
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

void write_all(int fd, const char* data, std::size_t size, const fs::path& path) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", path);
    data += n;
    size -= static_cast<std::size_t>(n);
  }
}

/// Hands a file's bytes to `take` and returns what they were.
template <class Take>
Digest each_block(const fs::path& path, Progress& progress, Take&& take) {
  const Descriptor from(path, O_RDONLY | O_NOFOLLOW, "read");
  constexpr std::size_t block = std::size_t{1} << 20;
  const auto buffer = std::make_unique<char[]>(block);
  Sha256 sha;
  Digest digest;
  for (;;) {
    const ssize_t n = ::read(from.get(), buffer.get(), block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read", path);
    const auto size = static_cast<std::size_t>(n);
    progress.add(size);
    if (size == 0) break;
    sha.add({buffer.get(), size});
    digest.bytes += size;
    take(buffer.get(), size);
  }
  digest.sha256 = sha.finish();
  return digest;
}

void sync_folder(const fs::path& folder) {
  const Descriptor opened(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY, "open");
  if (::fsync(opened.get()) != 0) fail("sync", folder);
}

}  // namespace

Digest digest_of(const fs::path& path, Progress& progress) {
  return each_block(path, progress, [](const char*, std::size_t) {});
}

Digest copy_file(const fs::path& from, const fs::path& to, Progress& progress) {
  fs::create_directories(to.parent_path());
  const Descriptor out(to, O_WRONLY | O_CREAT | O_EXCL, "create");
  return each_block(from, progress,
                    [&](const char* data, std::size_t n) { write_all(out.get(), data, n, to); });
}

void write_file(const fs::path& path, std::string_view text) {
  const Descriptor out(path, O_WRONLY | O_CREAT | O_TRUNC, "create");
  write_all(out.get(), text.data(), text.size(), path);
  if (::fsync(out.get()) != 0) fail("sync", path);
}

std::string read_file(const fs::path& path) {
  const Descriptor in(path, O_RDONLY, "read");
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(in.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read", path);
    if (n == 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

void sync_all(const fs::path& folder) {
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY, "open");
  if (::syncfs(opened.get()) != 0) fail("sync", folder);
}

void move_to(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    // Some file systems do not know the flag.
    if (errno != EINVAL && errno != ENOSYS) fail("rename to", to);
    if (fs::exists(fs::symlink_status(to))) fail("rename to", to, EEXIST);
    if (::rename(from.c_str(), to.c_str()) != 0) fail("rename to", to);
  }
  sync_folder(to.parent_path());
}

Tree artifacts_below(const fs::path& folder) {
  Tree tree;
  std::vector<fs::path> waiting{folder};
  // What somebody erases meanwhile is passed over; anything else that cannot be read is an error.
  const auto gone = [](const std::error_code& e) {
    return e == std::errc::no_such_file_or_directory || e == std::errc::not_a_directory;
  };
  while (!waiting.empty()) {
    const fs::path current = std::move(waiting.back());
    waiting.pop_back();
    std::error_code failure;
    for (fs::directory_iterator i(current, failure), end; !failure && i != end;
         i.increment(failure)) {
      const fs::path& path = i->path();
      std::error_code lost;
      const auto status = i->symlink_status(lost);
      if (lost || status.type() == fs::file_type::not_found) continue;
      if (fs::is_directory(status)) {
        // ".tmp" is the blob store's own folder of uploads that have no name yet.
        if (current != folder || !path.filename().string().starts_with(".tmp"))
          waiting.push_back(path);
      } else if (fs::is_regular_file(status)) {
        const std::uint64_t size = i->file_size(lost);
        if (lost) continue;
        tree.files.push_back({path.lexically_relative(folder).generic_string(), size});
        tree.bytes += size;
      } else {
        ++tree.others;
      }
    }
    if (failure && !gone(failure)) fail("read", current, failure.value());
  }
  std::sort(tree.files.begin(), tree.files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return tree;
}

std::uint64_t free_bytes(const fs::path& path) {
  fs::path there = fs::absolute(path);
  while (!fs::exists(there) && there.has_relative_path()) there = there.parent_path();
  struct statvfs info {};
  if (::statvfs(there.c_str(), &info) != 0) fail("look at", there);
  return std::uint64_t{info.f_bavail} * info.f_frsize;
}

FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) fail("open", folder);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw Error(ErrorCode::unavailable,
                fmt::format("another podium is writing {}; wait for it", folder.string()));
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace podium::host
