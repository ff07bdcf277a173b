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

/// Logs `rate` points a second, each to another of `tasks`, for `seconds`; returns the CPU seconds
/// of the process.
double load(RulesHost& h, const std::vector<std::string>& tasks, int rate, int seconds) {
  const double before = cpu_seconds();
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < rate * seconds; ++i) {
    std::this_thread::sleep_until(begun + std::chrono::microseconds(1'000'000LL * i / rate));
    h.log(tasks[static_cast<std::size_t>(i) % tasks.size()], "loss", i, 1.0);
  }
  h.settle();
  return cpu_seconds() - before;
}

TEST_CASE("the cost of a hundred rules", "[.][load]") {
  for (const char* kind : {"no rules", "100 rules", "100 rules, each of its own metric"}) {
    RulesHost h;
    const Ordinal p = h.world.project("p");
    std::vector<std::string> tasks;
    for (int i = 0; i < 1000; ++i) tasks.push_back(h.world.task(p));
    const std::string_view k(kind);
    for (int i = 0; i < 100 && k != "no rules"; ++i) {
      const std::string metric = k == "100 rules" ? "loss" : "loss" + std::to_string(i);
      h.make({{"name", "r" + std::to_string(i)},
              {"when", "state = 'running' and (metrics." + metric + " is nan or metrics." + metric +
                           " > " + std::to_string(100 + i) + ") and not tags.mute = 'yes'"}});
    }
    const double cpu = load(h, tasks, 1000, 5);
    std::cout << kind << ": " << cpu / 5 * 100 << " % of a core at 1,000 points a second\n";
    if (k == "no rules") continue;
    std::vector<double> waited;
    for (int i = 0; i < 100; ++i) {
      const std::string& task = tasks[static_cast<std::size_t>(i)];
      const auto from = std::chrono::steady_clock::now();
      h.log(task, k == "100 rules" ? "loss" : "loss0", 1'000'000, std::nan(""));
      await(*h.world.store, [&] {
        const auto pairs = h.world.store->collection("rules/pairs");
        return !h.world.store
                    ->ids(pairs,
                          eq(field("task"), h.world.store->find(h.tasks().collection(), task)), {},
                          {})
                    .empty();
      });
      waited.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from)
              .count());
    }
    std::sort(waited.begin(), waited.end());
    std::cout << "  a firing is in the store " << waited[50] << " ms (median), " << waited[98]
              << " ms (99 %) after the point was logged\n";
  }
}

}  // namespace
}  // namespace podium::test
