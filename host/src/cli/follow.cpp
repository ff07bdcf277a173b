#include "cli/follow.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "podium/error.hpp"

namespace podium::host::cli {
namespace {

/// The line at the bottom of a terminal that is written again and again; gone at the end.
class Line {
 public:
  ~Line() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  }
  void show(const std::string& text) {
    shown_ = true;
    std::cerr << '\r' << text << "\x1b[K" << std::flush;
  }

 private:
  bool shown_ = false;
};

std::size_t columns_of_stderr() {
  winsize size{};
  constexpr std::size_t usual = 80;
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

bool ended(std::string_view state) {
  return state == "done" || state == "failed" || state == "cancelled";
}

}  // namespace

std::string bar_of(std::string_view state, double done, double total, std::size_t width) {
  if (total <= 0) return std::string(state).substr(0, width);
  const double part = std::clamp(done / total, 0.0, 1.0);
  const std::string counts = fmt::format(" {:3.0f} %, {:.0f} of {:.0f}", part * 100, done, total);
  constexpr std::size_t longest = 40, brackets = 2;
  if (width < counts.size() + brackets + 1) return counts.substr(1, width);
  const std::size_t cells = std::min(longest, width - counts.size() - brackets);
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(cells));
  return '[' + std::string(filled, '#') + std::string(cells - filled, ' ') + ']' + counts;
}

std::string how_to_go_on(const std::string& job, std::string_view program) {
  return fmt::format("podium: the job goes on; '{1}job {0}' watches it, '{1}cancel {0}' stops it\n",
                     job, program);
}

bool follow(HttpClient& host, const std::string& job, const Interrupts& interrupts) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  constexpr std::chrono::milliseconds first{50}, longest{500};
  Line line;
  for (auto pause = first; !interrupts.happened(); pause = std::min(pause * 2, longest)) {
    const front::HttpAnswer answer = host.get("/api/v1/jobs/" + job);
    const nlohmann::json now = nlohmann::json::parse(answer.body, nullptr, false);
    if (answer.status != 200 || !now.is_object())
      throw Error(ErrorCode::unavailable,
                  fmt::format("podium cannot tell how far the job {} is (HTTP {}); it goes on", job,
                              answer.status));
    const std::string state = now.value("state", "");
    if (ended(state)) return true;
    const auto number = [&](const char* name) {
      return now.contains(name) && now.at(name).is_number() ? now.at(name).get<double>() : 0.0;
    };
    if (terminal) line.show(bar_of(state, number("done"), number("total"), columns_of_stderr()));
    interrupts.wait(pause);
  }
  return false;
}

}  // namespace podium::host::cli
