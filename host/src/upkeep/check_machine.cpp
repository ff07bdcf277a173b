// The examinations of settings, folder, disk and clock.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "podium/store/store.hpp"
#include "upkeep/doctor.hpp"
#include "upkeep/progress.hpp"

namespace podium::host {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

struct FileSystem {
  std::uint32_t type;
  const char* name;
};
/// Locks and shared memory between processes cannot be relied on there.
constexpr FileSystem network[] = {
    {0x6969, "NFS"},        {0x517B, "SMB"},        {0xFF534D42, "CIFS"},   {0xFE534D42, "SMB2"},
    {0x00C36400, "Ceph"},   {0x5346414F, "AFS"},    {0x73757245, "Coda"},   {0x01021997, "9P"},
    {0x0BD00BD0, "Lustre"}, {0x47504653, "GPFS"},   {0x19830326, "BeeGFS"}, {0x7461636F, "OCFS2"},
    {0x786F4256, "vboxsf"}, {0x65735546, "a FUSE"},
};
/// What is written there goes with the machine's or the container's end.
constexpr FileSystem passing[] = {
    {0x01021994, "tmpfs"}, {0x858458F6, "ramfs"}, {0x794C7630, "a container's overlay"}};

void check_file_system(const fs::path& data, Findings& findings) {
  struct statfs info {};
  if (::statfs(data.c_str(), &info) != 0) return;
  const auto type = static_cast<std::uint32_t>(info.f_type);
  for (const auto& f : network)
    if (f.type == type)
      findings.push_back(
          {Level::warning, "file system",
           fmt::format("{} is on {} file system", data.string(), f.name),
           "SQLite's locks are not reliable over a network: keep the data folder on a "
           "local disk"});
  for (const auto& f : passing)
    if (f.type == type)
      findings.push_back(
          {Level::warning, "file system",
           fmt::format("{} is on {} file system", data.string(), f.name),
           "what is written there is lost with the machine's or the container's end: "
           "mount a disk for the data folder"});
}

void check_space(const fs::path& data, Findings& findings) {
  struct statvfs info {};
  if (::statvfs(data.c_str(), &info) != 0) return;
  const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
  const std::uint64_t all = std::uint64_t{info.f_blocks} * info.f_frsize;
  constexpr std::uint64_t least = std::uint64_t{256} << 20;
  const std::string what = fmt::format("{} of {} are free on the disk of {}", bytes_text(free),
                                       bytes_text(all), data.string());
  if (free < least)
    findings.push_back({Level::error, "disk", what,
                        "free space: writes are refused when it is full, reads go on"});
  else if (all > 0 && free < all / 20 && free < (std::uint64_t{20} << 30))
    findings.push_back({Level::warning, "disk", what, "free space or move to a larger disk"});
  if (info.f_files > 0 && info.f_favail < info.f_files / 50)
    findings.push_back({Level::warning, "disk",
                        fmt::format("{} of {} inodes are free on the disk of {}", info.f_favail,
                                    info.f_files, data.string()),
                        "every artifact takes one: erase small files or make a new file system"});
}

void check_permissions(const fs::path& path, Findings& findings) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return;
  const int wanted = S_ISDIR(info.st_mode) ? R_OK | W_OK | X_OK : R_OK | W_OK;
  if (::access(path.c_str(), wanted) != 0)
    findings.push_back({Level::error, "permissions",
                        fmt::format("this user may not read and write {}", path.string()),
                        fmt::format("run podium and its doctor as the user with the number {}, or "
                                    "give the folder to this one (chown -R)",
                                    info.st_uid)});
  if ((info.st_mode & S_IWOTH) != 0)
    findings.push_back({Level::warning, "permissions",
                        fmt::format("every user of this machine may write {}", path.string()),
                        fmt::format("chmod o-w {}", path.string())});
}

std::int64_t newest(const Store& store, const char* name) {
  Aggregate all;
  all.collection = store.collection(name);
  all.folds.push_back({Aggregate::Fold::Kind::max, field("updated")});
  double found = 0;
  store.aggregate(all, [&](std::span<const Cell>, std::span<const Cell> folds) {
    if (const auto* value = std::get_if<double>(&folds[0])) found = *value;
    return true;
  });
  return static_cast<std::int64_t>(found);
}

}  // namespace

void check_settings(const Settings& settings, Findings& findings) {
  if (!is_loopback(settings.text("host")) && settings.boolean("insecure_no_auth"))
    findings.push_back(
        {Level::warning, "settings",
         fmt::format("podium listens on {} and nobody has to log in", settings.text("host")),
         "whoever reaches the port may read and erase everything: listen on "
         "127.0.0.1 behind a proxy that authenticates"});
  for (const char* key : {"allowed_hosts", "cors_allowed_origins"}) {
    const auto list = settings.list(key);
    if (std::find(list.begin(), list.end(), "*") != list.end())
      findings.push_back(
          {Level::warning, "settings", fmt::format("{} allows everything", key),
           "any page that somebody opens in a browser can reach podium: name hosts"});
  }
}

void check_folder(const fs::path& data, Findings& findings) {
  check_permissions(data, findings);
  for (const char* name : {"podium.db", "podium.db-wal", "artifacts"})
    if (fs::exists(data / name)) check_permissions(data / name, findings);
  check_file_system(data, findings);
  check_space(data, findings);
}

void check_clock(const Store& store, Findings& findings) {
  const std::int64_t now = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
  constexpr std::int64_t minute = 60'000, year_2024 = 1'704'067'200'000;
  const std::int64_t last = std::max(newest(store, "projects"), newest(store, "tasks"));
  if (now < year_2024)
    findings.push_back({Level::error, "clock", "this machine's clock is years behind",
                        "set it, best by a time service (chrony, systemd-timesyncd)"});
  else if (last > now + minute)
    findings.push_back(
        {Level::warning, "clock",
         fmt::format("the newest record was changed {} seconds in the future", (last - now) / 1000),
         "this machine's clock was set back, or the data are of a machine whose clock is ahead: "
         "set it, best by a time service (chrony, systemd-timesyncd)"});
  struct timex state {};
  if (::adjtimex(&state) == TIME_ERROR && (state.status & STA_UNSYNC) != 0)
    findings.push_back({Level::note, "clock", "no time service keeps this machine's clock",
                        "start one (chrony, systemd-timesyncd), or make sure that the host of this "
                        "container or virtual machine has one"});
}

}  // namespace podium::host
