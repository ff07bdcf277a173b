#include "app/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "podium/error.hpp"

namespace podium::host {

DataFolder::DataFolder(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure)
    throw Error(ErrorCode::invalid, "the data folder '" + path.string() + "' cannot be made: " + failure.message() +
                                        "; choose another with --data");
  path_ = std::filesystem::canonical(path);
  const auto file = path_ / "podium.lock";
  lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0)
    throw Error(ErrorCode::invalid, "the data folder '" + path_.string() + "' cannot be written: " +
                                        std::strerror(errno) + "; choose another with --data");
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    char owner[32] = "";
    const auto n = pread(lock_, owner, sizeof owner - 1, 0);
    close(lock_);
    throw Error(ErrorCode::conflict,
                "the data folder '" + path_.string() + "' is in use by another podium" +
                    (n > 0 ? " (process " + std::string(owner, static_cast<std::size_t>(n)) + ")" : "") +
                    "; stop it or choose another folder with --data");
  }
  const auto pid = std::to_string(getpid());
  if (ftruncate(lock_, 0) == 0) (void)!pwrite(lock_, pid.data(), pid.size(), 0);
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace podium::host
