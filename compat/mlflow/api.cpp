#include "api.hpp"

#include <fmt/format.h>

#include <array>

#include "validation.hpp"

namespace podium::mlflow {

Api::Api(PluginContext& c)
    : context(c),
      store(c.store()),
      projects(c.projects()),
      tasks(c.tasks()),
      datasets(c.datasets()),
      models(c.models()),
      jobs(c.jobs()),
      access(c.access()),
      blobs(c.blobs()),
      language(c.query_language()),
      project_records(projects.collection()),
      task_records(tasks.collection()),
      dataset_records(datasets.collection()),
      input_records(datasets.inputs()),
      model_records(models.collection()),
      link_records(models.links()) {}

template <class Get>
std::string Api::remembered(Ordinal project, Get&& get) const {
  {
    std::shared_lock lock(mutex_);
    if (const auto i = project_ids_.find(project); i != project_ids_.end()) return i->second;
  }
  std::string id;
  get([&](const Row& row) { id = row.id(); });
  if (!id.empty()) {
    std::unique_lock lock(mutex_);
    project_ids_.emplace(project, id);
  }
  return id;
}

std::string Api::project_id(const Reader& reader, Ordinal project) const {
  return remembered(project, [&](auto sink) { reader.get(project_records, project, {}, sink); });
}

std::string Api::project_id(Transaction& t, Ordinal project) const {
  return remembered(project, [&](auto sink) { t.get(project_records, project, {}, sink); });
}

Tasks::Head Api::require_run(Transaction& t, const Principal& who, std::string_view id) const {
  try {
    return tasks.require(t, who, id);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::not_found) throw no_such_run(id);
    throw;
  }
}

Tasks::Head Api::require_active_run(Transaction& t, const Principal& who,
                                    std::string_view id) const {
  const Tasks::Head head = require_run(t, who, id);
  if (head.archived) throw not_active("run", id);
  return head;
}

Ordinal Api::find_run(const Reader& reader, const Principal& who, std::string_view id) const {
  const Ordinal ordinal = tasks.find(reader, who, id);
  if (ordinal == 0) throw no_such_run(id);
  return ordinal;
}

Ordinal Api::require_experiment(Transaction& t, const Principal& who,
                                std::string_view given) const {
  const std::string id = given.empty() ? "0" : parse_experiment_id(given);
  try {
    return projects.require(t, who, id);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::not_found)
      throw missing(fmt::format("No Experiment with id={} exists", id));
    throw;
  }
}

}  // namespace podium::mlflow
