// Artifacts against what the store knows.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "podium/store/store.hpp"
#include "upkeep/doctor.hpp"
#include "upkeep/files.hpp"
#include "upkeep/progress.hpp"

namespace podium::host {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

constexpr std::size_t most_named = 20;

/// Where the folder of artifacts holds what a URI names; nothing when it is kept elsewhere.
std::optional<std::string> place_of(std::string_view uri, const fs::path& artifacts) {
  fs::path path;
  if (uri.starts_with("mlflow-artifacts:/")) {
    uri.remove_prefix(17);
    // With a server's name it is that server's; "///" has none.
    if (uri.starts_with("//") && !uri.starts_with("///")) return std::nullopt;
    path = fs::path(uri).relative_path();
  } else {
    if (uri.starts_with("file://")) uri.remove_prefix(7);
    if (!uri.starts_with('/')) return std::nullopt;
    path = fs::path(uri).lexically_relative(artifacts);
    if (path.empty() || *path.begin() == "..") return std::nullopt;
  }
  return path.lexically_normal().generic_string();
}

/// The folders that belong to somebody.
struct Known {
  std::unordered_set<std::string> folders;
  std::uint64_t elsewhere = 0;  ///< records whose artifacts this folder does not hold

  bool owns(std::string_view file) const {
    for (auto slash = file.find('/'); slash != std::string_view::npos;
         slash = file.find('/', slash + 1))
      if (folders.count(std::string(file.substr(0, slash))) != 0) return true;
    return false;
  }
};

}  // namespace

void check_artifacts(const Store& store, const fs::path& artifacts, Findings& findings,
                     Progress& progress) {
  progress.begin("artifacts");
  const fs::path root = fs::absolute(artifacts).lexically_normal();
  // The files first: what is logged meanwhile is then known, not without an owner.
  const Tree tree = artifacts_below(root);
  Known known;
  std::vector<std::pair<std::string, std::string>> ready;  // id and folder of finished models
  const auto learn = [&](std::string_view uri, std::string_view id, bool must_be_there) {
    auto place = place_of(uri, root);
    if (!place) {
      ++known.elsewhere;
      return;
    }
    if (must_be_there) ready.emplace_back(id, *place);
    known.folders.insert(std::move(*place));
  };
  Query tasks;
  tasks.collection = store.collection("tasks");
  tasks.columns = {value_of(field("artifact_uri"))};
  store.query(tasks, [&](const Row& row) {
    const Cell uri = row.cell(0);
    if (const auto* text = std::get_if<std::string_view>(&uri)) learn(*text, row.id(), false);
    return progress.at(0);
  });
  Query models;
  models.collection = store.collection("models");
  models.columns = {value_of(field("artifact_uri")), value_of(field("status")),
                    value_of(field("deleted"))};
  store.query(models, [&](const Row& row) {
    const Cell uri = row.cell(0), status = row.cell(1), deleted = row.cell(2);
    if (const auto* text = std::get_if<std::string_view>(&uri))
      learn(*text, row.id(), status == Cell("ready") && deleted != Cell(true));
    return progress.at(0);
  });
  if (!progress.at(0)) throw Error(ErrorCode::cancelled, "interrupted");

  // Files without an owner, told by the two folders that say most: project and run.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> lost;
  std::unordered_set<std::string> there;
  for (const auto& file : tree.files) {
    for (auto slash = file.name.find('/'); slash != std::string::npos;
         slash = file.name.find('/', slash + 1))
      there.insert(file.name.substr(0, slash));
    if (known.owns(file.name)) continue;
    const auto first = file.name.find('/');
    const auto second =
        first == std::string::npos ? std::string::npos : file.name.find('/', first + 1);
    auto& [files, bytes] = lost[file.name.substr(0, second)];
    ++files;
    bytes += file.bytes;
  }
  std::size_t named = 0;
  for (const auto& [folder, sum] : lost) {
    if (++named > most_named) {
      findings.push_back({Level::warning, "artifacts",
                          fmt::format("{} more places hold artifacts that belong to nothing",
                                      lost.size() - most_named),
                          "deal with those named first, then run podium doctor again"});
      break;
    }
    findings.push_back({Level::warning, "artifacts",
                        fmt::format("{} ({} files, {}) belongs to no task and no model",
                                    (root / folder).string(), sum.first, bytes_text(sum.second)),
                        "erase it if nobody needs it; clients may have put it there by hand"});
  }
  named = 0;
  for (const auto& [id, folder] : ready) {
    if (there.count(folder) != 0 || ++named > most_named) continue;
    findings.push_back(
        {Level::warning, "artifacts",
         fmt::format("the model {} is ready, but {} has no files", id, (root / folder).string()),
         "restore the folder from a backup, or delete the model"});
  }
  if (known.elsewhere > 0)
    findings.push_back(
        {Level::note, "artifacts",
         fmt::format("{} tasks and models keep their artifacts elsewhere", known.elsewhere),
         "podium backup does not copy those: copy them by that place's own means"});
  if (tree.others > 0)
    findings.push_back(
        {Level::warning, "artifacts",
         fmt::format("{} links or special files lie among the artifacts", tree.others),
         "podium neither serves nor backs them up: put files in their place"});
  progress.end();
}

}  // namespace podium::host
