#pragma once
// The threads that run jobs.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "plugin/contained.hpp"
#include "podium/service/jobs.hpp"
#include "services/jobs/jobs.hpp"

namespace podium::host {

/// One thread looks for jobs and keeps their leases, up to `threads` others run them. The first
/// begins at `start`, the others when there is something to run. Thread-safe.
class JobRunner {
 public:
  JobRunner(const Core& core, JobService& jobs, int threads);
  ~JobRunner();

  void add(JobHandler&, PluginOwner&);
  void start();
  /// Running handlers see `cancelled()`; waits until they have returned.
  void stop() noexcept;

  /// A job was queued in a transaction that commits now or soon (or never).
  void expect() noexcept;
  /// Something was committed. Called after every commit: cheap, does not block.
  void hint() noexcept;
  void ask_to_stop(Ordinal job);

 private:
  struct Handler {
    JobHandler* handler;
    PluginOwner* owner;
  };
  class Run;

  void dispatch();
  void work();
  void execute(Run&);
  void retire(const Run&);
  bool try_claim();
  void renew_leases();
  std::vector<std::string> kinds() const;

  const Core& core_;
  JobService& jobs_;
  const std::size_t threads_;
  std::mutex mutex_;
  std::condition_variable wake_dispatcher_, wake_workers_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::deque<std::shared_ptr<Run>> queue_;
  std::map<Ordinal, std::shared_ptr<Run>> live_;  ///< queued or running here
  std::vector<std::thread> workers_;
  std::thread dispatcher_;
  std::atomic<bool> stopping_{false};
  bool look_ = false;
  std::atomic<std::int64_t> expecting_until_{0};  ///< steady milliseconds
};

}  // namespace podium::host
