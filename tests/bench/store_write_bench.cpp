// What writes cost: CPU time of the whole process a write, without HTTP and JSON. Prints one line a
// scenario.
//   store_write_bench [folder on the disk to measure [part of a scenario's name]]
#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <semaphore>
#include <string>
#include <vector>

#include "sqlite_store.hpp"

using namespace podium;

namespace {

double cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

long resident_kb() {
  long pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * 4;
}

std::vector<Collection> declared() {
  Collection projects;
  projects.name = "projects";
  projects.sequence = true;
  projects.fields = {{"name", Type::text}};
  Collection tasks;
  tasks.name = "tasks";
  tasks.fields = {{"project", Type::reference, "projects", OnErase::cascade},
                  {"name", Type::text},
                  {"user", Type::text},
                  {"state", Type::text},
                  {"archived", Type::boolean},
                  {"start", Type::time},
                  {"end", Type::time}};
  tasks.partition = "project";
  tasks.keys = {{"by_start", {"project", "archived", "start"}},
                {"by_state", {"project", "state", "archived"}}};
  tasks.maps = {{"params"}, {"tags"}};
  tasks.series = {{"metrics"}};
  return {projects, tasks};
}

struct Bench {
  explicit Bench(const std::filesystem::path& folder) {
    StoreOptions options;
    options.directory = folder;
    options.log = [](int, std::string_view text) { fmt::print("  log: {}\n", text); };
    store = std::make_unique<sqlite::SqliteStore>(options);
    store->declare(declared());
    projects = store->collection("projects");
    tasks = store->collection("tasks");
    project = store->write([&](Transaction& t) {
      NewRecord record;
      record.content.set("name", std::string("p"));
      return t.insert(projects, record);
    });
  }
  Ordinal create(Transaction& t, int n, bool full) {
    NewRecord record;
    const std::string id = fmt::format("{:032x}", static_cast<unsigned>(n) * 2654435761u);
    record.id = id;
    record.content.set("project", project)
        .set("name", std::string("run"))
        .set("user", std::string("me"));
    record.content.set("state", std::string("running"))
        .set("archived", false)
        .set("start", std::int64_t{n});
    const Ordinal task = t.insert(tasks, record);
    if (!full) return task;
    std::vector<std::string> keys, texts;
    for (int i = 0; i < 20; ++i)
      keys.push_back(fmt::format("param_{}", i)),
          texts.push_back(fmt::format("{}", (n * 7 + i) % 1000));
    for (int i = 0; i < 20; ++i)
      keys.push_back(fmt::format("tag_{}", i)),
          texts.push_back(fmt::format("text {} of {}", i, n % 100));
    std::vector<MapEntry> params, tags;
    for (std::size_t i = 0; i < 20; ++i)
      params.push_back({keys[i], texts[i]}), tags.push_back({keys[20 + i], texts[20 + i]});
    t.put(tasks, task, "params", params, PutMode::equal_or_fail);
    t.put(tasks, task, "tags", tags, PutMode::overwrite);
    return task;
  }

  /// `count` writes, `width` of them under way at any time.
  void run(const char* what, int count, int width, std::function<void(Transaction&, int)> write) {
    if (std::string(what).find(only) == std::string::npos) return;
    std::atomic<int> next = 0;
    std::counting_semaphore<> ended(0);
    std::function<void()> chain = [&] {
      const int n = next++;
      if (n >= count) {
        ended.release();
        return;
      }
      store->commit([&write, n](Transaction& t) { write(t, n); },
                    [&chain](const Error* e) {
                      if (e != nullptr) fmt::print("  failed: {}\n", e->what());
                      chain();
                    });
    };
    const double before = cpu_us();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < width; ++i) chain();
    for (int i = 0; i < width; ++i) ended.acquire();
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print("{:<48} {:>9.1f} us CPU {:>9.0f}/s\n", what, (cpu_us() - before) / count,
               count / wall);
    std::fflush(stdout);
  }

  std::unique_ptr<sqlite::SqliteStore> store;
  CollectionId projects{}, tasks{};
  Ordinal project = 0;
  std::string only;  ///< part of the names of the scenarios to run
};

}  // namespace

