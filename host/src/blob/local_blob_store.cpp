#include "blob/local_blob_store.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

#include "blob/blob_name.hpp"
#include "podium/error.hpp"

namespace podium::host {

namespace fs = std::filesystem;

namespace {

constexpr const char* temporaries = ".tmp";

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  explicit operator bool() const { return value_ >= 0; }

 private:
  int value_ = -1;
};

[[noreturn]] void fail(int error, const std::string& what) {
  const auto text = what + ": " + std::generic_category().message(error);
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      throw Error(ErrorCode::out_of_space, text);
    case EIO:
    case EROFS:
    case EMFILE:
    case ENFILE:
      throw Error(ErrorCode::unavailable, text + "; try again when the disk is well");
    case ELOOP:
    case EXDEV:
      throw Error(ErrorCode::invalid, "Invalid path: it leads over a symbolic link").in("path");
    case ENAMETOOLONG:
      throw Error(ErrorCode::invalid, "Invalid path: it is too long for the file system")
          .in("path");
    default:
      throw Error(ErrorCode::internal, text);
  }
}

std::string random_name() {
  std::random_device device;
  std::string name;
  for (int i = 0; i < 4; ++i) {
    char part[9];
    std::snprintf(part, sizeof part, "%08x", device());
    name += part;
  }
  return name;
}

std::int64_t milliseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

void sync(int descriptor, const std::string& what) {
  if (::fsync(descriptor) != 0) fail(errno, "cannot sync " + what);
}

std::pair<std::string, std::string> split(std::string_view name) {
  const auto slash = name.rfind('/');
  if (slash == std::string_view::npos) return {"", std::string(name)};
  return {std::string(name.substr(0, slash)), std::string(name.substr(slash + 1))};
}

void check(std::string_view name) {
  check_blob_name(name);
  if (name.substr(0, name.find('/')) == temporaries)
    throw Error(ErrorCode::invalid, "Invalid path: '.tmp' is the store's own").in("path");
}

}  // namespace

