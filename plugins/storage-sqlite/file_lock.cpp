#include "file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "podium/error.hpp"

namespace podium::sqlite {

FileLock::FileLock(const std::filesystem::path& file) {
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw Error(ErrorCode::unavailable,
                fmt::format("cannot open {}: {}", file.string(), std::strerror(errno)));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw Error(ErrorCode::unavailable,
                fmt::format("another podium has {} open; stop it or choose another folder",
                            file.parent_path().string()));
  }
}

FileLock::~FileLock() { ::close(descriptor_); }

}  // namespace podium::sqlite
