#include "plugin/verify.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>

#include "podium/error.hpp"

namespace podium::host {
namespace {

using Clock = std::chrono::steady_clock;

/// The child tells the parent what it is about to do, a line each: "+what" before a step, "=ok" or
/// "-reason" at the end.
void send(int pipe, std::string line) {
  std::replace(line.begin(), line.end(), '\n', ' ');
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const auto n = ::write(pipe, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) ::_exit(2);  // the parent is gone
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

[[noreturn]] void child(int pipe, const std::filesystem::path& file, const VerifyOptions& options) {
  std::string verdict = "=ok";
  try {
    auto plugins = options.plugins;
    plugins.files = {file};
    std::string id;
    plugins.progress = [&](const std::string& which, std::string_view doing) {
      send(pipe, "+" + std::string(doing) + (which == id ? "" : " '" + which + "'"));
    };
    PluginManager manager(std::move(plugins));
    manager.discover();
    const auto path = std::filesystem::canonical(file);
    const auto mine = [&] {
      for (auto& info : manager.list())
        if (info.file == path) return info;
      throw Error(ErrorCode::internal, "the file was not looked at");
    };
    id = mine().id;
    if (const auto info = mine(); info.state != PluginState::active)
      throw Error(ErrorCode::invalid, std::string(name(info.state)) + ": " + info.reason);
    std::string other_failure;
    try {
      options.life(manager);
    } catch (const std::exception& e) {
      other_failure = e.what();
    }
    if (const auto info = mine(); info.state != PluginState::active)
      verdict = "-" + std::string(name(info.state)) + ": " + info.reason;
    else if (!other_failure.empty())
      verdict = "-" + other_failure;
    else if (info.faults != 0)
      verdict = "-it threw exceptions that were contained; see the log";
  } catch (const std::exception& e) {
    verdict = std::string("-") + e.what();
  }
  send(pipe, verdict);
  ::_exit(0);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return std::string("killed by ") + ::strsignal(WTERMSIG(status));
  return "ended by exit(" + std::to_string(WEXITSTATUS(status)) + ")";
}

}  // namespace

VerifyResult verify(const std::filesystem::path& file, const VerifyOptions& options) {
  std::error_code missing;
  if (!std::filesystem::exists(file, missing)) return {false, "there is no file " + file.string()};
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw Error(ErrorCode::unavailable, "no pipe: " + std::generic_category().message(errno));
  const pid_t pid = ::fork();
  if (pid < 0)
    throw Error(ErrorCode::unavailable, "no process: " + std::generic_category().message(errno));
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::close(pipe[0]);
    // Whoever watches for crashes in this process is not to see those of the plugin.
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGINT, SIGTERM})
      ::signal(signal, SIG_DFL);
    child(pipe[1], file, options);
  }
  ::close(pipe[1]);

  const auto deadline = Clock::now() + options.limit;
  std::string text, doing = "reading the file", verdict;
  bool late = false;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ready{pipe[0], POLLIN, 0};
    const int n = ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) {
      late = true;
      ::kill(pid, SIGKILL);
      break;
    }
    std::array<char, 4096> buffer;
    const auto got = ::read(pipe[0], buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.erase(0, end + 1)) {
      if (text[0] == '+')
        doing = text.substr(1, end - 1);
      else
        verdict = text.substr(0, end);
    }
    if (!verdict.empty()) break;
  }
  ::close(pipe[0]);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (verdict == "=ok") return {true, "loads, starts and stops"};
  if (!verdict.empty()) return {false, verdict.substr(1)};
  if (late)
    return {false, "did not finish within " + std::to_string(options.limit.count()) +
                       " ms, while " + doing};
  return {false, how_it_ended(status) + " while " + doing};
}

}  // namespace podium::host
