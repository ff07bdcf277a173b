// A disk that fails on demand: preloaded into podium (LD_PRELOAD), it lets calls of the C library
// on files below one folder fail, or ends the process in their place. PODIUM_FAULTS_BELOW names the
// folder, PODIUM_FAULTS_CONTROL a file that the test shares with it (see
// tests/support/faulty_disk.py, which has the same layout).
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

namespace {

enum Kind : int64_t { write_call = 1, sync_call = 2, open_call = 4 };

/// What the test and this process share. A rule is in force while `mode` is not `none`.
struct Control {
  enum Mode : int64_t {
    none,
    nth,    ///< the `n`-th call from now fails, and the `times - 1` behind it
    every,  ///< every `n`-th call fails
    die,    ///< at the `n`-th call the process is killed, before the call is made
    full,   ///< what needs more space fails with ENOSPC
  };
  std::atomic<int64_t> mode, kinds, n, times, error, seen, struck;
};

constexpr int most_files = 1 << 16;
std::atomic<bool> ours[most_files];  // by descriptor: a file below the folder

Control* control() {
  static Control* const shared = [] {
    const char* file = getenv("PODIUM_FAULTS_CONTROL");
    const int d = file != nullptr ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void* at = d < 0 ? MAP_FAILED
                     : mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, d, 0);
    if (at == MAP_FAILED) abort();  // a test that injects nothing would pass
    return static_cast<Control*>(at);
  }();
  return shared;
}

bool below(const char* path) {
  static const char* const folder = getenv("PODIUM_FAULTS_BELOW");
  const size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/// Whether this call fails; errno says how.
bool strikes(Kind kind) {
  Control& c = *control();
  const int64_t mode = c.mode.load();
  if (mode == Control::none || mode == Control::full || (c.kinds.load() & kind) == 0) return false;
  const int64_t at = ++c.seen;
  const int64_t n = c.n.load();
  const bool hit = mode == Control::every ? at % n == 0
                   : mode == Control::nth ? at >= n && at < n + c.times.load()
                                          : at >= n;
  if (!hit) return false;
  ++c.struck;
  if (mode == Control::die) kill(getpid(), SIGKILL);
  errno = static_cast<int>(c.error.load());
  return true;
}

bool mine(int d) { return d >= 0 && d < most_files && ours[d].load(std::memory_order_relaxed); }

/// Whether writing up to `end` needs space that is not there.
bool lacks_space(int d, off_t end) {
  Control& c = *control();
  if (c.mode.load() != Control::full) return false;
  struct stat info {};
  if (fstat(d, &info) != 0 || end <= info.st_size) return false;
  ++c.struck;
  errno = ENOSPC;
  return true;
}

int opened(int d) {
  if (d < 0 || d >= most_files) return d;
  char link[32] = "/proc/self/fd/", path[4096];
  char digits[12];
  int at = 0;
  for (int rest = d; at == 0 || rest > 0; rest /= 10)
    digits[at++] = static_cast<char>('0' + rest % 10);
  char* to = link + strlen(link);
  while (at > 0) *to++ = digits[--at];
  *to = '\0';
  const ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = '\0';
  ours[d] = below(path);
  return d;
}

template <class F>
F* next(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

/// Whether opening this name fails. A relative name is taken to be below the folder: only the blob
/// store uses them.
bool open_strikes(const char* path) {
  return (path[0] != '/' || below(path)) && strikes(open_call);
}

}  // namespace

#define PODIUM_EXPORT extern "C" __attribute__((visibility("default")))
#define PODIUM_NEXT(type, name) static auto* const real = next<type>(name)

#define PODIUM_OPEN(name)                                             \
  PODIUM_EXPORT int name(const char* path, int flags, ...) {          \
    PODIUM_NEXT(int(const char*, int, ...), #name);                   \
    va_list rest;                                                     \
    va_start(rest, flags);                                            \
    const mode_t mode = va_arg(rest, mode_t);                         \
    va_end(rest);                                                     \
    return open_strikes(path) ? -1 : opened(real(path, flags, mode)); \
  }
PODIUM_OPEN(open64)

// Not by the macro: `control` itself opens a file.
PODIUM_EXPORT int open(const char* path, int flags, ...) {
  PODIUM_NEXT(int(const char*, int, ...), "open");
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  const char* shared = getenv("PODIUM_FAULTS_CONTROL");
  if (shared != nullptr && strcmp(path, shared) == 0) return real(path, flags, mode);
  return open_strikes(path) ? -1 : opened(real(path, flags, mode));
}

#define PODIUM_OPENAT(name)                                                   \
  PODIUM_EXPORT int name(int folder, const char* path, int flags, ...) {      \
    PODIUM_NEXT(int(int, const char*, int, ...), #name);                      \
    va_list rest;                                                             \
    va_start(rest, flags);                                                    \
    const mode_t mode = va_arg(rest, mode_t);                                 \
    va_end(rest);                                                             \
    return open_strikes(path) ? -1 : opened(real(folder, path, flags, mode)); \
  }
PODIUM_OPENAT(openat)
PODIUM_OPENAT(openat64)

// openat2 has no wrapper in the C library.
PODIUM_EXPORT long syscall(long number, ...) {
  PODIUM_NEXT(long(long, ...), "syscall");
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (long& one : a) one = va_arg(rest, long);
  va_end(rest);
  if (number != SYS_openat2) return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
  if (strikes(open_call)) return -1;
  return opened(static_cast<int>(real(number, a[0], a[1], a[2], a[3], a[4], a[5])));
}

PODIUM_EXPORT int close(int d) {
  PODIUM_NEXT(int(int), "close");
  if (d >= 0 && d < most_files) ours[d] = false;
  return real(d);
}

PODIUM_EXPORT ssize_t write(int d, const void* bytes, size_t count) {
  PODIUM_NEXT(ssize_t(int, const void*, size_t), "write");
  if (mine(d)) {
    if (strikes(write_call)) return -1;
    const off_t at = lseek(d, 0, SEEK_CUR);
    if (lacks_space(d, at + static_cast<off_t>(count))) return -1;
  }
  return real(d, bytes, count);
}

#define PODIUM_PWRITE(name)                                                                 \
  PODIUM_EXPORT ssize_t name(int d, const void* bytes, size_t count, off_t at) {            \
    PODIUM_NEXT(ssize_t(int, const void*, size_t, off_t), #name);                           \
    if (mine(d) && (strikes(write_call) || lacks_space(d, at + static_cast<off_t>(count)))) \
      return -1;                                                                            \
    return real(d, bytes, count, at);                                                       \
  }
PODIUM_PWRITE(pwrite)
PODIUM_PWRITE(pwrite64)

#define PODIUM_SYNC(name)                                \
  PODIUM_EXPORT int name(int d) {                        \
    PODIUM_NEXT(int(int), #name);                        \
    return mine(d) && strikes(sync_call) ? -1 : real(d); \
  }
PODIUM_SYNC(fsync)
PODIUM_SYNC(fdatasync)
