#include "services/actions/calls.hpp"

#include <algorithm>
#include <condition_variable>
#include <nlohmann/json.hpp>
#include <thread>

#include "log/log.hpp"

namespace podium::host {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How often somebody who waits looks whether the run was cancelled.
constexpr milliseconds look_time{50};
/// What a call that was asked to return is given for it.
constexpr milliseconds moment{2000};

}  // namespace

struct ActionCalls::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
};

struct ActionCalls::Call final : Cancel {
  explicit Call(Invocation i) : what(std::move(i)) {}
  bool cancelled() const noexcept override { return asked.load(std::memory_order_relaxed); }

  void run() noexcept {
    const auto begin = Clock::now();
    PluginOwner& owner = *what.action->owner;
    const std::string id = what.action->id;
    std::vector<ActionTarget> targets;
    ActionResult got;
    std::optional<Error> thrown;
    try {
      for (std::size_t i = 0; i < what.ids.size(); ++i)
        targets.push_back({what.ordinals[i], what.ids[i]});
      const ActionCall call{what.who, *what.parameters, what.why, what.dry_run, what.key, *this};
      got = contained(owner, "invoke", [&] { return what.action->action->invoke(targets, call); });
    } catch (const Error& e) {
      thrown = e;
    } catch (const std::exception& e) {
      thrown = Error(ErrorCode::internal, e.what());
    }
    // Nothing of the plugin is held any more when the call is done.
    what.action.reset();
    const std::lock_guard lock(shared->mutex);
    result = std::move(got);
    error = std::move(thrown);
    took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    done = true;
    if (left) {
      owner.calls_left.fetch_sub(1);
      log(LogLevel::warning, owner.id,
          "a call of '" + id + "' that was given up came back after " +
              std::to_string(took.count()) + " ms");
    }
    shared->changed.notify_all();
  }

  Invocation what;
  std::shared_ptr<Shared> shared;
  std::atomic<bool> asked{false};
  // Under the mutex:
  bool done = false, left = false;
  ActionResult result;
  std::optional<Error> error;
  milliseconds took{0};
};

ActionCalls::ActionCalls() : shared_(std::make_shared<Shared>()) {}
ActionCalls::~ActionCalls() { stop(); }

void ActionCalls::stop() noexcept {
  const std::lock_guard lock(shared_->mutex);
  shared_->stopping = true;
  shared_->changed.notify_all();
}

bool ActionCalls::stopping() const noexcept {
  const std::lock_guard lock(shared_->mutex);
  return shared_->stopping;
}

void ActionCalls::start() noexcept {
  const std::lock_guard lock(shared_->mutex);
  shared_->stopping = false;
}

Invoked ActionCalls::call(Invocation invocation, const Cancel& cancel) {
  const KnownActionPtr action = invocation.action;
  PluginOwner& owner = *action->owner;
  const std::string whose = owner.id.empty() ? "podium" : "plugin '" + owner.id + "'";
  if (owner.calls_left.load() >= most_left)
    return {{},
            Error(ErrorCode::busy, whose + " has " + std::to_string(most_left) +
                                       " calls that did not come back in time; when they do, or "
                                       "podium was restarted, it is called again"),
            {}};
  const auto call = std::make_shared<Call>(std::move(invocation));
  call->shared = shared_;
  const auto begin = Clock::now();
  std::unique_lock lock(shared_->mutex);
  if (shared_->stopping) return {{}, Error(ErrorCode::cancelled, "the host is stopping"), {}};
  std::thread([call] { call->run(); }).detach();
  auto until = begin + action->spec.time_limit;
  while (!call->done && Clock::now() < until) {
    shared_->changed.wait_until(lock, std::min(until, Clock::now() + look_time));
    if (call->asked || !(shared_->stopping || cancel.cancelled())) continue;
    call->asked = true;
    until = std::min(until, Clock::now() + moment);
  }
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  if (call->done) return {std::move(call->result), std::move(call->error), call->took};
  const bool was_asked = call->asked.exchange(true);
  call->left = true;
  owner.calls_left.fetch_add(1);
  lock.unlock();
  log(LogLevel::error, owner.id,
      "a call of '" + action->id + "' did not come back in " + std::to_string(took.count()) +
          " ms and is given up; its thread is left to it");
  if (was_asked)
    return {{}, Error(ErrorCode::cancelled, "the run was stopped during this call"), took};
  return {{},
          Error(ErrorCode::timeout, whose + " did not answer the call of '" + action->id + "' in " +
                                        std::to_string(action->spec.time_limit.count()) + " ms"),
          took};
}

}  // namespace podium::host
