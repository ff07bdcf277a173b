// The writer's thread: groups of writes in one commit, and what is done when one fails.
#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "writer.hpp"

namespace podium::sqlite {

namespace {

using Clock = Housekeeping::Clock;

// A group ends at whichever comes first, so that the last of many waits not much longer than the
// first.
constexpr std::int64_t group_points = 20'000;
constexpr auto group_time = std::chrono::milliseconds(5);
constexpr std::size_t group_jobs = 1024;
constexpr auto slow_write = std::chrono::milliseconds(50);

constexpr auto idle_after = std::chrono::seconds(2);
constexpr auto between_slices = std::chrono::milliseconds(20);
constexpr auto after_failure = std::chrono::seconds(5);

constexpr int passive_pages = 1000;  // about 4 MB
constexpr int restart_pages = 32 * 1024 * 1024 / 4096;

Error not_written(std::string_view reason) {
  return {ErrorCode::unavailable,
          fmt::format("the write was not made, try again later ({})", reason)};
}
Error perhaps_written(std::string_view reason) {
  return {
      ErrorCode::unavailable,
      fmt::format("the disk failed and it is not known whether the write is kept; look before you "
                  "repeat it ({})",
                  reason)};
}

}  // namespace

void Writer::take() {
  const std::lock_guard lock(mutex_);
  if (taken_.empty()) {
    taken_.swap(waiting_);
    return;
  }
  while (!waiting_.empty()) {
    taken_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

void Writer::wait_for_work() {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return !waiting_.empty() || stopping_; };
  while (!ready()) {
    if (!session_.open() || !housekeeping_.pending(Housekeeping::Depth::idle)) {
      wake_.wait(lock, ready);
    } else if (!wake_.wait_until(lock, idle_from_, ready)) {
      lock.unlock();
      keep_house(Housekeeping::Depth::idle);
      lock.lock();
    }
  }
}

void Writer::loop() {
  on_writers_thread() = true;
  idle_from_ = Clock::now() + idle_after;
  for (;;) {
    wait_for_work();
    take();
    if (taken_.empty()) return;  // stopping, and nothing is left
    while (!taken_.empty()) {
      if (taken_.front().alone) {
        Job& job = taken_.front();
        try {
          job.alone();
        } catch (...) {
          job.error = std::current_exception();
        }
        job.waiter->finish(std::move(job.error));
        taken_.pop_front();
      } else {
        std::vector<Job*> jobs;
        for (Job& job : taken_) {
          if (job.alone || jobs.size() == group_jobs) break;
          jobs.push_back(&job);
        }
        const std::size_t count = process(jobs);
        taken_.erase(taken_.begin(), taken_.begin() + static_cast<std::ptrdiff_t>(count));
      }
      after_commit();
      const auto now = Clock::now();
      idle_from_ = std::max(idle_from_, now + idle_after);
      if (session_.open() && now - last_slice_ >= between_slices &&
          housekeeping_.pending(Housekeeping::Depth::busy))
        keep_house(Housekeeping::Depth::busy);
      take();
    }
  }
}

std::size_t Writer::process(Jobs jobs) {
  if (!session_.open()) {
    try {
      session_.settle();
    } catch (const std::exception& e) {
      fail(jobs, not_written(e.what()));
      return jobs.size();
    }
  }
  const Attempt first = attempt(jobs, true);
  const Jobs ran = jobs.first(first.count);
  if (first.outcome == Attempt::Outcome::committed) {
    answer(ran);
  } else if (first.outcome == Attempt::Outcome::threw_late) {
    const Jobs others = ran.first(ran.size() - 1);
    if (!others.empty()) {
      const Attempt second = attempt(others, false);
      if (second.outcome == Attempt::Outcome::committed)
        answer(others);
      else if (second.outcome == Attempt::Outcome::threw_late || !settled(others, second))
        one_by_one(others);
    }
    single(*ran.back());
  } else if (!first.begun && !first.broken) {
    fail(jobs, *first.failure);
    return jobs.size();
  } else if (!settled(ran, first)) {
    one_by_one(ran);
  }
  return ran.size();
}

Writer::Attempt Writer::attempt(Jobs jobs, bool capped) {
  Attempt result;
  const auto failed = [&](const EngineError& e) {
    result.outcome = Attempt::Outcome::failed;
    result.failure = e;
    result.broken = e.broken();
    return result;
  };
  try {
    const auto start = Clock::now();
    for (int round = shared_.options.run_twice ? 0 : 1; round < 2; ++round) {
      result.count = jobs.size();
      session_.begin();
      result.begun = true;
      std::size_t count = 0;
      for (Job* job : jobs) {
        if (capped && count > 0 &&
            (session_.points >= group_points || Clock::now() - start >= group_time))
          break;
        ++count;
        const Ran ran = run(*job);
        if (ran == Ran::failed) {
          result.count = count;
          return failed(*transaction_.failure());
        }
        if (ran == Ran::threw_late) {
          session_.rollback();
          result.outcome = Attempt::Outcome::threw_late;
          result.count = count;
          return result;
        }
      }
      result.count = count;
      jobs = jobs.first(count);
      capped = false;
      if (round == 0) session_.rollback();
    }
    session_.commit();
  } catch (const EngineError& e) {
    return failed(e);
  }
  return result;
}

Writer::Ran Writer::run(Job& job) {
  const std::int64_t written = session_.written();
  const auto start = Clock::now();
  transaction_.start();
  job.error = nullptr;
  inside_write() = true;
  try {
    job.write(transaction_);
  } catch (...) {
    job.error = std::current_exception();
  }
  inside_write() = false;
  const auto took = Clock::now() - start;
  if (took > slow_write)
    shared_.log(3,
                fmt::format("a write held the writer's thread for {} ms",
                            std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  if (transaction_.failure()) return Ran::failed;
  if (!job.error) return Ran::well;
  return session_.written() == written ? Ran::refused : Ran::threw_late;
}

void Writer::one_by_one(Jobs jobs) {
  for (Job* job : jobs) single(*job);
}

void Writer::single(Job& job) {
  Job* const only = &job;
  const Jobs jobs(&only, 1);
  for (int tries = 0; tries < 3; ++tries) {
    if (!session_.open()) {
      try {
        session_.settle();
      } catch (const std::exception& e) {
        return fail(jobs, not_written(e.what()));
      }
    }
    const Attempt result = attempt(jobs, false);
    if (result.outcome != Attempt::Outcome::failed) return answer(jobs);
    if (settled(jobs, result)) return;
    if (!result.broken) return fail(jobs, *result.failure);
  }
  fail(jobs, not_written("the disk keeps failing"));
}

bool Writer::settled(Jobs jobs, const Attempt& attempt) {
  if (!attempt.broken) {
    session_.rollback();
    checkpointer_.wake();  // on a full disk a WAL that was copied back can be written over
    return false;
  }
  shared_.log(4,
              fmt::format("the store's file is opened again after: {}", attempt.failure->what()));
  try {
    if (!session_.settle()) return false;
    answer(jobs);
  } catch (const std::exception& e) {
    fail(jobs, perhaps_written(e.what()));
  }
  return true;
}

void Writer::fail(Jobs jobs, const Error& error) {
  // Each its own: it is thrown on, and destroyed by, the thread that waits.
  for (Job* job : jobs) job->error = std::make_exception_ptr(error);
  answer(jobs);
}

void Writer::answer(Jobs jobs) {
  for (Job* job : jobs) {
    if (job->waiter != nullptr) {
      job->waiter->finish(std::move(job->error));
      continue;
    }
    if (!job->done) continue;
    try {
      if (!job->error) {
        job->done(nullptr);
        continue;
      }
      try {
        std::rethrow_exception(job->error);
      } catch (const Error& e) {
        job->done(&e);
      } catch (const std::exception& e) {
        const Error wrapped(ErrorCode::internal, e.what());
        job->done(&wrapped);
      } catch (...) {
        const Error wrapped(ErrorCode::internal, "a write threw something of unknown type");
        job->done(&wrapped);
      }
    } catch (const std::exception& e) {
      shared_.log(4, fmt::format("the answer to a write threw: {}", e.what()));
    } catch (...) {
      shared_.log(4, "the answer to a write threw something of unknown type");
    }
  }
}

void Writer::after_commit() {
  const Revision newest = shared_.revision;
  if (newest != told_) {
    told_ = newest;
    const std::lock_guard lock(watchers_mutex_);
    for (const auto& [id, hint] : std::map(watchers_)) {
      if (watchers_.count(id) == 0) continue;  // a hint before took it out
      try {
        hint(newest);
      } catch (const std::exception& e) {
        shared_.log(4, fmt::format("a watcher of the store threw: {}", e.what()));
      }
    }
  }
  if (!session_.open()) return;
  const int pages = session_.wal_pages();
  if (pages < checkpointed_) checkpointed_ = 0;  // the WAL began anew
  if (pages - checkpointed_ < passive_pages) return;
  checkpointed_ = pages;
  if (pages < restart_pages) {
    checkpointer_.wake();
    return;
  }
  // Passive checkpoints alone never let the WAL begin anew while writes go on. A reader may hold
  // it: then it is tried again a little later, not waited for.
  sqlite3_busy_timeout(session_.db().handle(), 20);
  const int result = sqlite3_wal_checkpoint_v2(session_.db().handle(), nullptr,
                                               SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  sqlite3_busy_timeout(session_.db().handle(), 5000);
  if (result != SQLITE_OK && result != SQLITE_BUSY)
    shared_.log(4, fmt::format("a checkpoint failed: {}", sqlite3_errstr(result)));
}

void Writer::solo(FunctionRef<void()> change, bool visible) {
  for (int tries = 0; tries < 3; ++tries) {
    if (!session_.open()) session_.settle();
    try {
      session_.begin();
      change();
      session_.commit(visible);
      return;
    } catch (const EngineError& e) {
      if (!e.broken()) {
        session_.rollback();
        throw Error(e);
      }
      shared_.log(4, fmt::format("the store's file is opened again after: {}", e.what()));
      if (session_.settle()) return;
    } catch (...) {
      session_.rollback();
      throw;
    }
  }
  throw Error(ErrorCode::unavailable, "the disk keeps failing");
}

bool Writer::keep_house(Housekeeping::Depth depth) {
  bool did = false;
  last_slice_ = Clock::now();
  try {
    solo([&] { did = housekeeping_.slice(depth); }, false);
  } catch (const std::exception& e) {
    housekeeping_.forget();
    if (depth == Housekeeping::Depth::thorough) throw;
    shared_.log(3, fmt::format("housekeeping of the store is put off: {}", e.what()));
    idle_from_ = last_slice_ = Clock::now() + after_failure;
    return false;
  }
  after_commit();
  if (!did && depth == Housekeeping::Depth::thorough)
    sqlite3_wal_checkpoint_v2(session_.db().handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
  return did;
}

}  // namespace podium::sqlite
