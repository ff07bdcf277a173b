#pragma once
// What can be subscribed to.
#include <string>
#include <string_view>

#include "podium/store/store.hpp"

namespace podium::host {

/// A topic as its text names it:
///   tasks               all tasks
///   project/ID/tasks    tasks of a project, with or without those of its subprojects
///   task/ID             one task
///   task/ID/metrics     its series of points
///   collection/NAME     records of a collection
struct TopicName {
  enum class Kind { tasks, project_tasks, task, task_metrics, collection };
  Kind kind = Kind::tasks;
  std::string text;
  std::string id;  ///< of the project or task
  std::string collection = "tasks";
  bool subprojects = false;

  /// Throws `invalid` for a text that names no topic.
  static TopicName parse(std::string_view text, bool subprojects);
  bool operator==(const TopicName& other) const {
    return text == other.text && subprojects == other.subprojects;
  }
};

}  // namespace podium::host
