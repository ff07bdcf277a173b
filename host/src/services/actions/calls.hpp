#pragma once
// Calls of `Action::invoke`, each on a thread of its own: one that hangs holds up nobody.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/actions/catalogue.hpp"

namespace podium::host {

/// One call, with all that it needs: it may outlive whoever asked for it.
struct Invocation {
  KnownActionPtr action;
  Principal who;
  std::shared_ptr<const Json> parameters;
  std::string why, key;
  bool dry_run = false;
  std::vector<Ordinal> ordinals;
  std::vector<std::string> ids;
};

struct Invoked {
  ActionResult result;
  std::optional<Error> error;  ///< what was thrown, `timeout`, `cancelled`, or `busy`
  std::chrono::milliseconds took{0};
};

/// Thread-safe. A call that does not come back within its time is left: its thread goes on, and it
/// counts against its plugin until it comes back. The action, and its plugin, must not be destroyed
/// while `PluginOwner::calls_left` is not 0; nor what they use.
class ActionCalls {
 public:
  static constexpr int most_left = 4;  ///< of one plugin; then its calls are refused
  ActionCalls();
  ~ActionCalls();  ///< waits for nobody

  /// Waits for the call, its `time_limit`, or a moment longer than `cancel`.
  Invoked call(Invocation, const Cancel& cancel);
  /// Every call is asked to return, from now on; those that do not are left after a moment.
  void stop() noexcept;
  bool stopping() const noexcept;
  /// As before `stop`.
  void start() noexcept;

 private:
  struct Call;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace podium::host
