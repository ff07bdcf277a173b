// OptScale's leaderboard, step by step, its faults included; only what would crash there does not.
// The steps are those of README.md.
#include <algorithm>
#include <set>

#include "engine.hpp"

namespace podium::leaderboard::compatible {
namespace {

using Positions = std::vector<std::size_t>;

/// Step 4: the primary value is there, and every filter holds, of which a missing value fails.
bool eligible(const Definition& definition, const Entry& task) {
  if (!task.values[0].counts()) return false;
  return std::all_of(definition.qualify.begin(), definition.qualify.end(),
                     [&](const Qualification& rule) {
                       const auto& value = task.values[rule.metric];
                       return value.counts() && !(rule.min && value.value < *rule.min) &&
                              !(rule.max && value.value > *rule.max);
                     });
}

/// Steps 6 and 7: values that are missing are skipped, and of none nothing is folded, also to a
/// sum.
Number folded(const Definition& definition, std::size_t metric, std::span<const Entry> tasks,
              const Positions& some) {
  std::vector<double> values;
  for (const std::size_t at : some)
    if (tasks[at].values[metric].counts()) values.push_back(tasks[at].values[metric].value);
  if (values.empty()) return {};
  const auto& asked = definition.metrics[metric];
  return fold_values(asked.fold, asked.direction, values);
}

/// Both ascending.
std::vector<DatasetIndex> common(const std::vector<DatasetIndex>& a,
                                 const std::vector<DatasetIndex>& b) {
  std::vector<DatasetIndex> made;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(made));
  return made;
}

std::vector<DatasetIndex> ascending(std::vector<DatasetIndex> datasets) {
  std::sort(datasets.begin(), datasets.end());
  datasets.erase(std::unique(datasets.begin(), datasets.end()), datasets.end());
  return datasets;
}

std::vector<DatasetIndex> datasets_of(std::span<const Entry> tasks, const Positions& some) {
  std::vector<DatasetIndex> all;
  for (const std::size_t at : some)
    all.insert(all.end(), tasks[at].datasets.begin(), tasks[at].datasets.end());
  return ascending(std::move(all));
}

Positions on(std::span<const Entry> tasks, const Positions& some,
             const std::vector<DatasetIndex>& datasets) {
  Positions made;
  const auto read = [&](const Entry& task) {
    return std::any_of(task.datasets.begin(), task.datasets.end(), [&](DatasetIndex d) {
      return std::binary_search(datasets.begin(), datasets.end(), d);
    });
  };
  for (const std::size_t at : some)
    if (read(tasks[at])) made.push_back(at);
  return made;
}

Positions eligible_of(const Definition& definition, std::span<const Entry> tasks) {
  Positions made;
  for (std::size_t at = 0; at < tasks.size(); ++at)
    if (eligible(definition, tasks[at])) made.push_back(at);
  return made;
}

/// Step 9. Which data sets and labels are missing is told where podium's own mode tells it.
void qualify(Folded& made, const Wanted& wanted) {
  const auto listed = ascending(wanted.listed);
  made.qualified = !made.counted.empty() && common(listed, made.covered) == listed;
  for (std::size_t r = 0; r < wanted.rules.size(); ++r)
    made.qualified = made.qualified && made.rules_covered[r] == wanted.rules[r].last;
  if (made.counted.empty()) made.reasons.push_back("none of its tasks counts");
}

}  // namespace

Folded fold(const Definition& definition, const Wanted& wanted, std::span<const Entry> tasks) {
  Folded made;
  made.counted = eligible_of(definition, tasks);
  made.covered = common(datasets_of(tasks, made.counted), wanted.effective);
  if (!made.covered.empty()) made.counted = on(tasks, made.counted, made.covered);
  for (std::size_t m = 0; m < definition.metrics.size(); ++m)
    made.values.push_back(folded(definition, m, tasks, made.counted));
  for (const auto& rule : wanted.rules)
    made.rules_covered.push_back(common(rule.datasets, made.covered).size());
  qualify(made, wanted);
  return made;
}

int compare(const Definition& definition, const Folded& a, const Folded& b) {
  const auto& left = a.values[0];
  const auto& right = b.values[0];
  if (left.counts() != right.counts()) return left.counts() ? -1 : 1;
  if (a.covered.size() != b.covered.size()) return a.covered.size() > b.covered.size() ? -1 : 1;
  if (!left.counts() || left.value == right.value) return 0;
  const bool more = definition.metrics[0].direction == Direction::max;
  return (left.value > right.value) == more ? -1 : 1;
}

Number best(const Definition& definition, const Wanted& wanted,
            std::span<const Candidate* const> candidates) {
  const auto listed = ascending(wanted.listed);
  const bool more = definition.metrics[0].direction == Direction::max;
  Number best;
  for (const auto* candidate : candidates) {
    const std::span<const Entry> tasks = candidate->tasks;
    const auto some = eligible_of(definition, tasks);
    Number score;
    if (candidate->folded.covered == listed) {
      score = candidate->folded.values[0];
    } else if (listed.empty()) {
      score = folded(definition, 0, tasks, some);
    } else if (common(datasets_of(tasks, some), listed) == listed) {
      score = folded(definition, 0, tasks, on(tasks, some, listed));
    }
    // A score of 0 counts as none there.
    if (!score.counts() || score.value == 0) continue;
    if (!best.there || (more ? score.value > best.value : score.value < best.value)) best = score;
  }
  return best;
}

}  // namespace podium::leaderboard::compatible
