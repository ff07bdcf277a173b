#pragma once
// Projects: what people work on together. An MLflow experiment is a project.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "podium/service/records.hpp"
#include "podium/store/store.hpp"

namespace podium {

struct NewProject {
  std::string_view name;  ///< 1..500 code points, unique, also among archived ones
  std::string_view description = {};
  /// Where tasks keep artifacts by default; "" is `{default_artifact_root}/{id}`, made by the
  /// service.
  std::string_view artifact_location = {};
  std::span<const MapEntry> tags = {};
  std::span<const MapEntry> defaults = {};   ///< params that new drafts start with
  std::string_view output_destination = {};  ///< that new drafts start with
  /// How tags of its tasks look: key of a tag to "#rrggbb"; others are refused.
  std::span<const MapEntry> tag_colors = {};
};

/// What a deletion of projects takes away.
struct ProjectContents {
  std::vector<Ordinal> projects;
  std::vector<std::string> names;  ///< of the projects, in the same order
  std::int64_t tasks = 0, running = 0, pending = 0, published = 0, models = 0, datasets = 0;
  std::int64_t files = 0, bytes = 0;  ///< of artifacts in podium's own store
  bool counted = true;  ///< false: there are more files than were looked at, `bytes` is a part
  /// What was counted, as a word: the same until a project, task, model or data set comes or goes.
  std::string token;
};

/// Collection "projects": sequence ids from 0, id 0 is "Default" and always there. Fields: name
/// (unique key "name"), description, artifact_location, output_destination, archived (boolean),
/// archived_at, created, updated (times); maps tags, defaults, tag_colors. The hierarchy is read
/// from '/' in names; a parent without a record of its own is shown, never stored. Writes run
/// inside a given Transaction and throw `not_found`, `exists`, `invalid` or `denied` before they
/// write. Each writes the history.
class Projects : public Records {
 public:
  virtual ~Projects() = default;
  virtual Ordinal create(Transaction&, const Principal&, const NewProject&) = 0;
  /// The ordinal of a project that exists and may be written by `who`. `id` in decimal.
  virtual Ordinal require(Transaction&, const Principal&, std::string_view id) = 0;
  /// Changes name, description or output destination, sets and removes tags, defaults and colours
  /// (in any state; callers with stricter rules check first). The name is that of this project
  /// alone: what is below it in name stays where it is, as MLflow's clients mean it. See `rename`.
  virtual void edit(Transaction&, const Principal&, Ordinal, const Patch&) = 0;
  /// Sets or clears the flag, with the time. Tasks are left alone: use `Tasks::archive_all`.
  virtual void archive(Transaction&, const Principal&, Ordinal, bool archived) = 0;

  /// Renames the project `from`, if it has a record, and all below it: `from/x` becomes `to/x`.
  /// Moving is renaming, too. Throws `not_found` when there is nothing of that name, `invalid` when
  /// `to` is below `from`, `exists` with every name that is taken. Returns the projects renamed.
  virtual std::vector<Ordinal> rename(Transaction&, const Principal&, std::string_view from,
                                      std::string_view to) = 0;

  /// What `remove` of these projects would take away now.
  virtual ProjectContents contents(const Reader&, const Principal&,
                                   std::span<const Ordinal> projects) const = 0;
  /// Archives the projects, so that nothing new comes, and queues the job that erases them with all
  /// that is in them, a slice at a time, their artifacts by the ledger "file_deletions"; returns
  /// the job's id. Throws `conflict` when a task is running or pending or it is project 0. A job
  /// that was cancelled leaves archived projects with what it did not come to; removing again goes
  /// on.
  virtual std::string remove(Transaction&, const Principal&, std::span<const Ordinal> projects) = 0;
};

}  // namespace podium
