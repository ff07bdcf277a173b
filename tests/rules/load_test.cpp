// What rules cost, and how soon they see a point: printed, not asserted. `test_rules "[load]"`.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <thread>

#include "fixture.hpp"

namespace podium::test {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Logs 1,000 points a second, in 100 commits of ten tasks each, for `seconds`; returns the CPU
/// seconds of the process.
double load(RulesHost& h, const std::vector<Tasks::Head>& tasks, int seconds) {
  const double before = cpu_seconds();
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 100 * seconds; ++i) {
    std::this_thread::sleep_until(begun + std::chrono::milliseconds(10 * i));
    h.world.store->write([&](Transaction& t) {
      for (std::size_t k = 0; k < 10; ++k) {
        const Point point{i, 1'700'000'000'000 + i, 1.0};
        const SeriesPoints points{"loss", "", std::span<const Point>(&point, 1)};
        t.append(h.tasks().collection(),
                 tasks[(static_cast<std::size_t>(i) * 10 + k) % tasks.size()].ordinal, "metrics",
                 std::span<const SeriesPoints>(&points, 1));
      }
    });
  }
  h.settle();
  return cpu_seconds() - before;
}

TEST_CASE("the cost of a hundred rules", "[.][load]") {
  for (const char* kind : {"no rules", "100 rules", "100 rules, each of its own metric"}) {
    RulesHost h;
    const Ordinal p = h.world.project("p");
    std::vector<Tasks::Head> tasks;
    h.world.store->write([&](Transaction& t) {
      tasks.clear();
      for (int i = 0; i < 1000; ++i) {
        NewTask n;
        n.project = p;
        n.state = TaskState::running;
        tasks.push_back(h.tasks().require(t, h.world.me, h.tasks().create(t, h.world.me, n)));
      }
    });
    const std::string_view k(kind);
    for (int i = 0; i < 100 && k != "no rules"; ++i) {
      const std::string metric = k == "100 rules" ? "loss" : "loss" + std::to_string(i);
      h.make({{"name", "r" + std::to_string(i)},
              {"when", "state = 'running' and (metrics." + metric + " is nan or metrics." + metric +
                           " > " + std::to_string(100 + i) + ") and not tags.mute = 'yes'"}});
    }
    const double cpu = load(h, tasks, 5);
    std::cout << kind << ": " << cpu / 5 * 100 << " % of a core at 1,000 points a second"
              << std::endl;
    if (k == "no rules") continue;
    std::vector<double> waited;
    const auto pairs = h.world.store->collection("rules/pairs");
    for (std::size_t i = 0; i < 50; ++i) {
      const std::string task = h.world.id_of("tasks", tasks[i].ordinal);
      h.log(task, k == "100 rules" ? "loss" : "loss0", 1'000'000, std::nan(""));
      const auto from = std::chrono::steady_clock::now();  // it was acknowledged
      await(*h.world.store, [&] {
        return !h.world.store->ids(pairs, eq(field("task"), tasks[i].ordinal), {}, {}).empty();
      });
      waited.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from)
              .count());
    }
    std::sort(waited.begin(), waited.end());
    std::cout << "  a firing is in the store " << waited[25] << " ms (median), " << waited[48]
              << " ms (49 of 50) after the point was acknowledged" << std::endl;
  }
}

}  // namespace
}  // namespace podium::test
