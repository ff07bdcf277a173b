#include "fold.hpp"

#include <algorithm>

#include "key.hpp"

namespace podium::leaderboard {
namespace {

bool better(double a, double b, Direction d) { return d == Direction::max ? a > b : a < b; }

double extreme(std::span<const double> values, bool greatest) {
  return greatest ? *std::max_element(values.begin(), values.end())
                  : *std::min_element(values.begin(), values.end());
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

/// Two passes: stable enough for values that differ in their last digits only.
Number spread_of(std::span<const double> values) {
  if (values.size() < 2) return {};
  const double mean = mean_of(values);
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

bool reads_any(const Entry& e, std::span<const DatasetIndex> wanted) {
  return std::any_of(e.datasets.begin(), e.datasets.end(), [&](DatasetIndex d) {
    return std::binary_search(wanted.begin(), wanted.end(), d);
  });
}

std::vector<double> values_of(std::span<const Entry> tasks, std::span<const std::size_t> counted,
                              std::size_t metric) {
  std::vector<double> out;
  out.reserve(counted.size());
  for (const std::size_t i : counted)
    if (tasks[i].values[metric].counts()) out.push_back(tasks[i].values[metric].value);
  return out;
}

/// The best of the tasks that count: by the primary metric, then the others, then who ended first.
std::size_t best_task(const Definition& d, std::span<const Entry> tasks,
                      std::span<const std::size_t> counted) {
  std::size_t best = Folded::npos;
  for (const std::size_t i : counted) {
    if (best == Folded::npos) {
      best = i;
      continue;
    }
    const Entry &a = tasks[i], &b = tasks[best];
    int order = 0;
    for (std::size_t m = 0; m < d.metrics.size() && order == 0; ++m)
      order = compare_number(a.values[m], b.values[m], d.metrics[m].direction, d.tie_precision);
    if (order == 0 && a.ended != b.ended) order = a.ended < b.ended ? -1 : 1;
    if (order < 0 || (order == 0 && a.task < b.task)) best = i;
  }
  return best;
}

/// Folded for each data set, then the weighted mean of those.
Number mean_across(const Metric& metric, std::span<const Entry> tasks,
                   std::span<const std::size_t> counted, std::size_t m,
                   std::span<const DatasetIndex> wanted, std::span<const double> weights) {
  double sum = 0, weight = 0;
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    std::vector<double> values;
    for (const std::size_t i : counted)
      if (tasks[i].values[m].counts() &&
          std::binary_search(tasks[i].datasets.begin(), tasks[i].datasets.end(), wanted[w]))
        values.push_back(tasks[i].values[m].value);
    const Number one = fold_values(metric.fold, metric.direction, values);
    if (!one.there) continue;
    sum += weights[w] * one.value;
    weight += weights[w];
  }
  return weight == 0 ? Number() : Number(sum / weight);
}

std::string plural(std::size_t n, const char* one, const char* more) {
  return std::to_string(n) + " " + (n == 1 ? one : more);
}

bool inside(const Number& value, const Qualification& q) {
  return value.counts() && !(q.min && value.value < *q.min) && !(q.max && value.value > *q.max);
}

std::string outside(const Metric& metric, const Number& value, const Qualification& q) {
  if (!value.there) return "it has no value of " + metric.name;
  if (std::isnan(value.value)) return metric.name + " is NaN";
  if (q.min && value.value < *q.min)
    return metric.name + " " + spelled(value.value) + " is less than " + spelled(*q.min);
  if (q.max && value.value > *q.max)
    return metric.name + " " + spelled(value.value) + " is more than " + spelled(*q.max);
  return {};
}

/// Why none of a candidate's tasks counts.
std::string nothing_counts(const Definition& d, std::span<const Entry> tasks, bool elsewhere) {
  if (elsewhere) return "none of its tasks was run on the data sets that are asked for";
  const std::string first = tasks.empty() ? std::string() : why_not(d, tasks.front());
  if (tasks.size() == 1) return first;
  const bool same = std::all_of(tasks.begin(), tasks.end(),
                                [&](const Entry& e) { return why_not(d, e) == first; });
  return same ? "of none of its tasks anything counts: " + first
              : "none of its " + std::to_string(tasks.size()) + " tasks counts";
}

}  // namespace

int compare_number(const Number& a, const Number& b, Direction direction,
                   std::optional<double> precision) {
  if (!a.counts() || !b.counts())
    return static_cast<int>(b.counts()) - static_cast<int>(a.counts());
  double x = a.value, y = b.value;
  if (precision && std::isfinite(x) && std::isfinite(y)) {
    x = std::round(x / *precision);
    y = std::round(y / *precision);
  }
  if (x == y) return 0;
  return better(x, y, direction) ? -1 : 1;
}

Number fold_values(Fold fold, Direction direction, std::span<const double> values) {
  if (values.empty()) return {};
  switch (fold) {
    case Fold::mean:
      return mean_of(values);
    case Fold::median: {
      std::vector<double> sorted(values.begin(), values.end());
      std::sort(sorted.begin(), sorted.end());
      const std::size_t half = sorted.size() / 2;
      return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
    case Fold::best:
      return extreme(values, direction == Direction::max);
    case Fold::worst:
      return extreme(values, direction == Direction::min);
    case Fold::min:
      return extreme(values, false);
    case Fold::max:
      return extreme(values, true);
    case Fold::last:
      return values.back();
    case Fold::sum: {
      double sum = 0;
      for (const double v : values) sum += v;
      return sum;
    }
  }
  return {};
}

bool may_count(const Definition& d, const Entry& e) {
  if (!d.metrics.empty() && d.order.empty() && !e.values.front().counts()) return false;
  return std::all_of(d.qualify.begin(), d.qualify.end(), [&](const Qualification& q) {
    return q.scope != Scope::task || inside(e.values[q.metric], q);
  });
}

std::string why_not(const Definition& d, const Entry& e) {
  if (may_count(d, e)) return {};
  // With an order of its own a board shows every task, the last where there is no value.
  if (!d.metrics.empty() && d.order.empty()) {
    const Number& primary = e.values.front();
    if (!primary.there) return "it has no value of " + d.metrics.front().name;
    if (std::isnan(primary.value)) return d.metrics.front().name + " is NaN";
  }
  for (const Qualification& q : d.qualify)
    if (q.scope == Scope::task)
      if (auto why = outside(d.metrics[q.metric], e.values[q.metric], q); !why.empty()) return why;
  return {};
}

Folded fold_tasks(const Definition& d, const Wanted& wanted, std::span<const DatasetIndex> all,
                  std::span<const double> weights, std::span<const Entry> tasks) {
  Folded out;
  out.values.resize(d.metrics.size());
  const bool wants = d.asks_for_datasets();
  out.counted.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i)
    if ((!wants || reads_any(tasks[i], all)) && may_count(d, tasks[i])) out.counted.push_back(i);
  if (d.kind != Kind::candidates) {
    if (const std::size_t best = best_task(d, tasks, out.counted); best != Folded::npos)
      out.values = tasks[best].values;
  } else {
    for (std::size_t m = 0; m < d.metrics.size(); ++m)
      out.values[m] = wants && d.across == Across::mean
                          ? mean_across(d.metrics[m], tasks, out.counted, m, all, weights)
                          : fold_values(d.metrics[m].fold, d.metrics[m].direction,
                                        values_of(tasks, out.counted, m));
  }
  for (const DatasetIndex w : all)
    if (std::any_of(out.counted.begin(), out.counted.end(), [&](std::size_t i) {
          return std::binary_search(tasks[i].datasets.begin(), tasks[i].datasets.end(), w);
        }))
      out.covered.push_back(w);
  for (const Wanted::Rule& rule : wanted.rules)
    out.rules_covered.push_back(static_cast<std::size_t>(
        std::count_if(rule.datasets.begin(), rule.datasets.end(), [&](DatasetIndex w) {
          return std::binary_search(out.covered.begin(), out.covered.end(), w);
        })));
  return out;
}

void finish(const Definition& d, std::span<const Entry> tasks, Folded& out) {
  out.best = best_task(d, tasks, out.counted);
  out.spread.clear();
  for (std::size_t m = 0; m < d.metrics.size(); ++m)
    out.spread.push_back(spread_of(values_of(tasks, out.counted, m)));
  out.columns.assign(d.columns.size(), {});
  for (std::size_t c = 0; c < d.columns.size(); ++c) {
    if (d.columns[c].of == BoardColumn::Of::best) {
      if (out.best != Folded::npos) out.columns[c] = tasks[out.best].columns[c];
      continue;
    }
    std::vector<double> values;
    for (const std::size_t i : out.counted)
      if (tasks[i].columns[c].counts()) values.push_back(tasks[i].columns[c].value);
    out.columns[c] = fold_values(d.columns[c].of == BoardColumn::Of::total ? Fold::sum : Fold::mean,
                                 d.columns[c].direction, values);
  }
  const auto look = [&](const Entry& e) {
    if (std::pair(e.ended, e.task) < std::pair(out.first, out.first_task) || out.first_task == 0) {
      out.first = e.ended;
      out.first_task = e.task;
    }
  };
  for (const std::size_t i : out.counted) look(tasks[i]);
  if (out.counted.empty())
    for (const Entry& e : tasks) look(e);
}

void judge_coverage(const Definition& d, const Wanted& wanted,
                    const std::function<std::string(DatasetIndex)>& name_of, Folded& out) {
  std::string missing;
  std::size_t count = 0;
  for (const DatasetIndex w : wanted.listed)
    if (!std::binary_search(out.covered.begin(), out.covered.end(), w)) {
      if (++count <= 3) missing += (count == 1 ? "" : ", ") + name_of(w);
    }
  if (count > 3) missing += " and " + std::to_string(count - 3) + " more";
  if (count != 0) out.reasons.push_back("it was not run on " + missing);
  for (std::size_t r = 0; r < wanted.rules.size() && r < d.coverage.size(); ++r) {
    const Wanted::Rule& rule = wanted.rules[r];
    if (rule.datasets.size() < rule.last)
      out.reasons.push_back(
          (rule.datasets.empty()
               ? std::string("no data set has")
               : "only " + plural(rule.datasets.size(), "data set has", "data sets have")) +
          " the label " + rule.label + ", " + std::to_string(rule.last) + " are asked for");
    else if (out.rules_covered[r] < rule.last)
      out.reasons.push_back("it covers " + std::to_string(out.rules_covered[r]) + " of the last " +
                            plural(rule.last, "data set", "data sets") + " with the label " +
                            rule.label);
  }
}

void judge(const Definition& d, const Wanted& wanted,
           const std::function<std::string(DatasetIndex)>& name_of, std::span<const Entry> tasks,
           Folded& out) {
  out.reasons.clear();
  const auto counted = static_cast<std::int64_t>(out.counted.size());
  if (counted == 0) {
    const bool values =
        std::any_of(tasks.begin(), tasks.end(), [&](const Entry& e) { return may_count(d, e); });
    out.reasons.push_back(nothing_counts(d, tasks, values));
  } else if (!d.metrics.empty() && d.order.empty() && !out.values.front().counts()) {
    out.reasons.push_back(d.metrics.front().name + " of its tasks comes to NaN");
  }
  if (counted != 0 && counted < d.least_tasks)
    out.reasons.push_back("it has " +
                          plural(out.counted.size(), "task that counts", "tasks that count") +
                          ", " + std::to_string(d.least_tasks) + " are asked for");
  judge_coverage(d, wanted, name_of, out);
  if (counted != 0)
    for (const Qualification& q : d.qualify)
      if (q.scope == Scope::candidate)
        if (auto why = outside(d.metrics[q.metric], out.values[q.metric], q); !why.empty())
          out.reasons.push_back(std::move(why));
  out.qualified = out.reasons.empty();
}

}  // namespace podium::leaderboard
