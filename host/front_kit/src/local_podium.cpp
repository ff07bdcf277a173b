#include "podium/front_kit/local_podium.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "podium/error.hpp"

namespace podium::front {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr int usual_port = 5000;

std::string program() {
  std::error_code error;
  const fs::path beside = fs::read_symlink("/proc/self/exe", error).parent_path() / "podium";
  return !error && fs::exists(beside, error) ? beside.string() : "podium";
}

bool is_free(int port) {
  const int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (s < 0) return false;
  const int on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(s, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(s);
  return free;
}

/// What has come out of a pipe so far is added; false when it is closed.
bool take(int pipe, std::string& into) {
  char piece[4096];
  for (ssize_t n; (n = read(pipe, piece, sizeof piece)) != -1 || errno == EINTR;) {
    if (n == 0) return false;
    if (n > 0) into.append(piece, static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

/// What it logs, line by line; the last tells why it did not start.
struct LocalPodium::Complaints {
  std::mutex mutex;
  std::string last, unfinished;

  void take(std::string_view piece) {
    const std::lock_guard lock(mutex);
    unfinished += piece;
    for (std::size_t end; (end = unfinished.find('\n')) != std::string::npos;) {
      last = unfinished.substr(0, end);
      unfinished.erase(0, end + 1);
    }
  }
  std::string text() {
    const std::lock_guard lock(mutex);
    return unfinished.empty() ? last : unfinished;
  }
};

LocalPodium::~LocalPodium() {
  if (process_ <= 0) return;
  kill(process_, SIGTERM);
  // The next one finds the store free; one that takes longer is left to end by itself.
  for (int i = 0; i < 100 && waitpid(process_, nullptr, WNOHANG) == 0; ++i)
    std::this_thread::sleep_for(milliseconds(20));
}

std::string LocalPodium::start(const Wait& wait, int log_to) {
  int out[2], err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
    throw Error(ErrorCode::internal, "no pipe could be made to start a podium");
  const std::string file = program();
  const std::string port = std::to_string(is_free(usual_port) ? usual_port : 0);
  const pid_t starter = getpid();
  process_ = fork();
  if (process_ == 0) {
    // Only what is allowed between fork and exec of a program with threads.
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // it does not outlive who started it
    if (getppid() != starter) _exit(127);
    setpgid(0, 0);  // an interrupt of its starter is not meant for it
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    const char* arguments[] = {file.c_str(), "serve", "--port", port.c_str(), nullptr};
    execvp(file.c_str(), const_cast<char* const*>(arguments));
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  fcntl(out[0], F_SETFL, O_NONBLOCK);
  const auto complaints = std::make_shared<Complaints>();
  std::thread log([complaints, log_to, pipe = err[0]] {
    char piece[4096];
    for (ssize_t n; (n = read(pipe, piece, sizeof piece)) > 0;) {
      complaints->take({piece, static_cast<std::size_t>(n)});
      if (log_to < 0) continue;
      [[maybe_unused]] const auto written = write(log_to, piece, static_cast<std::size_t>(n));
    }
    close(pipe);
  });
  std::string said, url;
  bool alive = true;
  const bool waited = wait(
      [&] {
        alive = take(out[0], said);
        const std::size_t begin = said.find("http://");
        if (const std::size_t end = said.find(' ', begin); begin != said.npos && end != said.npos)
          url = said.substr(begin, end - begin);
        return !url.empty() || !alive;
      },
      milliseconds(20));
  close(out[0]);
  if (!url.empty() || !waited) log.detach();
  if (!waited) return {};
  if (url.empty()) {
    log.join();
    waitpid(process_, nullptr, 0);
    process_ = -1;
    const std::string complained = complaints->text();
    throw Error(ErrorCode::unavailable,
                "no podium could be started here" +
                    (complained.empty() ? std::string(": the program podium was not found")
                                        : ": " + complained));
  }
  return url;
}

}  // namespace podium::front
