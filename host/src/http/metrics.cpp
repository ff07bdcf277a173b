#include "http/metrics.hpp"

#include <charconv>
#include <map>
#include <vector>

namespace podium::host {
namespace {

template <class T>
void append(std::string& out, T value) {
  char buffer[40];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_name(std::string& out, std::string_view name, std::string_view labels,
                 std::string_view more = {}) {
  out += name;
  if (labels.empty() && more.empty()) return;
  out += '{';
  out += labels;
  if (!labels.empty() && !more.empty()) out += ',';
  out += more;
  out += '}';
}

}  // namespace

void Histogram::add(double seconds) noexcept {
  std::size_t i = 0;
  while (i < bounds.size() && seconds > bounds[i]) ++i;
  counts_[i].fetch_add(1, std::memory_order_relaxed);
  microseconds_.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
}

void Histogram::write(std::string& out, std::string_view name, std::string_view labels) const {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    total += counts_[i].load(std::memory_order_relaxed);
    std::string bound = "le=\"";
    if (i < bounds.size()) {
      char digits[32];
      bound.append(
          digits,
          std::to_chars(digits, digits + sizeof digits, bounds[i], std::chars_format::fixed).ptr);
    } else {
      bound += "+Inf";
    }
    append_name(out, std::string(name) + "_bucket", labels, bound + '"');
    out += ' ';
    append(out, total);
    out += '\n';
  }
  append_name(out, std::string(name) + "_sum", labels);
  out += ' ';
  append(out, static_cast<double>(microseconds_.load(std::memory_order_relaxed)) / 1e6);
  out += '\n';
  append_name(out, std::string(name) + "_count", labels);
  out += ' ';
  append(out, total);
  out += '\n';
}

std::uint64_t Histogram::count() const noexcept {
  std::uint64_t total = 0;
  for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
  return total;
}

void StatusCounts::add(int status) noexcept {
  for (auto& slot : slots_) {
    int seen = slot.status.load(std::memory_order_relaxed);
    if (seen == -1 && slot.status.compare_exchange_strong(seen, status)) seen = status;
    if (seen == status) {
      slot.count.fetch_add(1, std::memory_order_relaxed);
      return;
    }
  }
  other_.fetch_add(1, std::memory_order_relaxed);
}

void StatusCounts::write(std::string& out, std::string_view name, std::string_view labels) const {
  const auto line = [&](int status, std::uint64_t count) {
    std::string text = "status=\"";
    append(text, status);
    append_name(out, name, labels, text + '"');
    out += ' ';
    append(out, count);
    out += '\n';
  };
  for (const auto& slot : slots_)
    if (const int status = slot.status.load(std::memory_order_relaxed); status >= 0)
      line(status, slot.count.load(std::memory_order_relaxed));
  if (const auto other = other_.load(std::memory_order_relaxed)) line(0, other);
}

Counter& MetricRegistry::counter(std::string name, std::string help, std::string labels) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_.emplace_back();
  entry.name = std::move(name), entry.help = std::move(help), entry.labels = std::move(labels);
  return entry.counter;
}

Histogram& MetricRegistry::histogram(std::string name, std::string help, std::string labels) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_.emplace_back();
  entry.name = std::move(name), entry.help = std::move(help), entry.labels = std::move(labels);
  entry.is_histogram = true;
  return entry.histogram;
}

void MetricRegistry::value(Kind kind, std::string name, std::string help,
                           std::function<double()> read, std::string labels) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_.emplace_back();
  entry.name = std::move(name), entry.help = std::move(help), entry.labels = std::move(labels);
  entry.kind = kind;
  entry.read = std::move(read);
}

void MetricRegistry::text(std::function<void(std::string&)> write) {
  const std::lock_guard lock(mutex_);
  texts_.push_back(std::move(write));
}

std::string MetricRegistry::render() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  std::map<std::string_view, std::vector<const Entry*>> by_name;
  for (const auto& entry : entries_) by_name[entry.name].push_back(&entry);
  for (const auto& [name, group] : by_name) {
    const auto& first = *group.front();
    out.append("# HELP ").append(name).append(" ").append(first.help).append("\n# TYPE ");
    out.append(name).append(first.is_histogram          ? " histogram\n"
                            : first.kind == Kind::gauge ? " gauge\n"
                                                        : " counter\n");
    for (const auto* entry : group) {
      if (entry->is_histogram) {
        entry->histogram.write(out, name, entry->labels);
        continue;
      }
      append_name(out, name, entry->labels);
      out += ' ';
      if (entry->read) {
        append(out, entry->read());
      } else {
        append(out, entry->counter.value());
      }
      out += '\n';
    }
  }
  for (const auto& write : texts_) write(out);
  return out;
}

std::string label_value(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace podium::host
