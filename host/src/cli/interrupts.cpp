#include "cli/interrupts.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace podium::host::cli {

Interrupts::Interrupts() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  sigset_t waited;
  sigemptyset(&waited);
  sigaddset(&waited, SIGINT);
  sigaddset(&waited, SIGUSR1);  // ends the thread
  pthread_sigmask(SIG_BLOCK, &waited, &before_);
  thread_ = std::thread([this, waited] {
    sigset_t all;  // the others' handlers run where they were made for
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    for (int received = 0; sigwait(&waited, &received) == 0 && received != SIGUSR1;) {
      happened_ = true;
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = write(event_, &one, sizeof one);
      const std::lock_guard lock(mutex_);
      if (stop_) stop_();
    }
  });
}

Interrupts::~Interrupts() {
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  close(event_);
}

void Interrupts::clear() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = read(event_, &count, sizeof count);
  happened_ = false;
}

bool Interrupts::wait(std::chrono::milliseconds most) const {
  pollfd one{event_, POLLIN, 0};
  poll(&one, 1, static_cast<int>(most.count()));
  return happened_;
}

Interrupts::Guard::Guard(Interrupts& of, std::function<void()> stop) : of_(of) {
  const std::lock_guard lock(of_.mutex_);
  of_.stop_ = std::move(stop);
}

Interrupts::Guard::~Guard() {
  const std::lock_guard lock(of_.mutex_);
  of_.stop_ = nullptr;
}

}  // namespace podium::host::cli
