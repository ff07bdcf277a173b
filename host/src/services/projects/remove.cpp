// What is in projects, and taking it all away.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "services/digest.hpp"
#include "services/files/blob_count.hpp"
#include "services/history/history.hpp"
#include "services/projects/project_eraser.hpp"
#include "services/projects/projects.hpp"
#include "services/projects/scope.hpp"
#include "services/tasks/artifact_place.hpp"

namespace podium::host {
namespace {

/// Files are counted while a person waits.
constexpr std::int64_t most_folders = 20'000, most_files = 200'000;

}  // namespace

ProjectContents ProjectService::contents(const Reader& reader, const Principal& who,
                                         std::span<const Ordinal> projects) const {
  ProjectContents out;
  static const std::array name_column = {value_of(field("name"))};
  get(reader, who, projects, name_column, [&](const Row& row) {
    out.projects.push_back(row.ordinal());
    out.names.push_back(cell::text(row.cell(0)));
    return true;
  });
  std::vector<std::int64_t> counted = out.projects;
  std::sort(counted.begin(), counted.end());
  const Filter within = in_projects(out.projects);
  // Owner's id and place of its artifacts; listed when nothing of the store is held any more.
  std::vector<std::pair<std::string, std::string>> places;
  const auto look = [&](CollectionId c, std::int64_t& count, bool has_artifacts,
                        FunctionRef<void(const Row&)> more) {
    Ordinal greatest = 0;
    Query query;
    query.collection = c;
    query.filter = within;
    if (has_artifacts) query.columns = {value_of(field("artifact_uri"))};
    if (c == core_.in.tasks) query.columns.push_back(value_of(field("state")));
    reader.query(query, [&](const Row& row) {
      ++count;
      greatest = std::max(greatest, row.ordinal());
      if (has_artifacts && static_cast<std::int64_t>(places.size()) <= most_folders)
        places.emplace_back(row.id(), cell::text(row.cell(0)));
      more(row);
      return true;
    });
    counted.insert(counted.end(), {count, greatest});
  };
  look(core_.in.tasks, out.tasks, true, [&](const Row& row) {
    const std::string state = cell::text(row.cell(1));
    out.running += state == "running";
    out.pending += state == "pending";
    out.published += state == "published";
  });
  look(core_.in.models, out.models, true, [](const Row&) {});
  look(core_.in.datasets, out.datasets, false, [](const Row&) {});
  BlobCount files;
  std::int64_t folders = 0;
  for (const auto& [owner, uri] : places) {
    const auto folder = erasable_blobs(uri, owner);
    if (!folder) continue;
    if (++folders > most_folders) {
      files.whole = false;
      break;
    }
    count_blobs(core_.blobs, *folder, most_files, files);
  }
  out.files = files.files;
  out.bytes = files.bytes;
  out.counted = files.whole;
  std::string facts;
  for (const std::int64_t number : counted) facts += std::to_string(number) + ' ';
  out.token = digest(facts);
  return out;
}

std::string ProjectService::remove(Transaction& t, const Principal& who,
                                   std::span<const Ordinal> projects) {
  core_.access.require(who, "project.delete");
  const Ordinal first = t.find(core_.in.projects, "0");
  for (const Ordinal project : projects) {
    core_.check_visible(t, who, "projects", core_.in.projects, project, "project", "");
    if (project == first)
      throw Error(ErrorCode::conflict,
                  "the project with id 0 is always there; delete its tasks instead")
          .in("project");
    for (const char* state : {"running", "pending"})
      t.query(core_.in.tasks, KeyRange{"state", {project, std::string(state)}, {}, {}, false}, 1,
              {}, [&](const Row& row) -> bool {
                throw Error(ErrorCode::conflict,
                            "the task '" + std::string(row.id()) + "' of the project is " + state +
                                "; stop what runs and waits before deleting the project")
                    .in("project");
              });
  }
  for (const Ordinal project : projects) archive(t, who, project, true);
  Jobs::Options options;
  options.queue = "delete_projects";
  return jobs_.start(
      t, who, ProjectEraser::kind,
      Json{{"projects", std::vector<Ordinal>(projects.begin(), projects.end())}}.dump(), options);
}

}  // namespace podium::host
