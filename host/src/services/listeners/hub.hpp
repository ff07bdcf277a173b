#pragma once
// Tells listeners which records changed.
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "plugin/contained.hpp"
#include "podium/extension/listener.hpp"
#include "services/core.hpp"

namespace podium::host {

/// Every listener has a thread of its own, so a slow or failing one holds up nobody. Its cursor and
/// lease are a record of the collection "listeners": of all hosts one tells it, and what `handle`
/// returns is committed together with the cursor. Thread-safe.
class ListenerHub {
 public:
  explicit ListenerHub(const Core&);
  ~ListenerHub();

  /// Throws `exists` when the id is taken, `invalid` for a listener to the hub's own records.
  void add(Listener&, PluginOwner&);
  void start();
  void stop() noexcept;
  /// Something was committed. Called after every commit: cheap, does not block.
  void hint(Revision newest) noexcept;

 private:
  class Teller;

  const Core& core_;
  std::mutex mutex_;
  std::condition_variable wake_;  ///< something was committed, or it stops
  std::condition_variable stop_;  ///< it stops
  Revision newest_ = 0;
  bool stopping_ = false, started_ = false;
  std::vector<std::unique_ptr<Teller>> tellers_;
};

}  // namespace podium::host
