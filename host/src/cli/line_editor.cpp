// The only file that includes libedit (its own interface; BSD licence).
#include "cli/line_editor.hpp"

#include <histedit.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include "podium/front_kit/draw.hpp"

namespace podium::host::cli {
namespace {

constexpr int most_remembered = 2000;
constexpr std::size_t most_listed = 100, longest_note = 60;

/// libedit reads and draws what the locale says; what is typed here is UTF-8 in any case.
void use_utf8() {
  if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX < 4)
    std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::size_t terminal_columns() {
  winsize size{};
  constexpr std::size_t usual = 80;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

/// In columns, when each is short, else one a line with what it is.
std::string listed(const front::Completion& found) {
  std::size_t widest = 0, shown = std::min(found.matches.size(), most_listed);
  for (std::size_t i = 0; i < shown; ++i)
    widest = std::max(widest, front::width_of(front::safe(found.matches[i].text)));
  const std::size_t width = terminal_columns();
  const bool notes = shown <= 12;
  const std::size_t columns = notes ? 1 : std::max<std::size_t>(width / (widest + 2), 1);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& match = found.matches[i];
    const std::string text = front::safe(match.text);
    out += text;
    const std::size_t used = front::width_of(text);
    const std::string note =
        notes ? front::safe(match.note.substr(0, match.note.find('\n'))) : std::string();
    if (!note.empty() && front::width_of(note) <= longest_note && widest + 2 + longest_note < width)
      out += std::string(widest + 2 - used, ' ') + note;
    if ((i + 1) % columns == 0 || i + 1 == shown)
      out += '\n';
    else
      out += std::string(widest + 2 - used, ' ');
  }
  if (found.matches.size() > shown)
    out += "and " + std::to_string(found.matches.size() - shown) + " more\n";
  return out;
}

int characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

struct LineEditor::Impl {
  Impl(Interrupts& i, Complete c) : interrupts(i), complete(std::move(c)) {
    use_utf8();
    past = history_init();
    HistEvent event;
    history(past, &event, H_SETSIZE, most_remembered);
    history(past, &event, H_SETUNIQUE, 1);  // the same line twice in a row is one
    editor = el_init("podium", stdin, stdout, stderr);
    el_set(editor, EL_CLIENTDATA, this);
    el_set(editor, EL_PROMPT, &Impl::show_prompt);
    el_set(editor, EL_EDITOR, "emacs");
    el_set(editor, EL_SIGNAL, 1);
    el_set(editor, EL_HIST, &history, past);
    el_set(editor, EL_GETCFN, &Impl::next_character);
    el_set(editor, EL_ADDFN, "podium-complete", "Completes a word", &Impl::at_tab);
    el_set(editor, EL_BIND, "^I", "podium-complete", nullptr);
    el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    el_set(editor, EL_BIND, "\033[1;5C", "em-next-word", nullptr);  // Ctrl and an arrow
    el_set(editor, EL_BIND, "\033[1;5D", "ed-prev-word", nullptr);
    el_source(editor, nullptr);  // ~/.editrc: what its owner binds otherwise
  }
  ~Impl() {
    el_end(editor);
    history_end(past);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  static Impl& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Impl*>(self);
  }
  static char* show_prompt(EditLine* editor) { return of(editor).prompt.data(); }

  /// Waits for a key or for Ctrl-C. libedit's own reading takes the first signal for nothing.
  static int next_character(EditLine* editor, wchar_t* into) {
    Impl& self = of(editor);
    std::mbstate_t state{};
    while (true) {
      pollfd both[] = {{STDIN_FILENO, POLLIN, 0}, {self.interrupts.descriptor(), POLLIN, 0}};
      if (poll(both, 2, -1) < 0) continue;  // the window's size changed, or it was stopped
      if (both[1].revents != 0) return -1;
      char byte = 0;
      const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return 0;
      const std::size_t size = std::mbrtowc(into, &byte, 1, &state);
      if (size == static_cast<std::size_t>(-2)) continue;  // more bytes belong to it
      if (size == static_cast<std::size_t>(-1)) {          // no UTF-8
        *into = L'?';
        state = {};
      }
      return 1;
    }
  }

