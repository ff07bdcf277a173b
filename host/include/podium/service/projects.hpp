#pragma once
// Projects: what people work on together. An MLflow experiment is a project.
#include <span>
#include <string_view>

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
};

/// Collection "projects": sequence ids from 0, id 0 is "Default" and always there. Fields: name
/// (unique key "name"), description, artifact_location, archived (boolean), archived_at, created,
/// updated (times); map tags. The hierarchy is read from '/' in names. Writes run inside a given
/// Transaction and throw `not_found`, `exists`, `invalid` or `denied` before they write. Each
/// writes the history.
class Projects : public Records {
 public:
  virtual ~Projects() = default;
  virtual Ordinal create(Transaction&, const Principal&, const NewProject&) = 0;
  /// The ordinal of a project that exists and may be written by `who`. `id` in decimal.
  virtual Ordinal require(Transaction&, const Principal&, std::string_view id) = 0;
  /// Changes name or description, sets and removes tags (in any state; callers with stricter rules
  /// check first).
  virtual void edit(Transaction&, const Principal&, Ordinal, const Patch&) = 0;
  /// Sets or clears the flag, with the time. Tasks are left alone: use `Tasks::archive_all`.
  virtual void archive(Transaction&, const Principal&, Ordinal, bool archived) = 0;
};

}  // namespace podium