/// The folder and this process's place for temporaries in it.
class LocalBlobStore::Files {
 public:
  Files(const fs::path& root, Resolve resolve) : kernel_(resolve == Resolve::kernel) {
    std::error_code error;
    fs::create_directories(root, error);
    root_ = Descriptor(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root_)
      throw Error(ErrorCode::unavailable, "cannot keep blobs in " + root.string() + ": " +
                                              std::generic_category().message(errno));
    tmp_path_ = root / temporaries;
    if (::mkdirat(root_.get(), temporaries, 0700) != 0 && errno != EEXIST)
      throw Error(ErrorCode::unavailable, "cannot write to " + root.string() + ": " +
                                              std::generic_category().message(errno));
    const Descriptor all(
        ::openat(root_.get(), temporaries, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!all)
      throw Error(ErrorCode::unavailable, "cannot use " + tmp_path_.string() + ": " +
                                              std::generic_category().message(errno));
    remove_stale(all.get());
    take_place(all.get());
  }
  ~Files() {
    std::error_code ignored;
    fs::remove_all(tmp_path_ / place_, ignored);
  }

  int root() const { return root_.get(); }
  int tmp() const { return tmp_.get(); }

  /// Opens a name below the root; -1 and errno like openat2. A symbolic link is ELOOP, wherever it
  /// is.
  int open(const std::string& name, int flags) const {
    const int opened = resolve(name, flags | O_CLOEXEC | O_NOFOLLOW);
    if (opened < 0 && errno == ENOTDIR && (flags & O_DIRECTORY)) {
      const Descriptor there(resolve(name, O_PATH | O_CLOEXEC | O_NOFOLLOW));
      struct stat info {};
      const bool link = there && ::fstat(there.get(), &info) == 0 && S_ISLNK(info.st_mode);
      errno = link ? ELOOP : ENOTDIR;
    }
    return opened;
  }

  /// Opens the folder, making it and its parents. Each new one is durable.
  Descriptor make_folder(const std::string& name) const {
    Descriptor at(open(name, O_RDONLY | O_DIRECTORY));
    if (at) return at;
    if (errno != ENOENT) refuse_folder(name);
    auto [parent, leaf] = split(name);
    const auto above = make_folder(parent);
    if (::mkdirat(above.get(), leaf.c_str(), 0755) != 0) {
      if (errno != EEXIST) fail(errno, "cannot make the folder '" + name + "'");
    } else {
      try {
        sync(above.get(), "a folder");
      } catch (...) {  // the next upload makes it, and syncs it, again
        ::unlinkat(above.get(), leaf.c_str(), AT_REMOVEDIR);
        throw;
      }
    }
    at = Descriptor(open(name, O_RDONLY | O_DIRECTORY));
    if (!at) refuse_folder(name);
    return at;
  }

  /// Moves a tree among the temporaries, where nobody sees it, and removes it there.
  void bury(int folder, const std::string& leaf) const {
    const auto grave = random_name();
    if (::renameat(folder, leaf.c_str(), tmp_.get(), grave.c_str()) != 0) {
      if (errno == ENOENT) return;  // somebody else erased it
      fail(errno, "cannot erase '" + leaf + "'");
    }
    sync(folder, "a folder");
    std::error_code ignored;  // what stays is removed when the next store opens
    fs::remove_all(tmp_path_ / place_ / grave, ignored);
  }

 private:
  [[noreturn]] static void refuse_folder(const std::string& name) {
    if (errno == ENOTDIR)
      throw Error(ErrorCode::conflict, "'" + name + "' or a parent of it is a blob, not a folder");
    fail(errno, "cannot open the folder '" + name + "'");
  }

  int resolve(const std::string& name, int flags) const {
    if (name.empty()) return ::openat(root_.get(), ".", flags);
    if (kernel_) {
      open_how how{};
      how.flags = static_cast<std::uint64_t>(flags);
      how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
      for (int tries = 0; tries < 16; ++tries) {
        const auto result = ::syscall(SYS_openat2, root_.get(), name.c_str(), &how, sizeof how);
        if (result >= 0) return static_cast<int>(result);
        if (errno != EAGAIN) break;  // a rename beside it: look again
      }
      if (errno != ENOSYS && errno != EPERM) return -1;  // EPERM: some sandboxes' word for ENOSYS
    }
    return walk(name, flags);
  }

  int walk(const std::string& name, int flags) const {
    Descriptor at;
    std::size_t begin = 0;
    for (;;) {
      const int from = at ? at.get() : root_.get();
      const auto slash = name.find('/', begin);
      const auto segment = name.substr(begin, slash == std::string::npos ? slash : slash - begin);
      if (slash == std::string::npos) return ::openat(from, segment.c_str(), flags);
      Descriptor next(::openat(from, segment.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (!next) return -1;
      struct stat info {};
      if (::fstat(next.get(), &info) != 0) return -1;
      if (!S_ISDIR(info.st_mode)) {
        errno = S_ISLNK(info.st_mode) ? ELOOP : ENOTDIR;
        return -1;
      }
      at = std::move(next);
      begin = slash + 1;
    }
  }

  /// A place is locked by its process as long as it lives; what can be locked belongs to nobody.
  void remove_stale(int all) const {
    for (const auto& entry : fs::directory_iterator(tmp_path_)) {
      const auto name = entry.path().filename().string();
      const Descriptor place(::openat(all, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
      if (place && ::flock(place.get(), LOCK_EX | LOCK_NB) != 0) continue;
      std::error_code ignored;
      fs::remove_all(entry.path(), ignored);
    }
  }

  void take_place(int all) {
    for (;;) {
      place_ = random_name();
      if (::mkdirat(all, place_.c_str(), 0700) != 0)
        fail(errno, "cannot make a folder for temporaries");
      tmp_ = Descriptor(::openat(all, place_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      struct stat mine {
      }, there{};
      // Another process may have taken the new folder for a stale one before it was locked.
      if (tmp_ && ::flock(tmp_.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(tmp_.get(), &mine) == 0 &&
          ::fstatat(all, place_.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
          mine.st_ino == there.st_ino)
        return;
    }
  }

  const bool kernel_;
  Descriptor root_, tmp_;
  fs::path tmp_path_;
  std::string place_;
};

namespace {

class LocalReader final : public BlobReader {
 public:
  LocalReader(Descriptor file, const struct stat& info)
      : file_(std::move(file)),
        size_(static_cast<std::uint64_t>(info.st_size)),
        modified_(milliseconds(info.st_mtim)) {}
  std::uint64_t size() const override { return size_; }
  std::int64_t modified() const override { return modified_; }
  std::size_t read(std::uint64_t offset, std::span<char> buffer) override {
    for (;;) {
      const auto n = ::pread(file_.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) fail(errno, "cannot read a blob");
    }
  }
  int native_handle() const noexcept override { return file_.get(); }

 private:
  Descriptor file_;
  std::uint64_t size_;
  std::int64_t modified_;
};

/// A file among the temporaries, removed unless it was renamed.
class LocalWriter final : public BlobWriter {
 public:
  LocalWriter(std::shared_ptr<const void> keeps, int folder)
      : keeps_(std::move(keeps)),
        folder_(folder),
        temporary(random_name()),
        file(::openat(folder, temporary.c_str(),
                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644)) {
    if (!file) fail(errno, "cannot begin an upload");
  }
  ~LocalWriter() override {
    if (!committed) ::unlinkat(folder_, temporary.c_str(), 0);
  }
  void write(std::span<const char> bytes) override {
    while (!bytes.empty()) {
      const auto n = ::write(file.get(), bytes.data(), bytes.size());
      if (n < 0) {
        if (errno == EINTR) continue;
        fail(errno, "cannot write an upload");
      }
      size_ += static_cast<std::uint64_t>(n);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
  }
  std::uint64_t size() const override { return size_; }
  int folder() const { return folder_; }

 private:
  std::shared_ptr<const void> keeps_;  // the folder, which must outlive the file in it
  int folder_;
  std::uint64_t size_ = 0;

 public:
  const std::string temporary;
  Descriptor file;
  bool committed = false;
};

}  // namespace

LocalBlobStore::LocalBlobStore(fs::path root, Resolve resolve)
    : root_(std::move(root)), files_(std::make_shared<Files>(root_, resolve)) {}
LocalBlobStore::~LocalBlobStore() = default;

std::unique_ptr<BlobWriter> LocalBlobStore::create() {
  return std::make_unique<LocalWriter>(files_, files_->tmp());
}

void LocalBlobStore::commit(std::unique_ptr<BlobWriter> writer, std::string_view name) {
  auto* upload = dynamic_cast<LocalWriter*>(writer.get());
  if (!upload || upload->folder() != files_->tmp())
    throw Error(ErrorCode::misuse, "the upload was not begun by this store");
  check(name);
  sync(upload->file.get(), "an upload");
  const auto [parent, leaf] = split(name);
  const auto folder = files_->make_folder(parent);
  if (::renameat(files_->tmp(), upload->temporary.c_str(), folder.get(), leaf.c_str()) != 0) {
    if (errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST)
      throw Error(ErrorCode::conflict, "'" + std::string(name) + "' is a folder");
    fail(errno, "cannot name the upload '" + std::string(name) + "'");
  }
  upload->committed = true;
  sync(folder.get(), "a folder");
}

std::unique_ptr<BlobReader> LocalBlobStore::open(std::string_view name) const {
  check(name);
  // Without O_NONBLOCK a pipe that somebody put there would be waited for.
  Descriptor file(files_->open(std::string(name), O_RDONLY | O_NONBLOCK));
  if (!file) {
    if (errno == ENOENT || errno == ENOTDIR) return nullptr;
    fail(errno, "cannot open '" + std::string(name) + "'");
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) fail(errno, "cannot open '" + std::string(name) + "'");
  if (S_ISDIR(info.st_mode))
    throw Error(ErrorCode::invalid, "'" + std::string(name) + "' is a folder").in("path");
  if (!S_ISREG(info.st_mode)) return nullptr;
  return std::make_unique<LocalReader>(std::move(file), info);
}

std::optional<BlobInfo> LocalBlobStore::stat(std::string_view name) const {
  check(name);
  const Descriptor file(files_->open(std::string(name), O_PATH));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    fail(errno, "cannot look at '" + std::string(name) + "'");
  }
  if (S_ISLNK(info.st_mode)) fail(ELOOP, std::string(name));
  if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode)) return std::nullopt;
  BlobInfo blob;
  blob.name = split(name).second;
  blob.directory = S_ISDIR(info.st_mode);
  blob.size = blob.directory ? 0 : static_cast<std::uint64_t>(info.st_size);
  blob.modified = milliseconds(info.st_mtim);
  return blob;
}

std::vector<BlobInfo> LocalBlobStore::list(std::string_view directory) const {
  if (!directory.empty()) check(directory);
  const int folder = files_->open(std::string(directory), O_RDONLY | O_DIRECTORY);
  if (folder < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    fail(errno, "cannot list '" + std::string(directory) + "'");
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(folder), &::closedir);
  if (!stream) {
    const int error = errno;
    ::close(folder);
    fail(error, "cannot list '" + std::string(directory) + "'");
  }
  std::vector<BlobInfo> blobs;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (!entry) {
      if (errno != 0) fail(errno, "cannot list '" + std::string(directory) + "'");
      break;
    }
    BlobInfo blob;
    blob.name = entry->d_name;
    if (blob.name == "." || blob.name == "..") continue;
    if (directory.empty() && blob.name == temporaries) continue;
    try {
      check_blob_name(blob.name);
    } catch (const Error&) {
      continue;  // put there by somebody else; it cannot be named here
    }
    struct stat info {};
    if (::fstatat(folder, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode)) continue;
    blob.directory = S_ISDIR(info.st_mode);
    blob.size = blob.directory ? 0 : static_cast<std::uint64_t>(info.st_size);
    blob.modified = milliseconds(info.st_mtim);
    blobs.push_back(std::move(blob));
  }
  std::sort(blobs.begin(), blobs.end(),
            [](const BlobInfo& a, const BlobInfo& b) { return a.name < b.name; });
  return blobs;
}

bool LocalBlobStore::erase(std::string_view name) {
  check(name);
  const auto [parent, leaf] = split(name);
  const Descriptor folder(files_->open(parent, O_RDONLY | O_DIRECTORY));
  if (!folder) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail(errno, "cannot erase '" + std::string(name) + "'");
  }
  struct stat info {};
  if (::fstatat(folder.get(), leaf.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return false;
    fail(errno, "cannot erase '" + std::string(name) + "'");
  }
  if (S_ISLNK(info.st_mode)) fail(ELOOP, std::string(name));
  files_->bury(folder.get(), leaf);
  return true;
}

}  // namespace podium::host
