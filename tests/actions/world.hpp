#pragma once
// A host with the built-in actions, as their plugin adds them, called over the API.
#include <memory>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "podium/extension/action.hpp"

namespace podium::test {

class World : public Host {
 public:
  World();
  ~World();

  Json call(const std::string& method, const std::string& path, const Json& body = nullptr) {
    return (*api_)(method, path, body).json;
  }
  /// Runs an action over a selection; `more` is merged into the request.
  Json run(const std::string& action, const Json& selection, const Json& parameters = nullptr,
           const Json& more = Json::object());
  Json run(const std::string& action, const std::string& task, const Json& parameters = nullptr,
           const Json& more = Json::object()) {
    return run(action, Json{{"ids", {task}}}, parameters, more);
  }
  /// The one outcome of a run over one task that went well; fails the test otherwise.
  Json ok(const std::string& action, const std::string& task, const Json& parameters = nullptr,
          const Json& more = Json::object());
  /// "code: message" of a run over one task that did not.
  std::string refused(const std::string& action, const std::string& task,
                      const Json& parameters = nullptr);
  /// How many of a selection an action can affect.
  int available(const std::string& action, const Json& selection);
  Json undo(const Json& run);
  /// Of `GET /api/v1/tasks/actions`.
  Json spec(const std::string& action);

  std::string state(const std::string& id) const { return text(id, field("state")); }
  bool archived(const std::string& id) const;
  bool there(const std::string& id) const {
    return store->find(store->collection("tasks"), id) != 0;
  }
  /// "" when it is missing.
  std::string text(const std::string& id, const Path&) const;
  std::string tag(const std::string& id, const std::string& key) const;
  std::string project_of(const std::string& id) const;
  /// The id of what a field of a task refers to, "" for nothing.
  std::string referred(const std::string& id, const char* name, const char* collection) const;
  /// A task in a state, archived as an MLflow client does it: nothing else changes.
  std::string task_as(Ordinal project, TaskState, bool archived);
  void flag_archived(const std::string& id);
  /// As if a worker held it.
  void hold(const std::string& id, std::int64_t until);
  void set_parent(const std::string& id, const std::string& parent);
  std::string queue(const std::string& name, bool watched = false);
  std::string project_id(Ordinal o) const { return id_of("projects", o); }

 private:
  class Context;
  std::unique_ptr<Context> context_;
  std::unique_ptr<host::PluginOwner> owner_;
  std::vector<std::unique_ptr<Action>> actions_;
  std::unique_ptr<Api> api_;
};

}  // namespace podium::test
