#include "upkeep/backup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "app/host.hpp"
#include "podium/error.hpp"
#include "podium/store/store.hpp"
#include "upkeep/progress.hpp"
#include "upkeep/sha256.hpp"

namespace podium::host {
namespace {

namespace fs = std::filesystem;

bool is_within(const fs::path& path, const fs::path& folder) {
  const auto a = fs::weakly_canonical(path), b = fs::weakly_canonical(folder);
  return std::mismatch(b.begin(), b.end(), a.begin(), a.end()).first == b.end();
}

std::uint64_t count(const Store& store, const char* name) {
  Aggregate all;
  all.collection = store.collection(name);
  all.folds.push_back({});
  std::uint64_t found = 0;
  store.aggregate(all, [&](std::span<const Cell>, std::span<const Cell> folds) {
    found = static_cast<std::uint64_t>(std::get<std::int64_t>(folds[0]));
    return true;
  });
  return found;
}

/// The artifacts that are there now: so those that the copied store knows of are among them.
void copy_artifacts(const fs::path& from, const fs::path& to, BackupManifest& m,
                    Progress& progress) {
  const Tree tree = artifacts_below(from);
  if (const auto free = free_bytes(to); free < tree.bytes)
    throw Error(ErrorCode::out_of_space,
                fmt::format("the artifacts take {}, where the backup goes is room for {}",
                            bytes_text(tree.bytes), bytes_text(free)));
  progress.begin(fmt::format("artifacts, {} files", tree.files.size()), tree.bytes);
  std::string list;
  for (const auto& file : tree.files) {
    Digest copied;
    const std::string name = fmt::format("{}/{}", artifacts_name, file.name);
    try {
      copied = copy_file(from / file.name, to / name, progress);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::not_found) throw;
      fs::remove(to / name);
      continue;  // erased meanwhile
    }
    list += fmt::format("{}  {}\n", copied.sha256, name);
    ++m.artifacts;
    m.artifact_bytes += copied.bytes;
  }
  fs::create_directories(to / artifacts_name);
  progress.end();
  Sha256 sha;
  sha.add(list);
  m.digests = {list.size(), sha.finish()};
  write_file(to / digests_name, list);
}

void fill(const Settings& settings, const fs::path& data, const fs::path& partial,
          BackupManifest& m, Progress& progress) {
  look_at_state(settings, [&](const PluginManager&, const LookAtStore& look) {
    progress.begin("records");
    look(data)->backup(partial / database_name,
                       [&](double fraction) { return progress.at(fraction); });
    progress.end();
    const auto copy = look(partial);
    m.revision = copy->revision();
    m.projects = count(*copy, "projects");
    m.tasks = count(*copy, "tasks");
  });
  std::error_code ignored;
  progress.begin("digest of the records", fs::file_size(partial / database_name, ignored));
  m.database = digest_of(partial / database_name, progress);
  progress.end();
  copy_artifacts(artifacts_folder(settings, data), partial, m, progress);
}

}  // namespace

BackupManifest back_up(const Settings& settings, const fs::path& given, Progress& progress) {
  const fs::path data = settings.text("data");
  const fs::path to = fs::absolute(given.has_filename() ? given : given.parent_path());
  if (fs::exists(fs::symlink_status(to)))
    throw Error(ErrorCode::exists,
                fmt::format("{} exists already; name a new folder", to.string()));
  if (is_within(to, data) || is_within(to, artifacts_folder(settings, data)))
    throw Error(ErrorCode::invalid,
                fmt::format("{} lies in what is to be copied; name a folder elsewhere, best on "
                            "another disk",
                            to.string()));
  BackupManifest m;
  m.podium = PODIUM_VERSION;
  m.store = settings.text("store");
  m.created = std::chrono::duration_cast<std::chrono::milliseconds>(
                  std::chrono::system_clock::now().time_since_epoch())
                  .count();
  m.source = fs::absolute(data).string();

  fs::path partial = to;
  partial += ".partial";
  fs::create_directories(partial);
  const FolderLock lock(partial);
  for (const auto& left : fs::directory_iterator(partial)) fs::remove_all(left.path());
  try {
    fill(settings, data, partial, m, progress);
    sync_all(partial);
    write_file(partial / manifest_name, to_json(m));
    sync_all(partial);
    move_to(partial, to);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(partial, ignored);
    throw;
  }
  return m;
}

}  // namespace podium::host
