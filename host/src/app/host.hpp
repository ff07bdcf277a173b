#pragma once
// The whole of podium in one process: store, services, plugins and server, put together in order.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "plugin/manager.hpp"
#include "plugin/verify.hpp"

namespace podium {
class Store;
}

namespace podium::host {

/// Where the running program lies: its own plugins are in ../lib/podium/plugins beside it.
std::filesystem::path executable_path();

/// How plugins are found under these settings. `files` are those of `--plugin FILE`.
PluginOptions plugin_options(const Settings&, std::vector<std::filesystem::path> files);

/// Discovers plugins, loads the enabled ones as far as that goes without a store, and calls `look`.
void look_at_plugins(const Settings&, FunctionRef<void(const PluginManager&)> look);

/// The folder of artifacts under these settings; `data` is the data folder. Throws `unsupported`
/// when the artifacts' destination is no local folder.
std::filesystem::path artifacts_folder(const Settings&, const std::filesystem::path& data);

/// Opens the store in a folder to be looked at: see StoreFactory::look.
using LookAtStore = FunctionRef<std::unique_ptr<const Store>(const std::filesystem::path& folder)>;
/// Discovers and loads plugins as look_at_plugins does, and calls `look` with a way to open stores,
/// which must be closed before it returns. Throws `invalid` from there when no plugin offers the
/// store.
void look_at_state(const Settings&,
                   FunctionRef<void(const PluginManager&, const LookAtStore&)> look);

/// How `podium plugins verify` brings a plugin to life: with a temporary store, without a server.
VerifyOptions verify_options(const Settings&);

struct HostImpl;

/// One running podium. Owned by main; used on one thread.
class Host {
 public:
  Host(const Settings&, std::vector<std::filesystem::path> plugin_files);
  ~Host();  ///< stops
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// Opens the store, loads and starts plugins and services, then listens. Throws Error with what
  /// to do about it: the folder is in use, the port is taken, the store is newer, a required plugin
  /// failed.
  void start();
  /// Lets requests in flight finish, then stops everything in reverse. Idempotent.
  void stop() noexcept;
  /// "http://127.0.0.1:5000"
  std::string url() const;

 private:
  std::unique_ptr<HostImpl> impl_;
};

}  // namespace podium::host
