#pragma once
// The plugin boundary: the only place from which plugin code is called.
#include <atomic>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "podium/error.hpp"

namespace podium::host {

/// Whose code it is. Lives as long as the host; counts what it threw.
struct PluginOwner {
  std::string id;  ///< "" is the host itself
  std::atomic<std::uint64_t> faults{0};
  void (*report)(const PluginOwner&, std::string_view where, std::string_view what) = nullptr;
  /// Calls that were given up and still run: while there are any, nothing of the plugin, nor what
  /// it was given, may be destroyed.
  std::atomic<int> calls_left{0};
};

/// Calls `fn`, which runs code of `owner`. What it throws becomes an Error that the host owns
/// (texts copied; no exception object of the plugin is kept): an Error keeps its code and fields,
/// anything else becomes `internal` and names the plugin. Faults (anything but an Error with a
/// caller's code) are counted and reported.
template <class F>
decltype(auto) contained(PluginOwner& owner, std::string_view where, F&& fn) {
  const auto fault = [&](std::string_view what) {
    owner.faults.fetch_add(1, std::memory_order_relaxed);
    if (owner.report) owner.report(owner, where, what);
    return Error(ErrorCode::internal, owner.id.empty()
                                          ? std::string(what)
                                          : "plugin '" + owner.id + "' failed in " +
                                                std::string(where) + ": " + std::string(what));
  };
  try {
    return std::forward<F>(fn)();
  } catch (const ConflictError& e) {
    throw ConflictError(e);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::internal || e.code() == ErrorCode::misuse) throw fault(e.what());
    throw Error(e);
  } catch (const std::exception& e) {
    throw fault(e.what());
  } catch (...) {
    throw fault("an exception of unknown type");
  }
}

}  // namespace podium::host
