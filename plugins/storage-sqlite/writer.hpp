#pragma once
// The one thread that writes: it drains all waiting writes into one commit, without a wait window,
// and does the housekeeping in between.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "checkpointer.hpp"
#include "file_lock.hpp"
#include "housekeeping.hpp"
#include "podium/store/store.hpp"
#include "session.hpp"
#include "transaction.hpp"

namespace podium::sqlite {

/// Whether the calling thread is a writer's.
bool& on_writers_thread() noexcept;

class Writer {
 public:
  /// Opens the file and starts the thread.
  explicit Writer(Shared&);
  /// Finishes what is queued, then joins.
  ~Writer();

  void commit(Store::Write, Store::Done);
  void transact(FunctionRef<void(Transaction&)>);
  /// Declares on the writer's thread, in a commit of its own.
  void declare(std::span<const Collection>);
  bool maintain();
  int watch(std::function<void(Revision)>);
  void unwatch(int id);

 private:
  /// Somebody who waits for a job, on their stack.
  class Waiter {
   public:
    void finish(std::exception_ptr error);
    /// Throws the error that it was finished with.
    void wait();

   private:
    std::mutex mutex_;
    std::condition_variable finished_;
    bool done_ = false;
    std::exception_ptr error_;
  };
  struct Job {
    Store::Write write;
    Store::Done done;  ///< or
    Waiter* waiter = nullptr;
    UniqueFunction<void()> alone;  ///< instead of a write: runs by itself between groups
    std::exception_ptr error;      ///< what it refused with, or why it failed
  };
  using Jobs = std::span<Job* const>;
  /// What became of running jobs as one group.
  struct Attempt {
    enum class Outcome : std::uint8_t {
      committed,
      threw_late,  ///< the job at `count` threw after it had written; all is undone
      failed,      ///< the engine did, with `failure`; nothing is settled yet
    };
    Outcome outcome = Outcome::committed;
    std::size_t count = 0;  ///< jobs that ran
    std::optional<Error> failure;
    bool broken = false;  ///< the connection must be opened again
    bool begun = false;   ///< a transaction was opened at all
  };

  bool enqueue(Job&);
  /// Waits for `alone` to run on the writer's thread; throws what it threw.
  void run_alone(FunctionRef<void()> alone);

  // On the writer's thread (group.cpp):
  void loop();
  std::size_t process(Jobs);
  Attempt attempt(Jobs, bool capped);
  enum class Ran : std::uint8_t { well, refused, threw_late, failed };
  Ran run(Job&);
  void one_by_one(Jobs);
  void single(Job&);
  /// After a failed attempt: whether the jobs are answered; otherwise they are to run again.
  bool settled(Jobs, const Attempt&);
  void answer(Jobs);
  void fail(Jobs, const Error&);
  void after_commit();
  void solo(FunctionRef<void()> change, bool visible);
  bool keep_house(Housekeeping::Depth);
  /// Moves what waits behind what was taken before.
  void take();
  void wait_for_work();

  Shared& shared_;
  FileLock lock_;
  Session session_;
  SqliteTransaction transaction_;
  Housekeeping housekeeping_;
  Checkpointer checkpointer_;
  // Of the writer's thread alone:
  std::deque<Job> taken_;
  Housekeeping::Clock::time_point idle_from_{}, last_slice_{};
  Revision told_ = 0;
  int checkpointed_ = 0;  ///< pages of the WAL when a checkpoint was last asked for

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  bool stopping_ = false;

  std::recursive_mutex watchers_mutex_;
  std::map<int, std::function<void(Revision)>> watchers_;
  int last_watcher_ = 0;

  std::thread thread_;  ///< last: starts when all else is there
};

}  // namespace podium::sqlite
