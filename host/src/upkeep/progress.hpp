#pragma once
// What is shown while files are copied, and how that is interrupted.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace podium::host {

/// "1.5 GiB"
std::string bytes_text(std::uint64_t bytes);

/// Used by one thread; `stopped` may be set by a signal handler.
class Progress {
 public:
  /// `live` redraws one line as it goes (a terminal); otherwise each phase is one line at its end.
  Progress(std::ostream& out, bool live, const std::atomic<bool>& stopped)
      : out_(out), live_(live), stopped_(stopped) {}

  void begin(std::string what, std::uint64_t bytes = 0);
  /// So many bytes more are done. Throws `cancelled` when it was interrupted.
  void add(std::uint64_t bytes);
  /// How far the phase is; false when it was interrupted.
  bool at(double fraction);
  void end();

 private:
  void draw(double fraction, bool last);

  std::ostream& out_;
  bool live_;
  const std::atomic<bool>& stopped_;
  std::string what_;
  std::uint64_t total_ = 0, done_ = 0;
  std::size_t drawn_ = 0;  ///< characters of the line that stands there
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace podium::host
