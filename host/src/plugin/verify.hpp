#pragma once
// Trying a plugin in a process of its own, so that a crash of it becomes a sentence.
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "plugin/manager.hpp"

namespace podium::host {

struct VerifyOptions {
  /// How plugins are found: what the file depends on, and the store. `files` and `progress` are set
  /// by `verify`.
  PluginOptions plugins;
  /// Runs in the child, with the manager after `discover`: load, open a temporary store, start,
  /// stop.
  std::function<void(PluginManager&)> life;
  std::chrono::milliseconds limit{30'000};
};

struct VerifyResult {
  bool good = false;
  std::string
      text;  ///< "loads, starts and stops", or what went wrong: "killed by Aborted while loading"
};

/// Forks: call it from a process that has no other threads yet (the command line does). What the
/// plugin prints goes to standard error as it is.
VerifyResult verify(const std::filesystem::path& file, const VerifyOptions&);

}  // namespace podium::host
