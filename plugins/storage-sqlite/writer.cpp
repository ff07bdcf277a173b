// The doors of the writer, used by any thread.
#include "writer.hpp"

#include <fmt/format.h>

#include <utility>

#include "schema.hpp"

namespace podium::sqlite {
namespace {

void refuse_waiting(bool on_writers_thread) {
  refuse_nested();
  if (on_writers_thread)
    throw Error(ErrorCode::misuse, "the writer's thread cannot wait for a write; use commit");
  if (Store::blocking_forbidden())
    throw Error(ErrorCode::misuse, "an io thread must not wait for a write; use commit");
}

}  // namespace

bool& on_writers_thread() noexcept {
  static thread_local bool on = false;
  return on;
}

Writer::Writer(Shared& shared)
    : shared_(shared),
      lock_(shared.options.directory / "podium.lock"),
      session_(shared),
      transaction_(session_),
      housekeeping_(session_, shared.options.settings),
      checkpointer_(shared) {
  told_ = shared_.revision;
  thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::Waiter::finish(std::exception_ptr error) {
  // Told under the lock: the waiter's stack may be gone right after.
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  done_ = true;
  finished_.notify_one();
}

void Writer::Waiter::wait() {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [&] { return done_; });
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

bool Writer::enqueue(Job& job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    waiting_.push_back(std::move(job));
    if (waiting_.size() > 1) return true;  // it was woken for the first
  }
  wake_.notify_one();
  return true;
}

void Writer::commit(Store::Write write, Store::Done done) {
  refuse_nested();
  Job job;
  job.write = std::move(write);
  job.done = std::move(done);
  if (enqueue(job)) return;
  const Error closing(ErrorCode::unavailable, "the store is closing");
  if (job.done) job.done(&closing);
}

void Writer::transact(FunctionRef<void(Transaction&)> fn) {
  refuse_waiting(on_writers_thread());
  Waiter waiter;
  Job job;
  job.write = [fn](Transaction& transaction) { fn(transaction); };
  job.waiter = &waiter;
  if (!enqueue(job)) throw Error(ErrorCode::unavailable, "the store is closing");
  waiter.wait();
}

void Writer::run_alone(FunctionRef<void()> alone) {
  refuse_waiting(on_writers_thread());
  Waiter waiter;
  Job job;
  job.alone = [alone] { alone(); };
  job.waiter = &waiter;
  if (!enqueue(job)) throw Error(ErrorCode::unavailable, "the store is closing");
  waiter.wait();
}

void Writer::declare(std::span<const Collection> collections) {
  run_alone([&] {
    solo(
        [&] {
          auto catalog = declare_collections(session_.db(), session_.catalog(), collections);
          if (catalog) session_.declare(std::move(catalog));
        },
        true);
  });
}

bool Writer::maintain() {
  bool did = false;
  run_alone([&] { did = keep_house(Housekeeping::Depth::thorough); });
  return did;
}

int Writer::watch(std::function<void(Revision)> hint) {
  const std::lock_guard lock(watchers_mutex_);
  watchers_.emplace(++last_watcher_, std::move(hint));
  return last_watcher_;
}

void Writer::unwatch(int id) {
  const std::lock_guard lock(watchers_mutex_);
  watchers_.erase(id);
}

}  // namespace podium::sqlite
