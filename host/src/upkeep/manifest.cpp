#include "upkeep/manifest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "podium/error.hpp"
#include "podium/json.hpp"

namespace podium::host {
namespace {

constexpr int format = 1;  ///< of the backup's layout

[[noreturn]] void damaged(const std::filesystem::path& file, std::string_view what) {
  throw Error(ErrorCode::corrupt, fmt::format("{} is damaged ({})", file.string(), what));
}

Digest digest(const Json& j) {
  return {j.at("bytes").get<std::uint64_t>(), j.at("sha256").get<std::string>()};
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool stays_inside(std::string_view name) {
  const std::filesystem::path path(name);
  return !name.empty() && path.is_relative() && path == path.lexically_normal() &&
         *path.begin() == artifacts_name && path != artifacts_name;
}

}  // namespace

std::string to_json(const BackupManifest& m) {
  const Json j = {
      {"format", format},
      {"podium", m.podium},
      {"store", m.store},
      {"created", m.created},
      {"revision", m.revision},
      {"source", m.source},
      {"projects", m.projects},
      {"tasks", m.tasks},
      {"database",
       {{"file", database_name}, {"bytes", m.database.bytes}, {"sha256", m.database.sha256}}},
      {"artifacts",
       {{"folder", artifacts_name},
        {"files", m.artifacts},
        {"bytes", m.artifact_bytes},
        {"digests",
         {{"file", digests_name}, {"bytes", m.digests.bytes}, {"sha256", m.digests.sha256}}}}},
  };
  return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

BackupManifest read_backup_manifest(const std::filesystem::path& backup) {
  const auto file = backup / manifest_name;
  std::string text;
  try {
    text = read_file(file);
  } catch (const Error& e) {
    if (e.code() != ErrorCode::not_found) throw;
    throw Error(ErrorCode::not_found,
                fmt::format("{} is no whole backup: it has no {}, which is written last",
                            backup.string(), manifest_name));
  }
  const Json j = Json::parse(text, nullptr, false);
  if (!j.is_object() || !j.contains("format") || !j["format"].is_number_integer())
    damaged(file, "it is not the JSON of a backup");
  if (j["format"] > format)
    throw Error(ErrorCode::unsupported,
                fmt::format("{} was made by a newer podium ({}); use that one", backup.string(),
                            j.value("podium", "?")));
  try {
    BackupManifest m;
    m.podium = j.at("podium");
    m.store = j.at("store");
    m.created = j.at("created");
    m.revision = j.at("revision");
    m.source = j.at("source");
    m.projects = j.at("projects");
    m.tasks = j.at("tasks");
    m.database = digest(j.at("database"));
    m.artifacts = j.at("artifacts").at("files");
    m.artifact_bytes = j.at("artifacts").at("bytes");
    m.digests = digest(j.at("artifacts").at("digests"));
    return m;
  } catch (const Json::exception& e) {
    damaged(file, e.what());
  }
}

std::vector<ListedFile> parse_digests(std::string_view text) {
  std::vector<ListedFile> files;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.size() < 67 || !is_sha256(line.substr(0, 64)) || line.substr(64, 2) != "  " ||
        !stays_inside(line.substr(66)))
      throw Error(ErrorCode::corrupt,
                  fmt::format("line {} of {} is damaged", files.size() + 1, digests_name));
    files.push_back({std::string(line.substr(0, 64)), std::string(line.substr(66))});
  }
  return files;
}

}  // namespace podium::host
