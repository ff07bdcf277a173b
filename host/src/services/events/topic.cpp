#include "services/events/topic.hpp"

namespace podium::host {
namespace {

/// The middle of `text` between `before` and `after`, or "".
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  if (text.size() <= before.size() + after.size() || !text.starts_with(before) ||
      !text.ends_with(after))
    return {};
  return std::string(text.substr(before.size(), text.size() - before.size() - after.size()));
}

}  // namespace

TopicName TopicName::parse(std::string_view text, bool subprojects) {
  TopicName name;
  name.text = text;
  name.subprojects = subprojects;
  const auto plain = [](const std::string& id) { return id.find('/') == std::string::npos; };
  if (text == "tasks") {
    name.kind = Kind::tasks;
  } else if (name.id = between(text, "project/", "/tasks"); !name.id.empty() && plain(name.id)) {
    name.kind = Kind::project_tasks;
    return name;
  } else if (name.id = between(text, "task/", "/metrics"); !name.id.empty() && plain(name.id)) {
    name.kind = Kind::task_metrics;
  } else if (name.id = between(text, "task/", ""); !name.id.empty() && plain(name.id)) {
    name.kind = Kind::task;
  } else if (auto collection = between(text, "collection/", ""); !collection.empty()) {
    name.kind = Kind::collection;
    name.collection = std::move(collection);
    name.id.clear();
  } else {
    throw Error(ErrorCode::invalid,
                "'" + std::string(text) +
                    "' is no topic; there are: tasks, project/ID/tasks, task/ID, task/ID/metrics, "
                    "collection/NAME")
        .in("topic");
  }
  if (subprojects)
    throw Error(ErrorCode::invalid, "'" + std::string(text) + "' has no subprojects")
        .in("subprojects");
  return name;
}

}  // namespace podium::host
