#pragma once
// Plugins from file to end: found, loaded in order, started, stopped in reverse, destroyed in
// reverse.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "plugin/extensions.hpp"
#include "plugin/host_access.hpp"
#include "podium/abi.hpp"
#include "podium/http/routes.hpp"

namespace podium::host {

enum class PluginState : std::uint8_t {
  disabled = 1,  ///< its file was looked at, not loaded: the configuration does not ask for it
  incompatible,  ///< its file is no plugin, no whole one, or one for another host
  failed,        ///< it was asked for and something went wrong
  active,
};
constexpr std::string_view name(PluginState s) noexcept {
  constexpr std::string_view names[] = {"", "disabled", "incompatible", "failed", "active"};
  return names[static_cast<std::size_t>(s)];
}

struct PluginOptions {
  /// The host's own plugin directory; one that does not exist holds no plugins.
  std::filesystem::path own_directory;
  /// Ids that podium ships: enabled by default when the file is in `own_directory`. Others are
  /// disabled by default, wherever they lie: dropping a file into a directory must not run it.
  std::set<std::string> first_party;
  /// Further directories (`plugin_dirs`), searched after the own one. None may be world-writable.
  std::vector<std::filesystem::path> directories;
  /// `--plugin FILE`: enabled, required, and before a plugin of the same id in a directory.
  std::vector<std::filesystem::path> files;
  std::map<std::string, PluginSettings> settings;  ///< by id; prefixes {"/"} grants every route
  std::string abi_tag = PODIUM_ABI_TAG;
  /// Told before each step: "loading", "starting", "stopping" or "destroying" a plugin.
  std::function<void(const std::string& id, std::string_view doing)> progress;
};

/// What is known of one plugin file, or of an id that the configuration enables and no file has.
struct PluginInfo {
  std::string id;  ///< "" when the file does not tell
  std::string version, summary, abi_tag;
  std::filesystem::path file;
  std::vector<std::string> depends_on;
  PluginState state = PluginState::disabled;
  std::string reason;  ///< one sentence; "" when active
  bool first_party = false;
  bool required = false;
  std::uint64_t faults = 0;  ///< exceptions that the boundary contained
  struct Added {
    std::string kind, id;
  };
  std::vector<Added> extensions;
  std::string config;  ///< JSON text of its settings. May hold secrets: never on the network
};

/// Owned by main. The calls discover, load, start and stop happen once each, in this order, on one
/// thread; the others are thread-safe once `start` (or, without one, `load`) has returned. The
/// destructor stops what was not stopped, then destroys extensions and plugins in reverse order;
/// what borrows extensions (the server, the jobs, an open store) is gone before.
class PluginManager {
 public:
  explicit PluginManager(PluginOptions);
  ~PluginManager();
  PluginManager(const PluginManager&) = delete;
  PluginManager& operator=(const PluginManager&) = delete;

  /// Reads the manifests of all files (gate 1). Loads nothing.
  void discover();
  /// Loads the enabled ones, each behind what it depends on. Those that fail are listed with the
  /// reason; throws `unavailable` only when one that is required did.
  void load(HostAccess&);
  /// Declares each plugin's collections, calls its `start`, asks its routes. Throws as `load` does.
  void start();
  /// Calls `stop` in reverse order. Idempotent. A plugin in which calls still hang that were given
  /// up is passed over: it could wait for them for ever.
  void stop() noexcept;
  /// Whether there are such calls. Then neither this, nor what plugins were given, may be destroyed.
  bool calls_left() const noexcept;

  /// All that plugins added, and where the host adds its own.
  ExtensionRegistry& extensions() noexcept;
  template <class T>
  T* find_extension(std::string_view id) {
    return extensions().find<T>(id);
  }
  /// A group of routes as its plugin gave it when it had started, checked to lie below its
  /// prefixes.
  struct RouteGroup {
    PluginOwner* owner;
    Routes* routes;
    std::vector<std::string> prefixes;
    std::vector<Route> table;
  };
  /// The groups in the order of loading; the server takes them once. Every handler is called
  /// through `contained(*owner, ...)`.
  std::vector<RouteGroup> take_routes();

  /// By id, then by file.
  std::vector<PluginInfo> list() const;
  /// Sentences about directories that were not read.
  const std::vector<std::string>& problems() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podium::host
