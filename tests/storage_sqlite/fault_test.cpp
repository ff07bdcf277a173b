// Disks that are full or fail: never a false acknowledgement, and writes resume by themselves.
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::error_of;
using podium::test::TemporaryFolder;

namespace {

/// SQLite's own file system with faults on demand. The default one of the process while it lives.
class FailingDisk {
 public:
  enum class Call { write, sync, open };
  FailingDisk() {
    instance() = this;
    real_ = sqlite3_vfs_find(nullptr);
    shim_ = *real_;
    shim_.zName = "failing";
    shim_.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
      if (instance()->strikes(Call::open)) {
        file->pMethods = nullptr;
        return SQLITE_CANTOPEN;
      }
      const int result = instance()->real_->xOpen(instance()->real_, name, file, flags, out);
      if (file->pMethods != nullptr) file->pMethods = instance()->wrapped(file->pMethods);
      return result;
    };
    sqlite3_vfs_register(&shim_, 1);
  }
  ~FailingDisk() {
    sqlite3_vfs_unregister(&shim_);
    sqlite3_vfs_register(real_, 1);
  }
  /// The `after`-th call from now fails, and the `times - 1` behind it.
  void fail(Call call, int after, int times = 1) {
    const std::lock_guard lock(mutex_);
    call_ = call;
    after_ = after;
    times_ = times;
  }
  bool struck() {
    const std::lock_guard lock(mutex_);
    return struck_;
  }
  void heal() {
    const std::lock_guard lock(mutex_);
    times_ = 0;
    struck_ = false;
  }

 private:
  struct Methods {
    sqlite3_io_methods methods;  // first: SQLite sees a pointer to it
    const sqlite3_io_methods* real;
  };
  static FailingDisk*& instance() {
    static FailingDisk* disk = nullptr;
    return disk;
  }
  static const sqlite3_io_methods* real_of(sqlite3_file* file) {
    return reinterpret_cast<const Methods*>(file->pMethods)->real;
  }
  bool strikes(Call call) {
    const std::lock_guard lock(mutex_);
    if (times_ == 0 || call != call_) return false;
    if (--after_ > 0) return false;
    --times_;
    struck_ = true;
    return true;
  }
  const sqlite3_io_methods* wrapped(const sqlite3_io_methods* real) {
    const std::lock_guard lock(mutex_);
    auto& made = made_[real];
    if (made == nullptr) {
      made = std::make_unique<Methods>(Methods{*real, real});
      made->methods.xWrite = [](sqlite3_file* file, const void* bytes, int count,
                                sqlite3_int64 at) {
        if (instance()->strikes(Call::write)) return SQLITE_IOERR_WRITE;
        return real_of(file)->xWrite(file, bytes, count, at);
      };
      made->methods.xSync = [](sqlite3_file* file, int flags) {
        if (instance()->strikes(Call::sync)) return SQLITE_IOERR_FSYNC;
        return real_of(file)->xSync(file, flags);
      };
    }
    return &made->methods;
  }

  sqlite3_vfs* real_ = nullptr;
  sqlite3_vfs shim_{};
  std::mutex mutex_;
  Call call_ = Call::write;
  int after_ = 0, times_ = 0;
  bool struck_ = false;
  std::map<const sqlite3_io_methods*, std::unique_ptr<Methods>> made_;
};

/// Runs in a child that has a small file system of its own; false when none may be mounted.
bool on_small_disk(const std::filesystem::path& folder, const std::function<bool()>& test,
                   bool& passed) {
  constexpr int not_permitted = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto map = [](const char* file, const std::string& text) {
      const int d = ::open(file, O_WRONLY);
      if (d >= 0) {
        if (::write(d, text.data(), text.size()) < 0)
          std::cerr << file << ": " << std::strerror(errno) << '\n';
        ::close(d);
      }
    };
    const uid_t uid = ::getuid();
    const gid_t gid = ::getgid();
    if (::unshare(CLONE_NEWNS) != 0) {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) _exit(not_permitted);
      map("/proc/self/setgroups", "deny");
      map("/proc/self/uid_map", fmt::format("0 {} 1", uid));
      map("/proc/self/gid_map", fmt::format("0 {} 1", gid));
    }
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::mount("podium-test", folder.c_str(), "tmpfs", 0, "size=3m") != 0) _exit(not_permitted);
    bool good = false;
    try {
      good = test();
    } catch (const std::exception& e) {
      std::cerr << "on the small disk: " << e.what() << '\n';
    }
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  passed = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return !(WIFEXITED(status) && WEXITSTATUS(status) == not_permitted);
}

