// What ranking costs by itself: 100,000 tasks in memory become a board of 1,000 candidates in the
// compatible mode, then new tasks come one by one. The tasks are those of boards_pandas.py, which
// does the same with pandas.
//
//     bench_board_rebuild TASKS       prints one line of JSON: cpu_ms, put_ms, candidates, the best
//     value
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "engine.hpp"
#include "key.hpp"
#include "values.hpp"

namespace {

using namespace podium::leaderboard;

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// One of four data sets each; the board is of two of them.
Entry task(std::uint64_t n, const std::vector<DatasetIndex>& datasets) {
  Entry e;
  e.task = static_cast<podium::Ordinal>(n + 1);
  e.id = std::to_string(n);
  e.started = e.ended = static_cast<std::int64_t>(n);
  std::string key;
  append(key, KeyPart::Kind::param, "param1", bench::param_text(n, 1));
  e.key = std::move(key);
  e.values = {bench::metric_value(n, 0), bench::metric_value(n, 1)};
  e.datasets = {datasets[n % 4]};
  return e;
}

}  // namespace

int main(int argc, char** argv) {
  const auto tasks = static_cast<std::uint64_t>(argc > 1 ? std::atoll(argv[1]) : 100'000);
  Definition d;
  d.mode = Mode::compatible;
  for (const char* name : {"acc", "metric1"}) {
    Metric m;
    m.name = m.metric = name;
    d.metrics.push_back(m);
  }
  d.datasets = {{"d0", "1", 1}, {"d1", "1", 1}};
  Engine engine(std::make_shared<const Definition>(d));
  std::vector<DatasetIndex> datasets;
  for (const char* name : {"d0", "d1", "d2", "d3"}) datasets.push_back(engine.dataset({name, "1"}));
  Wanted wanted;
  wanted.listed = wanted.effective = {datasets[0], datasets[1]};
  wanted.weights = {1, 1};
  engine.want(wanted);
  std::vector<Entry> entries;
  for (std::uint64_t n = 0; n < tasks; ++n) entries.push_back(task(n, datasets));

  double before = cpu_ms();
  engine.load(std::move(entries));
  const double load = cpu_ms() - before;
  const std::size_t candidates = engine.candidates().size();
  const double best = engine.candidates().front()->folded.values.front().value;
  constexpr std::uint64_t more = 1000;
  before = cpu_ms();
  for (std::uint64_t n = tasks; n < tasks + more; ++n) engine.put(task(n, datasets));
  std::printf("{\"cpu_ms\":%.3f,\"put_ms\":%.6f,\"candidates\":%zu,\"best\":%.17g}\n", load,
              (cpu_ms() - before) / more, candidates, best);
}
