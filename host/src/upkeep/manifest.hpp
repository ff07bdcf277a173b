#pragma once
// What a backup says of itself. The manifest is written last: a folder without one is no backup.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "upkeep/files.hpp"

namespace podium::host {

inline constexpr std::string_view manifest_name = "podium-backup.json";
inline constexpr std::string_view database_name = "podium.db";
inline constexpr std::string_view artifacts_name = "artifacts";
/// Lines as `sha256sum` writes and checks them, of every artifact.
inline constexpr std::string_view digests_name = "artifacts.sha256";

struct BackupManifest {
  std::string podium;  ///< the version that made it
  std::string store;   ///< the storage plugin, e.g. "sqlite"
  std::int64_t created = 0;
  std::int64_t revision = 0;
  std::string source;  ///< the data folder it is of
  std::uint64_t projects = 0, tasks = 0;
  Digest database;
  std::uint64_t artifacts = 0, artifact_bytes = 0;
  Digest digests;  ///< of the list of artifacts
};

std::string to_json(const BackupManifest&);
/// Reads the manifest of a backup. Throws `not_found` when there is none, `unsupported` for one of
/// a newer podium, `corrupt` when it is damaged.
BackupManifest read_backup_manifest(const std::filesystem::path& backup);

struct ListedFile {
  std::string sha256, name;
};
/// The lines of a list of digests. Throws `corrupt`, naming the line, also for a name that leads
/// out of the backup.
std::vector<ListedFile> parse_digests(std::string_view text);

}  // namespace podium::host
