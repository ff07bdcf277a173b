#pragma once
// `podium restore`: a backup checked, and put back.
#include <filesystem>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "upkeep/manifest.hpp"

namespace podium::host {

class Progress;

struct BackupCheck {
  BackupManifest manifest;
  std::vector<std::string> problems;  ///< one a file, the first 100; empty: it is whole
};

/// Reads every file of a backup, compares the digests, and lets the store check itself. Writes
/// nothing. Throws what read_backup_manifest throws.
BackupCheck check_backup(const Settings&, const std::filesystem::path& from, Progress&);

/// Puts a backup into the settings' data folder, which must be empty or not exist (and so its
/// artifacts' destination when that is elsewhere). Everything is copied, compared with its digest
/// and checked before the first file gets its place; until the last has it the folder is not
/// served. Throws `exists` when a folder is not empty, `corrupt` with the first problem (then
/// nothing is left behind), `cancelled`.
BackupManifest restore(const Settings&, const std::filesystem::path& from, Progress&);

}  // namespace podium::host