int main(int argc, char** argv) {
  std::string pattern = std::string(argc > 1 ? argv[1] : "/var/tmp") + "/podium-bench-XXXXXX";
  const std::filesystem::path folder = mkdtemp(pattern.data());
  {
    Bench b(folder);
    if (argc > 2) b.only = argv[2];
    fmt::print("{:<48} {:>9} kB\n", "resident size of the fresh store", resident_kb());
    std::vector<Ordinal> tasks;
    b.store->write([&](Transaction& t) {
      for (int i = 0; i < 200; ++i) tasks.push_back(b.create(t, 1'000'000 + i, false));
    });
    const auto log_metric = [&](int base) {
      return [&, base](Transaction& t, int n) {
        const Point point{base + n, 1'700'000'000'000 + base + n, n * 0.5};
        const std::string key = fmt::format("metric_{}", n / 200 % 5);
        const SeriesPoints one{key, "", {&point, 1}};
        t.append(b.tasks, tasks[static_cast<std::size_t>(n) % 200], "metrics", {&one, 1});
      };
    };
    b.run("warm up", 2000, 32, log_metric(0));
    b.run("log-metric, 1 client", 2000, 1, log_metric(10'000));
    b.run("log-metric, 32 clients", 20'000, 32, log_metric(100'000));
    b.run("batch of 20 x 50", 200, 4, [&](Transaction& t, int n) {
      std::vector<std::vector<Point>> points(20);
      std::vector<std::string> keys;
      std::vector<SeriesPoints> all;
      for (std::size_t k = 0; k < 20; ++k) {
        keys.push_back(fmt::format("batch_{}", k));
        for (int i = 0; i < 50; ++i) points[k].push_back({n * 50 + i, n * 50 + i, i * 0.25});
      }
      for (std::size_t k = 0; k < 20; ++k) all.push_back({keys[k], "", points[k]});
      t.append(b.tasks, tasks[static_cast<std::size_t>(n) % 200], "metrics", all);
    });
    b.run("1000 keys x 1 point", 50, 4, [&](Transaction& t, int n) {
      std::vector<std::string> keys;
      std::vector<SeriesPoints> all;
      const Point point{0, n, n * 0.5};
      for (int k = 0; k < 1000; ++k) keys.push_back(fmt::format("wide_{}", k));
      for (const std::string& key : keys) all.push_back({key, "", {&point, 1}});
      t.append(b.tasks, tasks[static_cast<std::size_t>(n)], "metrics", all);
    });
    std::mt19937 random(3);
    const auto at_zero = [&](const char* key, int kind) {
      return [&, key, kind](Transaction& t, int n) {
        std::vector<Point> points;
        for (int i = 0; i < 1000; ++i) {
          const int at = n * 1000 + i;
          points.push_back({0,
                            kind == 0   ? at
                            : kind == 1 ? 7
                                        : static_cast<int>(random() % 1'000'000),
                            at * 0.5});
        }
        const SeriesPoints one{key, "", points};
        t.append(b.tasks, tasks[0], "metrics", {&one, 1});
      };
    };
    b.run("1000 points at step 0, time rising", 100, 1, at_zero("rising", 0));
    b.run("1000 points at step 0, one time", 100, 1, at_zero("same", 1));
    b.run("1000 points at step 0, random times", 100, 1, at_zero("random", 2));
    b.run("create + 20 params + 20 tags, 1 client", 1000, 1,
          [&](Transaction& t, int n) { b.create(t, n, true); });
    b.run("create + 20 params + 20 tags, 32 clients", 5000, 32,
          [&](Transaction& t, int n) { b.create(t, 10'000 + n, true); });
    b.run("set state, 32 clients", 5000, 32, [&](Transaction& t, int n) {
      const Ordinal task = tasks[static_cast<std::size_t>(n) % 200];
      t.update(b.tasks, {&task, 1}, {},
               Patch().set("state", fmt::format("state{}", n)).set("end", std::int64_t{n}));
    });
    fmt::print("{:<48} {:>9} kB\n", "size of the WAL",
               std::filesystem::file_size(folder / "podium.db-wal") / 1024);
    const double before = cpu_us();
    int slices = 0;
    while (b.store->maintain()) ++slices;
    fmt::print("{:<48} {:>9.1f} ms CPU, {} slices\n", "housekeeping of all that",
               (cpu_us() - before) / 1000, slices);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("{:<48} {:>9} kB\n", "greatest resident size", usage.ru_maxrss);
  std::filesystem::remove_all(folder);
}
