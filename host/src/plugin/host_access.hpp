#pragma once
// The host as the loader needs it: what plugins get through their contexts. Implemented in
// host/src/app.
#include <span>
#include <string_view>

#include "plugin/contained.hpp"
#include "podium/store/schema.hpp"

namespace podium {
class Access;
class Actions;
class BlobStore;
class Datasets;
class Goals;
class HttpClient;
class Jobs;
class Models;
class Notes;
class Projects;
class QueryLanguage;
class Queues;
class Store;
class Tasks;
class Vocabulary;
struct HostInfo;
}  // namespace podium

namespace podium::host {

/// Thread-safe. Outlives the PluginManager that it is given to; the services live until
/// `PluginManager::stop` has returned.
class HostAccess {
 public:
  virtual ~HostAccess() = default;

  // From `PluginManager::load` on:
  virtual const HostInfo& info() const = 0;
  virtual const QueryLanguage& query_language() const = 0;
  /// Throws `not_found` for an entity without a vocabulary.
  virtual const Vocabulary& vocabulary(std::string_view entity) const = 0;

  // From `PluginManager::start` on:

  /// Makes a plugin's collections known to the store, before its `start` is called. What it throws
  /// refuses the plugin.
  virtual void declare(const PluginOwner&, std::span<const Collection>) = 0;
  /// The store as one plugin sees it, so that slow writes can be told by their author.
  virtual Store& store(PluginOwner&) = 0;
  virtual BlobStore& blobs() = 0;
  virtual Projects& projects() = 0;
  virtual Tasks& tasks() = 0;
  virtual Datasets& datasets() = 0;
  virtual Models& models() = 0;
  virtual Queues& queues() = 0;
  virtual Notes& notes() = 0;
  virtual Goals& goals() = 0;
  virtual Jobs& jobs() = 0;
  virtual Actions& actions() = 0;
  virtual HttpClient& http() = 0;
  virtual Access& access() = 0;
};

}  // namespace podium::host
