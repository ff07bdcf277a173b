#pragma once
// What a plugin author derives from, and what the host hands to it.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "podium/abi.hpp"
#include "podium/error.hpp"
#include "podium/extension.hpp"
#include "podium/json.hpp"
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

enum class LogLevel : std::uint8_t { debug = 1, info, warning, error };

/// Facts about the host that is running.
struct HostInfo {
  std::string version;             ///< podium's
  std::filesystem::path data_dir;  ///< --data
  std::string
      default_artifact_root;  ///< --default-artifact-root; where new projects keep artifacts
  std::string artifacts_destination;  ///< --artifacts-destination as a path, what BlobStore serves
  std::int64_t started = 0;           ///< milliseconds UTC
};

/// The host as one plugin sees it: one object per plugin, alive from before `load` until after the
/// plugin's destructor. Thread-safe unless said otherwise.
class PluginContext {
 public:
  virtual ~PluginContext() = default;

  virtual void log(LogLevel, std::string_view message) = 0;
  /// The plugin's own section of podium.toml (`[plugins."id"] config`), {} when there is none.
  virtual const Json& config() const = 0;
  /// A folder of the plugin's own under --data, made on first use. For caches, not for records.
  virtual std::filesystem::path data_dir() = 0;
  virtual const HostInfo& host() const = 0;

  // During `load` only, on the loading thread:

  /// Registers an extension. Throws `exists` naming both plugins when the id is taken by another of
  /// its kind, `denied` when it claims what the configuration does not grant (a route prefix).
  virtual void add(std::unique_ptr<Extension>) = 0;
  /// Declares a collection of the plugin's own; its name must start with "<plugin id>/". It is in
  /// the store when `start` is called.
  virtual void declare(Collection) = 0;

  // From `start` on (in `load` they throw `misuse`, in an extension's calls they work):

  virtual Store& store() = 0;
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
  /// Available in `load` too.
  virtual const QueryLanguage& query_language() const = 0;
  /// Podium's own vocabulary of an entity ("tasks", "projects", "datasets", "models").
  virtual const class Vocabulary& vocabulary(std::string_view entity) const = 0;

  /// An extension of another plugin by kind and id, or null. Borrowed: alive until `stop`.
  template <class T>
  T* find(std::string_view id) {
    return dynamic_cast<T*>(
        find_extension([](Extension& e) { return dynamic_cast<T*>(&e) != nullptr; }, id));
  }

 protected:
  virtual Extension* find_extension(bool (*is)(Extension&), std::string_view id) = 0;
};

/// A plugin. Made once by its descriptor; the host calls, in this order and on one thread:
///   load(context)  register extensions and declare collections. Throwing undoes every registration
///   and
///                  leaves the plugin listed as failed, with the text as the reason.
///   start()        all plugins are loaded, the store is open; threads begin here. When it throws,
///   `stop`
///                  is called, and the plugin is listed as failed.
///   stop()         in reverse order; join every thread here. The store still works.
///   destructor     extensions of this plugin are gone before it.
/// The library is never unmapped. No static initialiser of a plugin may throw.
class Plugin {
 public:
  virtual ~Plugin() = default;
  virtual void load(PluginContext& context) = 0;
  virtual void start() {}
  virtual void stop() noexcept {}
  /// A JSON Schema (text) that `config` is checked against before `load`; "" checks nothing.
  virtual std::string config_schema() const { return {}; }
};

}  // namespace podium
