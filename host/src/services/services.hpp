#pragma once
// The host's services over one store: made after the store is open and everything is declared,
// stopped before the store closes.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "podium/blob_store.hpp"
#include "podium/extension/listener.hpp"
#include "podium/http/routes.hpp"
#include "podium/plugin.hpp"
#include "podium/query.hpp"
#include "podium/service/actions.hpp"
#include "podium/service/datasets.hpp"
#include "podium/service/goals.hpp"
#include "podium/service/jobs.hpp"
#include "podium/service/models.hpp"
#include "podium/service/notes.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/queues.hpp"
#include "podium/service/tasks.hpp"
#include "podium/store/store.hpp"
#include "services/events/limits.hpp"

namespace podium::host {

struct Core;
class ActionCatalogue;
class ActionService;
class Listings;
class Table;
class EventHub;
class Views;
struct PluginOwner;
class Vocabularies;

/// Owns the services, the threads that run jobs and the threads that call listeners. Thread-safe
/// between `start` and `stop`.
class Services {
 public:
  struct Options {
    Store& store;  ///< has the collections of `declarations()`
    BlobStore& blobs;
    const QueryLanguage& language;
    HostInfo host;
    std::function<std::int64_t()> now;  ///< milliseconds UTC; empty: the system's clock
    /// Podium's own, for the API's filters; alive as long as Services.
    const Vocabularies& vocabularies;
    int job_threads = 2;
    /// A task's derived fields are written this often at most; 0: they are not kept up at all.
    std::chrono::milliseconds derive_every{1000};
    EventLimits events = {};
  };

  explicit Services(Options);
  ~Services();  ///< stops

  /// The host's own collections, to be given to Store::declare.
  static std::vector<Collection> declarations();

  /// Makes project 0 and the default queue, and goes on with jobs and listeners. Call `add` before,
  /// so that nothing waits.
  void start();
  /// Ends what a server that stops would wait for: event subscribers, calls of plugins, waiting for
  /// jobs. No job begins any more. `stop` does it too.
  void stop_waiting() noexcept;
  /// Asks running jobs and listeners to return and waits for them; what was cut short goes on at
  /// the next start. Idempotent.
  void stop() noexcept;

  Projects& projects();
  Tasks& tasks();
  Queues& queues();
  Datasets& datasets();
  Models& models();
  Notes& notes();
  Goals& goals();
  Jobs& jobs();
  Actions& actions();
  ActionCatalogue& catalogue();
  /// What `actions` is, with what the front ends ask beside: counts, undoing.
  ActionService& action_service();
  /// What services share, for the parts of the host that stand on them.
  const Core& core() const;
  /// What the task table is asked with, in the host.
  const Table& table() const;
  Listings& listings();
  EventHub& events();
  Views& views();
  const Access& access() const;
  Access& access();

  /// Makes a kind of job known. Borrowed, with its owner, until `stop`. Throws `exists`.
  void add(JobHandler&, PluginOwner&);
  /// Begins to tell a listener. Borrowed, with its owner, until `stop`. Throws `exists`, `invalid`.
  void add(Listener&, PluginOwner&);

  /// Makes an action known, before `start`. Borrowed, with its owner. Throws `exists`, `invalid`.
  void add(Action&, PluginOwner&);
  void add(ActionSource&, PluginOwner&);

  /// The routes under /api/v1 of projects, tasks, datasets and jobs.
  std::vector<std::unique_ptr<Routes>> api_routes();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::host
