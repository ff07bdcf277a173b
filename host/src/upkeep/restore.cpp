#include "upkeep/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "app/data_folder.hpp"
#include "app/host.hpp"
#include "podium/error.hpp"
#include "podium/store/store.hpp"
#include "upkeep/progress.hpp"
#include "upkeep/sha256.hpp"

namespace podium::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_problems = 100;

/// How a file of the backup is read: only looked at, or copied. Returns what it was.
using ReadFile = std::function<Digest(const std::string& name)>;

/// Compares every file with its digest. `report` gets one text a problem and may throw.
void compare(const fs::path& from, const BackupManifest& m, const ReadFile& read,
             const std::function<void(std::string)>& report) {
  const auto one = [&](const std::string& name, const std::string& wanted) {
    try {
      const Digest found = read(name);
      if (found.sha256 != wanted)
        report(fmt::format("{} is damaged: its content is not what was copied", name));
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found) throw;
      report(fmt::format("{} is missing", name));
    }
  };
  std::string list;
  try {
    list = read_file(from / digests_name);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::not_found) throw;
    report(fmt::format("{} is missing", digests_name));
    return;
  }
  Sha256 sha;
  sha.add(list);
  if (sha.finish() != m.digests.sha256) {
    report(fmt::format("{} is damaged: its content is not what was copied", digests_name));
    return;
  }
  one(std::string(database_name), m.database.sha256);
  for (const auto& file : parse_digests(list)) one(file.name, file.sha256);
}

/// What the store finds in itself.
void examine(const Settings& settings, const fs::path& folder, Progress& progress,
             const std::function<void(std::string)>& report) {
  look_at_state(settings, [&](const PluginManager&, const LookAtStore& look) {
    progress.begin("check of the records");
    try {
      for (const auto& finding :
           look(folder)->check([&](double fraction) { return progress.at(fraction); }))
        if (finding.fault) report(fmt::format("{}: {}", database_name, finding.what));
    } catch (const Error& e) {
      if (e.code() != ErrorCode::corrupt) throw;
      report(fmt::format("{}: {}", database_name, e.what()));
    }
    if (!progress.at(1)) throw Error(ErrorCode::cancelled, "interrupted");
    progress.end();
  });
}

void check_store_name(const Settings& settings, const BackupManifest& m) {
  if (m.store != settings.text("store"))
    throw Error(
        ErrorCode::unsupported,
        fmt::format("the backup is of the store '{}', the settings name '{}'; say --store {}",
                    m.store, settings.text("store"), m.store));
}

/// Empty, but for what the system or a restore that was killed left there; that is cleared.
void clear_leftovers(const fs::path& folder) {
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(folder))) return;
  const bool begun = fs::exists(folder / restoring_name) && !fs::exists(folder / database_name);
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    if (name == "lost+found" || (begun && (name == restoring_name || name == artifacts_name)))
      continue;
    throw Error(ErrorCode::exists,
                fmt::format("{} is not empty (it has {}); a backup is restored into an empty "
                            "folder: name another with --data",
                            folder.string(), name));
  }
  if (failure)
    throw Error(ErrorCode::invalid,
                fmt::format("{} cannot be read: {}", folder.string(), failure.message()));
  if (begun) fs::remove_all(folder / artifacts_name);
}

}  // namespace

BackupCheck check_backup(const Settings& settings, const fs::path& from, Progress& progress) {
  BackupCheck check;
  check.manifest = read_backup_manifest(from);
  check_store_name(settings, check.manifest);
  const auto report = [&](std::string problem) {
    if (check.problems.size() < most_problems) check.problems.push_back(std::move(problem));
  };
  progress.begin("digests", check.manifest.database.bytes + check.manifest.artifact_bytes);
  compare(
      from, check.manifest,
      [&](const std::string& name) { return digest_of(from / name, progress); }, report);
  progress.end();
  examine(settings, from, progress, report);
  return check;
}

BackupManifest restore(const Settings& settings, const fs::path& from, Progress& progress) {
  const BackupManifest m = read_backup_manifest(from);
  check_store_name(settings, m);
  const fs::path data = fs::absolute(settings.text("data"));
  const fs::path artifacts = artifacts_folder(settings, data);
  const bool elsewhere = artifacts != data / artifacts_name;
  clear_leftovers(data);
  if (elsewhere && fs::exists(artifacts) && !fs::is_empty(artifacts))
    throw Error(ErrorCode::exists,
                fmt::format("the artifacts' destination {} is not empty", artifacts.string()));
  const fs::path staging = data / restoring_name;
  fs::create_directories(staging);
  const FolderLock lock(staging);
  for (const auto& left : fs::directory_iterator(staging)) fs::remove_all(left.path());
  // On the destination's own file system, so that it can be renamed there.
  fs::path files = elsewhere ? artifacts : staging / artifacts_name;
  if (elsewhere) {
    files += ".partial";
    fs::remove_all(files);
  }
  const auto place = [&](const std::string& name) {
    return name == database_name ? staging / name : files / name.substr(artifacts_name.size() + 1);
  };
  const auto report = [&](const std::string& problem) {
    throw Error(ErrorCode::corrupt,
                fmt::format("{}: {}; nothing was restored (--verify lists all that is wrong)",
                            from.string(), problem));
  };
  try {
    if (const auto free = free_bytes(staging), need = m.database.bytes + m.artifact_bytes;
        !elsewhere && free < need)
      throw Error(ErrorCode::out_of_space,
                  fmt::format("the backup takes {}, {} has room for {}", bytes_text(need),
                              data.string(), bytes_text(free)));
    fs::create_directories(files);
    progress.begin("copying", m.database.bytes + m.artifact_bytes);
    compare(
        from, m,
        [&](const std::string& name) { return copy_file(from / name, place(name), progress); },
        report);
    progress.end();
    examine(settings, staging, progress, report);
    sync_all(staging);
    sync_all(files);
    if (elsewhere) fs::remove(artifacts);  // it is empty
    move_to(files, artifacts);
    move_to(staging / database_name, data / database_name);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(staging, ignored);
    if (elsewhere) fs::remove_all(files, ignored);
    throw;
  }
  fs::remove_all(staging);
  return m;
}

}  // namespace podium::host
