#pragma once
// Projects as a tree, with what is in them.
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"

namespace podium::host {

/// How many tasks there are, archived ones apart, and when one last changed or lived.
struct TaskCounts {
  std::array<std::int64_t, 8> of_state{};  ///< by TaskState
  std::int64_t total = 0, archived = 0;    ///< `total` without archived ones
  std::optional<std::int64_t> active;      ///< milliseconds UTC

  TaskCounts& operator+=(const TaskCounts&);
};

struct ProjectNode {
  std::string name;
  std::string id;  ///< "" for a parent without a record of its own
  Ordinal ordinal = 0;
  std::string parent;  ///< name of the node above, or ""
  int level = 0;       ///< 0 at the top, also of a part of the tree
  bool archived = false;
  std::string description;
  TaskCounts own, all;  ///< its own tasks, and with those of all projects below it
};

struct TreeQuestion {
  std::string root = {};                 ///< name of the top node; "" for all
  std::optional<bool> archived = false;  ///< only projects of this flag (and what they are below)
};

/// Every node, parents before what is below them, siblings by name. Counts are of all projects that
/// `who` may see, whatever the question leaves out. Throws `not_found` (field "below") when there
/// is no node of the root's name.
std::vector<ProjectNode> project_tree(const Projects&, const Tasks&, const Reader&,
                                      const Principal& who, const TreeQuestion&);

}  // namespace podium::host
