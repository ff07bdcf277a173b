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

/// One thread looks for jobs and keeps their leases, up to `threads` others run them, and some more
/// those that wait for what is outside of podium. The first begins at `start`, the others when
/// there is something to run. Thread-safe.
class JobRunner {
 public:
  /// Jobs of one lane never wait for those of the other.
  enum class Lane { usual, outside };
  JobRunner(const Core& core, JobService& jobs, int threads);
  ~JobRunner();

  void add(JobHandler&, PluginOwner&, Lane = Lane::usual);
  void start();
  /// Running handlers see `cancelled()`, and none begins.
  void stop_soon() noexcept;
  /// The same, and waits until they have returned.
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
    Lane lane;
  };
  class Run;
  struct Threads {
    std::size_t most;
    std::size_t live = 0;  ///< of `live_` those of this lane
    std::deque<std::shared_ptr<Run>> queue = {};
    std::vector<std::thread> workers = {};
    std::condition_variable wake = {};
    bool has_room() const noexcept { return live < most; }
  };

  void dispatch();
  void work(Threads&);
  void execute(Run&);
  void retire(const Run&);
  bool try_claim();
  void renew_leases();
  /// Those that can be taken now.
  std::vector<std::string> kinds() const;
  Threads& threads_of(Lane lane) noexcept { return lane == Lane::usual ? usual_ : outside_; }

  const Core& core_;
  JobService& jobs_;
  Threads usual_, outside_;
  std::mutex mutex_;
  std::condition_variable wake_dispatcher_;
  std::map<std::string, Handler, std::less<>> handlers_;
  std::map<Ordinal, std::shared_ptr<Run>> live_;  ///< queued or running here
  std::thread dispatcher_;
  std::atomic<bool> stopping_{false};
  bool look_ = false;
  std::atomic<std::int64_t> expecting_until_{0};  ///< steady milliseconds
};

}  // namespace podium::host