bool expect(bool condition, const char* what) {
  if (!condition) std::cerr << "on the small disk: not " << what << '\n';
  return condition;
}

}  // namespace

TEST_CASE("a failing call is recovered from, acknowledged writes are there") {
  using Call = FailingDisk::Call;
  FailingDisk disk;
  TemporaryFolder folder;
  std::int64_t acknowledged = 0, projects = 1;
  int failures = 0, names = 0;
  std::vector<std::string> named;  // acknowledged
  {
    Opened a(folder.path());
    const Ordinal task = a.task("t", a.project("p"));
    for (const Call call : {Call::write, Call::sync})
      for (int after = 1; after <= 12; ++after)
        for (const int times : {1, 2, 20}) {
          disk.fail(call, after, times);
          for (int i = 0; i < 6; ++i) {
            try {
              a.log_points(task, "loss", {{acknowledged, acknowledged, 1.0}});
              ++acknowledged;
              // Run again after it was committed, this would say that the name exists.
              const std::string name = fmt::format("p{}", names++);
              a.project(name);
              named.push_back(name);
              ++projects;
            } catch (const Error& e) {
              CHECK(e.code() == ErrorCode::unavailable);
              ++failures;
            }
          }
          disk.heal();
          // It serves again at once, and what was refused can be repeated.
          a.log_points(task, "loss", {{acknowledged, acknowledged, 1.0}});
          ++acknowledged;
        }
    CHECK(failures > 0);
    // What failed with `unavailable` may have been kept, once.
    const std::int64_t kept = a.number("SELECT count(*) FROM t1");
    CHECK(kept >= projects);
    CHECK(kept <= projects + failures);
    for (const std::string& name : named) {
      INFO(name);
      CHECK(a.number("SELECT count(*) FROM t1 WHERE f_name = '" + name + "'") == 1);
    }
    CHECK(a.number("SELECT n FROM s2_metrics") == acknowledged);
    CHECK(a.faults().empty());
  }
  Opened b(folder.path());
  CHECK(b.number("SELECT n FROM s2_metrics") == acknowledged);
  CHECK(b.faults().empty());
}

TEST_CASE("a file that cannot be opened again is unavailable until it can") {
  FailingDisk disk;
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal project = a.project("p");
  disk.fail(FailingDisk::Call::sync, 1);
  // The sync makes the store open its file anew, which then fails, too.
  CHECK_NOTHROW(a.task("t1", project));
  REQUIRE(disk.struck());
  disk.heal();
  disk.fail(FailingDisk::Call::write, 1, 1'000'000);
  CHECK(error_of([&] { a.task("t2", project); }).code() == ErrorCode::unavailable);
  disk.fail(FailingDisk::Call::open, 1, 1'000'000);
  CHECK(error_of([&] { a.task("t3", project); }).code() == ErrorCode::unavailable);
  CHECK(error_of([&] { a.task("t4", project); }).code() == ErrorCode::unavailable);
  disk.heal();
  a.task("t5", project);
  CHECK(a.number("SELECT count(*) FROM t2") == 2);
  CHECK(a.faults().empty());
}

TEST_CASE("a full disk refuses what does not fit and resumes when space is freed") {
  TemporaryFolder folder;
  bool passed = false;
  const auto test = [&] {
    const auto ballast = folder.path() / "ballast";
    Opened a(folder.path());
    const Ordinal task = a.task("t", a.project("p"));
    {
      std::ofstream out(ballast, std::ios::binary);
      const std::string bytes(1u << 20, 'x');
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    std::int64_t acknowledged = 0, refused = 0;
    for (int i = 0; i < 3000 && refused < 5; ++i) {
      std::vector<Point> points;
      for (std::int64_t k = 0; k < 500; ++k) points.push_back({acknowledged + k, k, 0.5});
      try {
        a.log_points(task, "loss", points);
        acknowledged += 500;
      } catch (const Error& e) {
        if (!expect(e.code() == ErrorCode::out_of_space, "out_of_space")) return false;
        ++refused;
      }
    }
    if (!expect(refused == 5, "refused")) return false;
    // Reads go on.
    if (!expect(a.store->find(a.tasks, "t") == task, "readable")) return false;
    std::filesystem::remove(ballast);
    a.log_points(task, "loss", {{1'000'000, 1, 1.0}});
    return expect(a.number("SELECT n FROM s2_metrics") == acknowledged + 1,
                  "what was acknowledged") &&
           expect(a.faults().empty(), "sound");
  };
  if (!on_small_disk(folder.path(), test, passed)) {
    WARN("skipped: no file system may be mounted here");
    return;
  }
  CHECK(passed);
}
