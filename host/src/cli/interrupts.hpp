#pragma once
// Ctrl-C as something that is asked for, instead of the end of the program.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>

namespace podium::host::cli {

/// While it lives Ctrl-C ends nothing by itself. One at a time, made on the main thread.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  bool happened() const { return happened_; }
  void clear();
  /// Waits; true as soon as one happened.
  bool wait(std::chrono::milliseconds) const;
  /// Readable once one happened, until `clear`.
  int descriptor() const { return event_; }

  /// `stop` is called at each interrupt, on another thread, until the guard is gone.
  class Guard {
   public:
    Guard(Interrupts& of, std::function<void()> stop);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Interrupts& of_;
  };

 private:
  std::atomic<bool> happened_{false};
  int event_ = -1;
  sigset_t before_{};
  std::mutex mutex_;
  std::function<void()> stop_;
  std::thread thread_;
};

}  // namespace podium::host::cli