  static unsigned char at_tab(EditLine* editor, int) {
    Impl& self = of(editor);
    if (self.plain) return CC_ERROR;
    const LineInfo* info = el_line(editor);
    const std::string line(info->buffer, static_cast<std::size_t>(info->lastchar - info->buffer));
    const auto cursor = static_cast<std::size_t>(info->cursor - info->buffer);
    const front::Completion found = self.complete(line, cursor);
    if (self.interrupts.happened()) self.interrupts.clear();  // of the asking, not of the line
    if (found.matches.empty()) return CC_REFRESH_BEEP;
    const std::string text = front::common_beginning(found, line);
    const std::string_view word =
        std::string_view(line).substr(found.begin, found.end - found.begin);
    if (text.empty() || text == word) {
      if (found.matches.size() == 1) return CC_REFRESH;
      std::fputs(("\n" + listed(found)).c_str(), stdout);
      return CC_REDISPLAY;
    }
    // The word is replaced as a whole, what stands behind the cursor too.
    const std::string_view behind =
        std::string_view(line).substr(cursor, std::max(found.end, cursor) - cursor);
    el_cursor(editor, characters(behind));
    el_deletestr(editor, characters(word));
    const bool last = found.matches.size() == 1 && found.end == line.size();
    if (el_insertstr(editor, (text + (last ? " " : "")).c_str()) != 0) return CC_REFRESH_BEEP;
    return CC_REFRESH;
  }

  Interrupts& interrupts;
  Complete complete;
  std::string prompt;
  bool plain = false;
  EditLine* editor = nullptr;
  History* past = nullptr;
};

LineEditor::LineEditor(Interrupts& interrupts, Complete complete)
    : impl_(std::make_unique<Impl>(interrupts, std::move(complete))) {}
LineEditor::~LineEditor() = default;

LineEditor::End LineEditor::read(const std::string& prompt, std::string& line, bool plain) {
  impl_->interrupts.clear();
  impl_->prompt = prompt;
  impl_->plain = plain;
  std::fflush(stdout);
  el_set(impl_->editor, EL_PREP_TERM, 1);  // before there is a prompt that somebody answers
  int count = 0;
  const char* text = el_gets(impl_->editor, &count);
  if (text == nullptr || count <= 0) {
    // What was typed stands there still.
    std::fputs(impl_->interrupts.happened() ? "^C\n" : "\n", stdout);
    std::fflush(stdout);
    return impl_->interrupts.happened() ? End::interrupted : End::closed;
  }
  line.assign(text, static_cast<std::size_t>(std::strlen(text)));
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  return End::line;
}

LineEditor::End LineEditor::read_secret(const std::string& prompt, std::string& line) {
  impl_->interrupts.clear();
  termios before{};
  if (tcgetattr(STDIN_FILENO, &before) != 0) return End::closed;
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  hidden.c_lflag |= ICANON | ISIG;
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::fputs(prompt.c_str(), stdout);
  std::fflush(stdout);
  line.clear();
  End end = End::closed;
  while (true) {
    pollfd both[] = {{STDIN_FILENO, POLLIN, 0}, {impl_->interrupts.descriptor(), POLLIN, 0}};
    if (poll(both, 2, -1) < 0) continue;
    if (both[1].revents != 0) {
      end = End::interrupted;
      break;
    }
    char byte = 0;
    const ssize_t got = ::read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (byte == '\n') {
      end = End::line;
      break;
    }
    line += byte;
  }
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::fputs("\n", stdout);
  return end;
}

void LineEditor::remember(const std::string& line) {
  HistEvent event;
  history(impl_->past, &event, H_ENTER, line.c_str());
}

}  // namespace podium::host::cli
