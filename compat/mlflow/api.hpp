#pragma once
// What all groups of endpoints share: the ports they stand on, and how a handler is run.
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "errors.hpp"
#include "podium/blob_store.hpp"
#include "podium/http/routes.hpp"
#include "podium/plugin.hpp"
#include "podium/principal.hpp"
#include "podium/query.hpp"
#include "podium/service/datasets.hpp"
#include "podium/service/jobs.hpp"
#include "podium/service/models.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"
#include "podium/store/store.hpp"

namespace podium::mlflow {

/// Made when the plugin starts, alive until it stops. Thread-safe.
class Api {
 public:
  explicit Api(PluginContext&);

  /// The text id of a project; what does not change is remembered. "" when there is none.
  std::string project_id(const Reader&, Ordinal project) const;
  std::string project_id(Transaction&, Ordinal project) const;

  /// A task that exists, archived or not; throws in MLflow's words.
  Tasks::Head require_run(Transaction&, const Principal&, std::string_view id) const;
  /// The same, refused when it is archived.
  Tasks::Head require_active_run(Transaction&, const Principal&, std::string_view id) const;
  /// The ordinal of a task that is visible; throws in MLflow's words.
  Ordinal find_run(const Reader&, const Principal&, std::string_view id) const;
  /// The ordinal of a project, given any spelling of its number; throws in MLflow's words. "" is
  /// project 0.
  Ordinal require_experiment(Transaction&, const Principal&, std::string_view id) const;

  PluginContext& context;
  Store& store;
  Projects& projects;
  Tasks& tasks;
  Datasets& datasets;
  Models& models;
  Jobs& jobs;
  Access& access;
  BlobStore& blobs;
  const QueryLanguage& language;
  const CollectionId project_records, task_records, dataset_records, input_records, model_records,
      link_records;

 private:
  template <class Get>
  std::string remembered(Ordinal project, Get&& get) const;

  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<Ordinal, std::string> project_ids_;
};

inline Response json_response(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}
inline Response empty_answer() { return json_response("{}"); }

/// Runs `fn` and gives what it throws MLflow's code.
template <class F>
decltype(auto) translating(F&& fn) {
  try {
    return std::forward<F>(fn)();
  } catch (const Error& e) {
    throw translated(e);
  }
}

/// Commits `write(Transaction&, State&)`, which may run again, and then answers with
/// `answer(State&)`. Returns at once.
template <class State, class Write, class Answer>
void commit_and_answer(Store& store, Reply reply, std::shared_ptr<State> state, Write write,
                       Answer answer) {
  store.commit(
      [state, write = std::move(write)](Transaction& t) { translating([&] { write(t, *state); }); },
      [state, reply = std::move(reply), answer = std::move(answer)](const Error* failure) mutable {
        if (failure)
          reply.fail(translated(*failure));
        else
          reply(answer(*state));
      });
}

}  // namespace podium::mlflow
