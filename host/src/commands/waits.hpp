#pragma once
// Waiting until tasks are as somebody asks: one thread for all who wait, woken by the change feed.
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "commands/parts.hpp"
#include "podium/command/answer.hpp"
#include "podium/extension/verb.hpp"
#include "podium/function.hpp"

namespace podium::host::commands {

/// What is waited for.
struct AskedWait {
  Principal who;
  std::vector<Ordinal> tasks;  ///< these; or else
  Filter among;                ///< some task of these
  Filter until;
  bool any = false;               ///< of `tasks` one is enough
  std::int64_t milliseconds = 0;  ///< how long this call may wait
  bool last = false;              ///< whether the time is up after that, or the caller asks again
  std::vector<std::string> columns;  ///< of the answer
};

/// What the clauses of `wait` ask. `waited` is how long calls before have waited.
AskedWait asked_wait(const Parts&, const VerbCall&, std::int64_t waited);

/// How long one call waits at most; who wants more asks again.
inline constexpr std::int64_t longest_call = 25'000;

/// Thread-safe.
class Waits {
 public:
  /// The parts are filled in before `start` and outlive `stop`.
  explicit Waits(const Parts& parts) : parts_(parts) {}
  ~Waits() { stop(); }

  using Answered = UniqueFunction<void(const Answer&)>;
  using Failed = UniqueFunction<void(const Error&)>;
  /// Makes a wait of what a request asked; runs on the waiting thread.
  using Ask = UniqueFunction<AskedWait()>;

  void start();
  /// Answers all who wait with `unavailable`. Idempotent.
  void stop() noexcept;
  /// Calls one of the two once, on the waiting thread, which they must not block. Throws `busy`
  /// when too many wait.
  void add(Ask, Answered, Failed);

 private:
  struct Waiter {
    AskedWait asked;
    std::int64_t deadline = 0;  ///< of the steady clock, milliseconds
    Answered answered;
    Failed failed;
  };
  struct New {
    Ask ask;
    Answered answered;
    Failed failed;
  };
  void run();
  void take_in(std::vector<New>);
  /// Looks at those who are concerned by what changed after `seen_`.
  void look(bool all);
  /// The answer, if it is there. With `time_is_up` always.
  std::optional<Answer> judge(const AskedWait&, bool time_is_up) const;
  bool settle(Waiter&, bool time_is_up) const noexcept;

  const Parts& parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<New> new_;
  std::size_t waiting_ = 0;
  bool hinted_ = false, stopping_ = false;
  // Of the waiting thread alone:
  std::vector<Waiter> waiters_;
  Revision seen_ = 0;
  int watch_ = 0;
  std::thread thread_;
};

}  // namespace podium::host::commands
