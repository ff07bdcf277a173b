#include "cli/live_answer.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "cli/show.hpp"
#include "podium/error.hpp"
#include "podium/front_kit/answer_text.hpp"
#include "podium/front_kit/events.hpp"

namespace podium::host::cli {
namespace {

using namespace std::chrono_literals;

/// The lines that are written over and over; never more than the terminal has.
class Area {
 public:
  void show(const std::string& text) {
    winsize size{};
    constexpr std::size_t usual = 24, others = 2;  // the last line, and that of the cursor
    const std::size_t rows =
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > others + 1 ? size.ws_row
                                                                                 : usual;
    std::string out = shown_ > 0 ? fmt::format("\x1b[{}F\x1b[J", shown_) : std::string();
    shown_ = 0;
    for (std::size_t begin = 0; begin < text.size() && shown_ < rows - others; ++shown_) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      out += text.substr(begin, end - begin) + '\n';
      begin = end + 1;
    }
    out += "(live; Ctrl-C ends)\n";
    ++shown_;
    std::cout << out << std::flush;
  }

 private:
  std::size_t shown_ = 0;
};

}  // namespace

void follow_answer(const front::CarriedOut& first, const Options& options,
                   const front::HostAddress& address, Interrupts& interrupts) {
  Area area;
  area.show(front::text_of(first.answer, draw_options(options)));
  front::HttpClient host(address), stream(address);
  const Interrupts::Guard guard(interrupts, [&] {
    stream.stop();
    host.stop();
  });
  const std::string topics = front::topics_of_answer(first.answer);
  const auto pace = front::pace_of_answer(first.answer);
  front::EventReader events;
  const auto take = [&](std::string_view piece) {
    bool changed = false;
    events.take(piece, [&](const front::Json&) { changed = true; });
    if (changed) {
      const front::Json now = front::told(host.post("/api/v1/commands", first.request));
      if (now.contains("kind")) area.show(front::text_of(now, draw_options(options)));
    }
    return !interrupts.happened();
  };
  while (!interrupts.happened()) {
    try {
      const front::HttpAnswer ended =
          stream.download(events.begin(topics, pace), take, "text/event-stream");
      if (ended.status != 200) front::told(ended);
    } catch (const Error&) {
      // It was interrupted, or the host is away for a while.
    }
    if (!interrupts.happened()) interrupts.wait(500ms);
  }
}

}  // namespace podium::host::cli
