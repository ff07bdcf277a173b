// kill -9 in the middle of writes: what was acknowledged is there, and all agrees.
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::TemporaryFolder;

namespace {

constexpr int writers = 4;

struct Acknowledged {
  std::int32_t writer;
  std::int64_t points;  ///< how many this writer has had acknowledged so far
};

/// Writes until it is killed; tells over the pipe what was acknowledged.
[[noreturn]] void write_until_killed(const std::filesystem::path& folder, int pipe,
                                     std::int64_t from) {
  Opened store(folder);
  std::vector<std::thread> threads;
  for (std::int32_t n = 0; n < writers; ++n)
    threads.emplace_back([&, n] {
      Ordinal task = 0;
      store.store->write(
          [&](Transaction& t) { task = t.find(store.tasks, fmt::format("t{}", n)); });
      for (std::int64_t i = from;;) {
        const std::int64_t count = n % 2 == 0 ? 1 : 40;
        std::vector<Point> points;
        for (std::int64_t k = 0; k < count; ++k, ++i)
          points.push_back({i, i, static_cast<double>(i)});
        store.store->write([&](Transaction& t) {
          const SeriesPoints one{"loss", "", points};
          t.append(store.tasks, task, "metrics", {&one, 1});
          const std::string text = std::to_string(i);
          const MapEntry entry{"at", text};
          t.put(store.tasks, task, "params", {&entry, 1}, PutMode::overwrite);
        });
        const Acknowledged told{n, i};
        if (::write(pipe, &told, sizeof told) != sizeof told) _exit(1);
      }
    });
  for (;;) store.store->maintain();
}

}  // namespace

TEST_CASE("acknowledged writes survive kill -9") {
  TemporaryFolder folder;
  {
    Opened store(folder.path());
    const Ordinal project = store.project("p");
    for (int n = 0; n < writers; ++n) store.task(fmt::format("t{}", n), project);
  }
  std::mt19937 random(11);
  std::int64_t from = 0;
  for (int round = 0; round < 6; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      write_until_killed(folder.path(), ends[1], from);
    }
    ::close(ends[1]);
    // Kill after a number of acknowledgements, not after a time.
    const int enough = std::uniform_int_distribution<int>(20, 400)(random);
    std::int64_t acknowledged[writers] = {from, from, from, from};
    Acknowledged told{};
    int count = 0;
    while (count < enough && ::read(ends[0], &told, sizeof told) == sizeof told) {
      acknowledged[told.writer] = told.points;
      ++count;
    }
    ::kill(child, SIGKILL);
    while (::read(ends[0], &told, sizeof told) == sizeof told)
      acknowledged[told.writer] = told.points;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(count == enough);

    Opened store(folder.path());
    CHECK(store.faults().empty());
    for (int n = 0; n < writers; ++n) {
      INFO("writer " << n << " in round " << round);
      const std::string task = fmt::format("(SELECT rid FROM t2 WHERE id = 't{}')", n);
      const std::int64_t stored =
          store.number("SELECT max(last_step) + 1 FROM s2_metrics WHERE owner = " + task);
      CHECK(stored >= acknowledged[n]);
      // Points and parameter came together.
      CHECK(store.number("SELECT num FROM m2_params WHERE owner = " + task) == stored);
      from = std::max(from, stored);
    }
  }
}
