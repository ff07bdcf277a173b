#pragma once
// Counters, gauges and histograms in Prometheus' text format.
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace podium::host {

/// Thread-safe, wait-free.
class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Durations in buckets from 0.5 ms to 10 s. Thread-safe, wait-free.
class Histogram {
 public:
  static constexpr std::array<double, 13> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                    0.1,    0.25,  0.5,    1,     2.5,  10};
  void add(double seconds) noexcept;
  /// Appends `name_bucket`, `name_sum` and `name_count`; `labels` is `a="b"` or "".
  void write(std::string& out, std::string_view name, std::string_view labels) const;
  std::uint64_t count() const noexcept;

 private:
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
  std::atomic<std::uint64_t> microseconds_{0};
};

/// How often a route answered with which status. Thread-safe, wait-free; a 13th status counts as 0.
class StatusCounts {
 public:
  void add(int status) noexcept;
  /// Appends one line a status.
  void write(std::string& out, std::string_view name, std::string_view labels) const;

 private:
  struct Slot {
    std::atomic<int> status{-1};
    std::atomic<std::uint64_t> count{0};
  };
  std::array<Slot, 12> slots_;
  std::atomic<std::uint64_t> other_{0};
};

/// The metrics of one host. Metrics live as long as the registry. Thread-safe.
class MetricRegistry {
 public:
  enum class Kind { counter, gauge };
  /// `help` is one line. The same name may come with several labels; the help of the first counts.
  Counter& counter(std::string name, std::string help, std::string labels = {});
  Histogram& histogram(std::string name, std::string help, std::string labels = {});
  /// A value that is read when it is asked for; `read` is called on any thread.
  void value(Kind, std::string name, std::string help, std::function<double()> read,
             std::string labels = {});
  /// Text that follows the others, with its own HELP and TYPE lines.
  void text(std::function<void(std::string&)> write);
  std::string render() const;

 private:
  struct Entry {
    std::string name, help, labels;
    Kind kind = Kind::counter;
    Counter counter;
    Histogram histogram;
    bool is_histogram = false;
    std::function<double()> read;
  };
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::deque<std::function<void(std::string&)>> texts_;
};

/// Escapes a label's value.
std::string label_value(std::string_view);

}  // namespace podium::host
