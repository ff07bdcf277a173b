#include "services/projects/project_eraser.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "services/files/file_eraser.hpp"
#include "services/tasks/artifact_place.hpp"

namespace podium::host {
namespace {

constexpr std::size_t slice_size = 50;

/// A task or model with the folders of its artifacts.
struct Doomed {
  Ordinal ordinal = 0;
  std::string id;
  std::vector<FileErasure> files;
};

class Erasing {
 public:
  Erasing(const Core& core, Jobs& jobs, JobRun& run) : core_(core), jobs_(jobs), run_(run) {}

  void count(const std::vector<Ordinal>& projects) {
    for (const Ordinal p : projects) total_ += ids(core_.in.tasks, p).size();
    for (const Ordinal p : projects) total_ += ids(core_.in.models, p).size();
    total_ += projects.size();
  }
  void project(Ordinal project) {
    for (const CollectionId c : {core_.in.tasks, core_.in.models}) {
      const auto doomed = ids(c, project);
      for (std::size_t at = 0; at < doomed.size(); at += slice_size)
        slice(c, std::span(doomed).subspan(at, std::min(slice_size, doomed.size() - at)));
    }
    go_on();
    ++done_;
    run_.advance(
        [&](Transaction& t) {
          t.erase(core_.in.projects, std::span<const Ordinal>(&project, 1),
                  eq(field("archived"), true));
        },
        "", done_, total_);
  }
  std::uint64_t done() const { return done_; }

 private:
  void go_on() const {
    if (run_.cancel().cancelled())
      throw Error(ErrorCode::cancelled, "the deletion was asked to stop");
  }
  std::vector<Ordinal> ids(CollectionId c, Ordinal project) const {
    return core_.store.ids(c, eq(field("project"), project), {}, {});
  }

  /// Noted is what there is: files in podium's own store, and all that are elsewhere.
  void note(Doomed& doomed, std::string uri) const {
    if (uri.empty()) return;
    const auto folder = erasable_blobs(uri, doomed.id);
    if (!folder || core_.blobs.stat(*folder)) doomed.files.push_back({doomed.id, std::move(uri)});
  }

  void slice(CollectionId c, std::span<const Ordinal> ordinals) {
    go_on();
    std::vector<Doomed> doomed;
    std::vector<std::string> uris;
    static const std::array uri = {value_of(field("artifact_uri"))};
    core_.store.get(c, ordinals, uri, [&](const Row& row) {
      doomed.push_back({row.ordinal(), std::string(row.id()), {}});
      uris.push_back(cell::text(row.cell(0)));
      return true;
    });
    for (std::size_t i = 0; i < doomed.size(); ++i) {
      note(doomed[i], uris[i]);
      if (c == core_.in.tasks)
        for (auto& earlier : of_attempts(doomed[i].ordinal)) note(doomed[i], std::move(earlier));
    }
    done_ += ordinals.size();
    run_.advance(
        [&](Transaction& t) {
          t.erase(c, ordinals);
          for (const Doomed& d : doomed)
            if (!d.files.empty()) erase_files(t, core_, jobs_, d.id, d.files);
        },
        "", done_, total_);
  }

  std::vector<std::string> of_attempts(Ordinal task) const {
    std::vector<std::string> out;
    Query query;
    query.collection = core_.in.attempts;
    query.filter = eq(field("task"), task);
    query.columns = {value_of(record_body())};
    core_.store.query(query, [&](const Row& row) {
      const Json body = Json::parse(cell::text(row.cell(0)), nullptr, false);
      if (body.is_object()) out.push_back(body.value("artifact_uri", std::string()));
      return true;
    });
    return out;
  }

  const Core& core_;
  Jobs& jobs_;
  JobRun& run_;
  std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace

std::string ProjectEraser::run(JobRun& run) {
  const auto projects = Json::parse(run.arguments()).at("projects").get<std::vector<Ordinal>>();
  Erasing erasing(core_, jobs_, run);
  erasing.count(projects);
  for (const Ordinal project : projects) erasing.project(project);
  return Json{{"erased", erasing.done()}}.dump();
}

}  // namespace podium::host
