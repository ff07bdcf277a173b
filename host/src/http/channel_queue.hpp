#pragma once
// What is queued on a channel, between those who send and the io thread that writes. No sockets.
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "podium/http/channel.hpp"

namespace podium::host {

class ChannelQueue final : public Channel {
 public:
  static constexpr std::size_t limit = std::size_t{1} << 20;

  /// `wake` makes the io thread look; called on any thread.
  explicit ChannelQueue(std::function<void()> wake) : wake_(std::move(wake)) {}

  bool send(std::string piece) override {
    {
      const std::lock_guard lock(mutex_);
      if (closing_ || queued_ > limit) return false;
      queued_ += piece.size();
      pieces_.push_back(std::move(piece));
      if (std::exchange(woken_, true)) return true;
    }
    wake_();
    return true;
  }
  std::size_t queued() const noexcept override {
    const std::lock_guard lock(mutex_);
    return queued_;
  }
  void close(int code, std::string_view reason) noexcept override {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(closing_, true)) return;
      code_ = code;
      reason_ = reason.substr(0, 123);
      woken_ = true;
    }
    wake_();
  }

  // The io thread's side.

  struct Taken {
    std::vector<std::string> pieces;
    bool closing = false;  ///< nothing follows
  };
  Taken take() {
    const std::lock_guard lock(mutex_);
    woken_ = false;
    return {std::exchange(pieces_, {}), closing_};
  }
  /// So many bytes have left; true when that was all.
  bool sent(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    queued_ -= bytes;
    return queued_ == 0;
  }
  /// Nothing can be sent any more, and nobody is woken.
  void shut() {
    const std::lock_guard lock(mutex_);
    closing_ = woken_ = true;
    pieces_.clear();
    queued_ = 0;
  }
  std::pair<int, std::string> farewell() const {
    const std::lock_guard lock(mutex_);
    return {code_, reason_};
  }

 private:
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::vector<std::string> pieces_;
  std::size_t queued_ = 0;
  bool woken_ = false, closing_ = false;
  int code_ = 1000;
  std::string reason_;
};

}  // namespace podium::host
