#pragma once
// MLflow's reserved tags that podium has fields for. Each is stored once, in the field; what the
// field cannot hold (a parent that does not exist, a user tag that differs from the run's user)
// stays a tag.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api.hpp"
#include "log_requests.hpp"

namespace podium::mlflow {

struct ReservedTag {
  std::string_view tag, field;
};
/// Of tasks. `user` and `parent` may stand in the tags as well, never in both places.
inline constexpr ReservedTag reserved_tags[] = {
    {"mlflow.user", "user"},
    {"mlflow.runName", "name"},
    {"mlflow.note.content", "description"},
    {"mlflow.parentRunId", "parent"},
    {"mlflow.source.name", "source_name"},
    {"mlflow.source.type", "source_type"},
    {"mlflow.source.git.commit", "commit"},
    {"mlflow.source.git.branch", "branch"},
    {"mlflow.source.git.repoURL", "repository"},
};
/// The reserved tag of this key, or null.
const ReservedTag* reserved_tag(std::string_view key);

/// Tags to write, told apart. Views into the pairs they came from.
struct TagPlan {
  std::vector<MapEntry> plain;          ///< for the map of tags
  std::vector<Patch::Set> fields;       ///< for the task's fields
  std::vector<std::string_view> stale;  ///< entries of the map that a field takes the place of
};

/// For a task that is there; reads what it needs.
TagPlan plan_tags(const Api&, Transaction&, Ordinal task, std::span<const Pair> tags);
/// For a task to be made by `user`.
TagPlan plan_new_tags(const Api&, Transaction&, std::string_view user, std::span<const Pair> tags);

/// Removes a tag; throws `not_found` in MLflow's words when it is not there.
void delete_tag(const Api&, Transaction&, const Principal&, std::string_view run_id,
                std::string_view key);

/// `field` set to `value` in a list where each field stands once.
void set_field(std::vector<Patch::Set>& fields, std::string_view field, Value value);

}  // namespace podium::mlflow
