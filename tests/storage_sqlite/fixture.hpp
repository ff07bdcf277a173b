#pragma once
// A store in a temporary folder with small declarations, and a look past it into the file.
#include <memory>
#include <string>
#include <vector>

#include "podium/store/store.hpp"
#include "sqlite.hpp"
#include "sqlite_store.hpp"
#include "support.hpp"

namespace podium::sqlite::test {

inline std::vector<Collection> declarations() {
  Collection projects;
  projects.name = "projects";
  projects.sequence = true;
  projects.first = 0;
  projects.fields = {{"name", Type::text}};
  projects.keys = {{"name", {"name"}, true}};

  Collection tasks;
  tasks.name = "tasks";
  tasks.fields = {{"project", Type::reference, "projects", OnErase::cascade},
                  {"parent", Type::reference, "tasks", OnErase::clear},
                  {"state", Type::text},
                  {"archived", Type::boolean},
                  {"start", Type::time},
                  {"priority", Type::integer},
                  {"score", Type::real},
                  {"size", Type::scalar},
                  {"slug", Type::text}};
  tasks.keys = {{"start", {"project", "archived", "start"}, false},
                {"score", {"project", "score"}, false},
                {"size", {"size"}, false},
                {"slug", {"project", "slug"}, true}};
  tasks.partition = "project";
  tasks.maps = {{"params", true}, {"tags", true}, {"metadata", false}};
  tasks.series = {{"metrics", LastRule::step_time_value}, {"system", LastRule::time_step}};
  tasks.body = true;

  Collection inputs;
  inputs.name = "inputs";
  inputs.fields = {{"task", Type::reference, "tasks", OnErase::cascade}, {"digest", Type::text}};
  inputs.maps = {{"params", true}};
  inputs.series = {{"metrics", LastRule::step_time_value}};
  return {projects, tasks, inputs};
}

struct Opened {
  explicit Opened(const std::filesystem::path& directory, bool run_twice = false)
      : directory_(directory) {
    StoreOptions options;
    options.directory = directory;
    options.run_twice = run_twice;
    options.log = [this](int, std::string_view text) {
      const std::lock_guard lock(mutex_);
      log_.emplace_back(text);
    };
    store = std::make_unique<SqliteStore>(options);
    store->declare(declarations());
    projects = store->collection("projects");
    tasks = store->collection("tasks");
    inputs = store->collection("inputs");
  }
  std::vector<std::string> log() {
    const std::lock_guard lock(mutex_);
    return log_;
  }
  /// A connection of our own to look into the file.
  Connection file() const { return Connection(directory_ / "podium.db", Connection::Role::reader); }
  std::int64_t number(const std::string& sql) const {
    Connection connection(directory_ / "podium.db", Connection::Role::reader);
    return connection.number(sql, -1);
  }
  Ordinal project(const std::string& name) {
    return store->write([&](Transaction& t) {
      NewRecord record;
      record.content.set("name", name);
      return t.insert(projects, record);
    });
  }
  Ordinal task(const std::string& id, Ordinal in) {
    return store->write([&](Transaction& t) {
      NewRecord record;
      record.id = id;
      record.content.set("project", in);
      return t.insert(tasks, record);
    });
  }
  void log_points(Ordinal task_, const std::string& key, std::vector<Point> points) {
    store->write([&](Transaction& t) {
      const SeriesPoints one{key, "", points};
      t.append(tasks, task_, "metrics", {&one, 1});
    });
  }
  std::int64_t version(Ordinal task_) {
    std::int64_t result = 0;
    store->write([&](Transaction& t) {
      t.get(tasks, task_, {}, [&](const Row& row) { result = row.version(); });
    });
    return result;
  }
  /// All tests of `check`; the texts of the faults.
  std::vector<std::string> faults() {
    std::vector<std::string> result;
    for (const auto& finding : store->check([](double) { return true; }))
      if (finding.fault) result.push_back(finding.what);
    return result;
  }

  std::filesystem::path directory_;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<SqliteStore> store;
  CollectionId projects{}, tasks{}, inputs{};
};

}  // namespace podium::sqlite::test
