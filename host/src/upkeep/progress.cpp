#include "upkeep/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "podium/error.hpp"

namespace podium::host {

std::string bytes_text(std::uint64_t bytes) {
  constexpr const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  double value = static_cast<double>(bytes);
  while (value >= 1024 && unit + 1 < std::size(units)) value /= 1024, ++unit;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

void Progress::begin(std::string what, std::uint64_t bytes) {
  what_ = std::move(what);
  total_ = bytes;
  done_ = 0;
  next_ = {};
}

void Progress::add(std::uint64_t bytes) {
  done_ += bytes;
  // What is copied while it grows may become more than was counted.
  total_ = std::max(total_, done_);
  if (!at(total_ == 0 ? 1 : static_cast<double>(done_) / static_cast<double>(total_)))
    throw Error(ErrorCode::cancelled, "interrupted");
}

bool Progress::at(double fraction) {
  if (stopped_.load()) return false;
  const auto now = std::chrono::steady_clock::now();
  if (live_ && now >= next_) {
    draw(fraction, false);
    next_ = now + std::chrono::milliseconds(200);
  }
  return true;
}

void Progress::end() { draw(1, true); }

void Progress::draw(double fraction, bool last) {
  std::string line = what_;
  if (total_ > 0)
    line += last ? ": " + bytes_text(done_)
                 : fmt::format(": {} of {}", bytes_text(done_), bytes_text(total_));
  else if (!last)
    line += fmt::format(": {:.0f} %", fraction * 100);
  if (live_) {
    const std::size_t length = line.size();
    line.insert(0, "\r");
    if (drawn_ > length) line.append(drawn_ - length, ' ');
    drawn_ = last ? 0 : length;
  }
  out_ << line;
  if (last) out_ << '\n';
  out_.flush();
}

}  // namespace podium::host
