#pragma once
// What only time brings: quiet tasks, filters that name an age, and old firings.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "podium/plugin.hpp"
#include "rule.hpp"

namespace podium::rules {

/// Looks once a second whether a rule has something to do because time passed, and says so in the
/// rule; the Watcher hears that and does it. Several hosts may do so at once.
class Ticker {
 public:
  Ticker(PluginContext& context, Clock now) : context_(context), now_(std::move(now)) {}
  ~Ticker() { stop(); }
  void start();
  void stop() noexcept;
  /// One look.
  void tick();

 private:
  void run();

  PluginContext& context_;
  Clock now_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
  std::int64_t pruned_ = 0;
};

}  // namespace podium::rules
