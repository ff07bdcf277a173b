#pragma once
// The body of a task: {"diff": text, "requirements": {kind: text}}, both optional.
#include <string>
#include <string_view>
#include <vector>

namespace podium::host {

struct BodyChange {
  std::string name, old_json, new_json;  ///< "null" where it is missing
};

/// Throws `invalid`, naming the member, for what is no body.
void check_task_body(std::string_view json);
/// The body with the members of `patch` set, and removed where they are null. `before` is "" or a
/// body. Tells what really changed.
std::string merge_task_body(std::string_view before, std::string_view patch,
                            std::vector<BodyChange>* changes = nullptr);
/// The names of the members of a patch.
std::vector<std::string> task_body_members(std::string_view patch);

}  // namespace podium::host
