#include "services/jobs/runner.hpp"

#include <algorithm>
#include <chrono>

#include "log/log.hpp"

namespace podium::host {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Jobs that other hosts queued, or whose host died, are looked for this often.
constexpr milliseconds poll_time{5000};
/// How long after `expect` each commit makes the dispatcher look.
constexpr std::int64_t expect_time = 5000;
constexpr std::int64_t retry_time = 5000;
constexpr std::size_t outside_threads = 8;

std::int64_t steady_now() {
  return std::chrono::duration_cast<milliseconds>(Clock::now().time_since_epoch()).count();
}

bool passes(ErrorCode code) {
  return code == ErrorCode::unavailable || code == ErrorCode::out_of_space ||
         code == ErrorCode::busy;
}

}  // namespace

/// One run of a job's handler.
class JobRunner::Run final : public JobRun {
 public:
  Run(JobRunner& runner, JobService::Claimed claimed, Handler handler)
      : runner_(runner), job_(std::move(claimed)), handler_(handler), cancel_(runner.stopping_) {
    if (job_.stop_asked) cancel_.asked = true;
  }

  std::string_view id() const override { return job_.id; }
  std::string_view arguments() const override { return job_.body.arguments; }
  std::string_view state() const override { return job_.body.state; }
  const Principal& who() const override { return job_.body.who; }
  const Cancel& cancel() const override { return cancel_; }

  void advance(FunctionRef<void(Transaction&)> slice, std::string_view state, std::uint64_t done,
               std::uint64_t of) override {
    JobBody next = job_.body;
    next.state = state;
    const std::string json = next.json();
    bool stop = false, held = false;
    try {
      runner_.core_.store.transact([&](Transaction& t) {
        held = false;
        stop = runner_.jobs_.hold(t, job_.ordinal);
        held = true;
        slice(t);
        Patch patch;
        patch.set("done", static_cast<std::int64_t>(done))
            .set("total", static_cast<std::int64_t>(of))
            .set("lease_until", runner_.jobs_.lease_until());
        patch.body = json;
        t.update(runner_.core_.in.jobs, std::span<const Ordinal>(&job_.ordinal, 1), {}, patch);
      });
    } catch (const Error& e) {
      if (!held && e.code() == ErrorCode::cancelled) cancel_.lost = true;
      throw;
    }
    job_.body = std::move(next);
    if (stop) cancel_.asked = true;
  }

  /// The handler asks it from its thread, others set it.
  struct Flag final : Cancel {
    explicit Flag(const std::atomic<bool>& host_stopping) : stopping(host_stopping) {}
    bool cancelled() const noexcept override {
      const bool yes = asked || lost || stopping;
      if (yes) seen = true;
      return yes;
    }
    const std::atomic<bool>& stopping;
    std::atomic<bool> asked{false}, lost{false};
    mutable std::atomic<bool> seen{false};
  };

  JobRunner& runner_;
  JobService::Claimed job_;
  Handler handler_;
  Flag cancel_;
};

JobRunner::JobRunner(const Core& core, JobService& jobs, int threads)
    : core_(core),
      jobs_(jobs),
      usual_{static_cast<std::size_t>(std::max(1, threads))},
      outside_{outside_threads} {
  jobs_.on_queued = [this] { expect(); };
  jobs_.on_stop_asked = [this](Ordinal job) { ask_to_stop(job); };
}

JobRunner::~JobRunner() { stop(); }

void JobRunner::add(JobHandler& handler, PluginOwner& owner, Lane lane) {
  {
    const std::lock_guard lock(mutex_);
    const auto [at, added] = handlers_.try_emplace(handler.id(), Handler{&handler, &owner, lane});
    if (!added)
      throw Error(ErrorCode::exists, "jobs of the kind '" + handler.id() + "' are run by '" +
                                         at->second.owner->id + "' already");
    look_ = true;
  }
  wake_dispatcher_.notify_one();
}

void JobRunner::start() {
  jobs_.release_stale();
  const std::lock_guard lock(mutex_);
  if (dispatcher_.joinable()) return;
  stopping_ = false;
  look_ = true;
  dispatcher_ = std::thread([this] { dispatch(); });
}

void JobRunner::stop_soon() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_dispatcher_.notify_all();
  usual_.wake.notify_all();
  outside_.wake.notify_all();
}

void JobRunner::stop() noexcept {
  stop_soon();
  if (dispatcher_.joinable()) dispatcher_.join();
  for (Threads* lane : {&usual_, &outside_}) {
    for (auto& worker : lane->workers) worker.join();
    lane->workers.clear();
  }
}

void JobRunner::expect() noexcept { expecting_until_ = steady_now() + expect_time; }

void JobRunner::hint() noexcept {
  if (expecting_until_.load(std::memory_order_relaxed) < steady_now()) return;
  {
    const std::lock_guard lock(mutex_);
    look_ = true;
  }
  wake_dispatcher_.notify_one();
}

void JobRunner::ask_to_stop(Ordinal job) {
  const std::lock_guard lock(mutex_);
  if (const auto at = live_.find(job); at != live_.end()) at->second->cancel_.asked = true;
}

std::vector<std::string> JobRunner::kinds() const {
  std::vector<std::string> out;
  for (const auto& [kind, handler] : handlers_)
    if ((handler.lane == Lane::usual ? usual_ : outside_).has_room()) out.push_back(kind);
  return out;
}

