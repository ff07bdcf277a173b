#include "http/pool.hpp"

#include <limits>
#include <system_error>

namespace podium::host {

Pool::Pool(Limits limits) : limits_(limits) {}
Pool::~Pool() { stop(); }

bool Pool::submit(const void* owner, bool exempt, Job&& job) {
  return enqueue(owner, exempt, job, exempt ? limits_.host_waiting : limits_.waiting);
}

bool Pool::submit_always(const void* owner, bool exempt, Job&& job) {
  return enqueue(owner, exempt, job, std::numeric_limits<std::size_t>::max());
}

bool Pool::enqueue(const void* owner, bool exempt, Job& job, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  auto& of = owners_[owner];
  if (of.running >= (exempt ? limits_.threads : limits_.share)) {
    if (of.waiting.size() >= limit) return false;
    of.waiting.push_back(std::move(job));
    ++waiting_;
    return true;
  }
  ++of.running;
  ready_.push_back({owner, std::move(job)});
  if (idle_ >= ready_.size()) {
    wake_.notify_one();
  } else if (threads_.size() < limits_.threads) {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // no thread to be had: one of the others takes it
      if (!threads_.empty()) return true;
      job = std::move(ready_.back().job);
      ready_.pop_back();
      --of.running;
      return false;
    }
  }
  return true;
}

void Pool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [&] { return stopping_ || !ready_.empty(); });
    --idle_;
    if (ready_.empty()) return;  // stopping, and all is done
    auto [owner, job] = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it holds is destroyed outside of the lock
    lock.lock();
    const auto found = owners_.find(owner);
    if (!found->second.waiting.empty()) {
      ready_.push_back({owner, std::move(found->second.waiting.front())});
      found->second.waiting.pop_front();
      --waiting_;
      if (idle_ > 0) wake_.notify_one();
    } else if (--found->second.running == 0) {
      owners_.erase(found);
    }
  }
}

void Pool::stop() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (auto& thread : threads) thread.join();
}

std::size_t Pool::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

std::size_t Pool::queued() const {
  const std::lock_guard lock(mutex_);
  return ready_.size() + waiting_;
}

std::size_t Pool::busy() const {
  const std::lock_guard lock(mutex_);
  return threads_.size() - idle_;
}

}  // namespace podium::host
