#pragma once
// How long one call may take, and whether anybody still waits for it.
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "podium/error.hpp"
#include "podium/http/message.hpp"

namespace podium::host {

class Patience {
 public:
  using Clock = std::chrono::steady_clock;
  Patience(std::chrono::milliseconds limit, const Cancel& cancel)
      : begun_(Clock::now()), end_(begun_ + limit), cancel_(cancel) {}

  /// Throws `cancelled` and `timeout`.
  void check() const {
    if (cancel_.cancelled()) throw Error(ErrorCode::cancelled, "the call was cancelled");
    if (Clock::now() >= end_)
      throw Error(ErrorCode::timeout, "the other server took longer than the call's time limit");
  }
  /// The next moment to `check` at.
  std::chrono::milliseconds slice() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now());
    return std::clamp(left, std::chrono::milliseconds(0), std::chrono::milliseconds(20));
  }
  /// Waits until the descriptor is ready (POLLIN, POLLOUT) or broken; throws as `check`.
  void wait(int descriptor, short events) const {
    for (;;) {
      check();
      pollfd one{descriptor, events, 0};
      if (::poll(&one, 1, static_cast<int>(slice().count())) > 0) return;
    }
  }
  std::chrono::milliseconds took() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
  }

 private:
  Clock::time_point begun_, end_;
  const Cancel& cancel_;
};

}  // namespace podium::host