void JobRunner::dispatch() {
  auto renew_at = Clock::now() + milliseconds(JobService::lease_ms / 3);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (Clock::now() >= renew_at) {
      lock.unlock();
      renew_leases();
      lock.lock();
      renew_at = Clock::now() + milliseconds(JobService::lease_ms / 3);
    }
    look_ = false;
    auto pause = poll_time;
    if (const auto known = kinds(); !known.empty()) {
      lock.unlock();
      try {
        const auto due = jobs_.next_ready(known);
        const std::int64_t now = core_.now();
        if (due && *due <= now && try_claim()) {
          lock.lock();
          continue;
        }
        if (due && *due > now)
          pause = std::min(pause, milliseconds(std::max<std::int64_t>(1, *due - now)));
      } catch (const std::exception& e) {
        log(LogLevel::error, "jobs", std::string("cannot look for jobs: ") + e.what());
      }
      lock.lock();
    }
    wake_dispatcher_.wait_until(lock, std::min(renew_at, Clock::now() + pause),
                                [&] { return look_ || stopping_; });
  }
}

/// False when there was nothing to take.
bool JobRunner::try_claim() {
  std::vector<std::string> known;
  {
    const std::lock_guard lock(mutex_);
    known = kinds();
    // No kind waits behind another's long line for ever.
    if (!known.empty())
      std::rotate(known.begin(),
                  known.begin() + static_cast<std::ptrdiff_t>(
                                      static_cast<std::size_t>(steady_now()) % known.size()),
                  known.end());
  }
  auto claimed = jobs_.claim(known);
  if (!claimed) return false;
  const std::lock_guard lock(mutex_);
  if (live_.count(claimed->ordinal) != 0) return true;  // a late renewal of our own
  auto run =
      std::make_shared<Run>(*this, std::move(*claimed), handlers_.find(claimed->kind)->second);
  Threads& lane = threads_of(run->handler_.lane);
  live_.emplace(run->job_.ordinal, run);
  ++lane.live;
  lane.queue.push_back(std::move(run));
  if (lane.workers.size() < lane.most && lane.workers.size() < lane.live)
    lane.workers.emplace_back([this, &lane] { work(lane); });
  lane.wake.notify_one();
  return true;
}

void JobRunner::renew_leases() {
  std::vector<std::shared_ptr<Run>> runs;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [ordinal, run] : live_) runs.push_back(run);
  }
  for (const auto& run : runs) {
    try {
      if (jobs_.renew(run->job_.ordinal)) run->cancel_.asked = true;
    } catch (const Error& e) {
      const std::lock_guard lock(mutex_);
      if (e.code() == ErrorCode::cancelled && live_.count(run->job_.ordinal) != 0)
        run->cancel_.lost = true;
    }
  }
}

void JobRunner::work(Threads& lane) {
  std::unique_lock lock(mutex_);
  for (;;) {
    lane.wake.wait(lock, [&] { return stopping_ || !lane.queue.empty(); });
    if (lane.queue.empty()) return;
    const auto run = std::move(lane.queue.front());
    lane.queue.pop_front();
    lock.unlock();
    try {
      execute(*run);
    } catch (const std::exception& e) {
      // Its end could not be written: the lease runs out and it is run again from its last
      // progress.
      log(LogLevel::error, "jobs",
          "job " + run->job_.id + " (" + run->job_.kind + "): " + e.what());
    }
    jobs_.announce_end();
    lock.lock();
    look_ = true;
    wake_dispatcher_.notify_one();
  }
}

void JobRunner::execute(Run& run) {
  auto& flag = run.cancel_;
  JobService::Ended ended{"done", {}, {}};
  try {
    if (stopping_) throw Error(ErrorCode::cancelled, "the host is stopping");
    if (flag.asked) throw Error(ErrorCode::cancelled, "the job was asked to stop");
    ended.result = contained(*run.handler_.owner, "job " + run.job_.kind,
                             [&] { return run.handler_.handler->run(run); });
    if (ended.result.empty()) ended.result = "null";
    if (!valid_json(ended.result))
      ended = {"failed", "the job's handler returned a result that is not JSON", {}};
    else if (flag.asked && flag.seen)
      ended.state = "cancelled";
  } catch (const Error& e) {
    if (passes(e.code()) && !flag.lost) {
      log(LogLevel::warning, "jobs", "job " + run.job_.id + " is tried again: " + e.what());
      const std::int64_t ready = core_.now() + retry_time;
      retire(run);
      core_.store.transact([&](Transaction& t) { jobs_.put_back(t, run.job_, ready); });
      return;
    }
    ended = {e.code() == ErrorCode::cancelled ? "cancelled" : "failed", e.what(), {}};
  }
  retire(run);
  if (flag.lost) return;
  // What was cut short by the host's own stop goes on at the next start.
  if (stopping_ && !flag.asked && (flag.seen || ended.state == "cancelled")) {
    core_.store.transact([&](Transaction& t) { jobs_.put_back(t, run.job_, core_.now()); });
    return;
  }
  if (ended.state == "failed")
    log(LogLevel::error, "jobs",
        "job " + run.job_.id + " (" + run.job_.kind + ") failed: " + ended.error);
  core_.store.transact([&](Transaction& t) { jobs_.end(t, run.job_, ended); });
}

/// Before the end is written: from then on the job may be claimed again, here as well.
void JobRunner::retire(const Run& run) {
  const std::lock_guard lock(mutex_);
  if (const auto at = live_.find(run.job_.ordinal); at != live_.end() && at->second.get() == &run) {
    live_.erase(at);
    --threads_of(run.handler_.lane).live;
  }
}

}  // namespace podium::host
