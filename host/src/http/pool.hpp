#pragma once
// The bounded pool of threads on which plugin code and files may block.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "podium/function.hpp"

namespace podium::host {

/// Threads are started when work waits for one, up to the size, and stay. An owner of jobs (any
/// address; the plugin's) holds at most its share of the pool; what is over it waits in the owner's
/// own queue, so that one owner never keeps the others from a thread. Thread-safe.
class Pool {
 public:
  using Job = UniqueFunction<void()>;

  struct Limits {
    std::size_t threads = 16;
    std::size_t share = 4;     ///< threads an owner may hold; a quarter of `threads`, at least 1
    std::size_t waiting = 64;  ///< jobs of an owner that may wait
    std::size_t host_waiting = 4096;  ///< the same for exempt owners
  };
  explicit Pool(Limits);
  /// Calls stop().
  ~Pool();

  /// Queues a job; false when the owner's queue is full. `exempt` lifts the owner's share. A job
  /// must not throw. After stop() a job is refused.
  [[nodiscard]] bool submit(const void* owner, bool exempt, Job&& job);
  /// The same for a job that goes on with something begun: it waits, but is never refused. False
  /// only after stop(), or when the system gives no thread at all; then the job has not been taken.
  [[nodiscard]] bool submit_always(const void* owner, bool exempt, Job&& job);
  /// Runs what is queued, then joins the threads.
  void stop();

  std::size_t threads() const;
  std::size_t queued() const;  ///< jobs without a thread
  std::size_t busy() const;    ///< threads at work

 private:
  struct Owner {
    std::size_t running = 0;  // on a thread or in ready_
    std::deque<Job> waiting;
  };
  struct Ready {
    const void* owner;
    Job job;
  };
  bool enqueue(const void* owner, bool exempt, Job& job, std::size_t limit);
  void work();

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Ready> ready_;
  std::unordered_map<const void*, Owner> owners_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0, waiting_ = 0;
  bool stopping_ = false;
};

}  // namespace podium::host
