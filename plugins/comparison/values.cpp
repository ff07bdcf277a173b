#include "values.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "podium/plugin.hpp"
#include "podium/service/goals.hpp"
#include "podium/service/tasks.hpp"

namespace podium::comparison {
namespace {

constexpr std::size_t most_cells = 100'000;

/// What the goals of the tasks' projects say is better: of a metric as it was measured, and of its
/// key in whatever scope. Goals that contradict each other say nothing.
class Directions {
 public:
  Directions(PluginContext& context, const Reader& reader, const Principal& who,
             const Selected& selected) {
    std::set<Ordinal> projects;
    for (const ComparedTask& t : selected.tasks) projects.insert(t.project);
    if (projects.empty()) return;
    Query query;
    query.filter = in(field("project"), {projects.begin(), projects.end()});
    query.columns = {value_of(field("metric")), value_of(field("scope")),
                     value_of(field("direction"))};
    context.goals().query(reader, who, query, [&](const Row& row) {
      const std::string key = cell::text(row.cell(0)), scope = cell::text(row.cell(1));
      const Better b = cell::text(row.cell(2)) == "min" ? Better::min : Better::max;
      said_[{key, scope}].insert(b);
      of_key_[key].insert(b);
      return true;
    });
  }

  Better of(const std::string& key, const std::string& scope) const {
    if (const auto at = said_.find({key, scope}); at != said_.end()) return one(at->second);
    if (const auto at = of_key_.find(key); at != of_key_.end()) return one(at->second);
    return Better::unknown;
  }

 private:
  static Better one(const std::set<Better>& said) {
    return said.size() == 1 ? *said.begin() : Better::unknown;
  }
  std::map<std::pair<std::string, std::string>, std::set<Better>> said_;
  std::map<std::string, std::set<Better>> of_key_;
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Marks what is equal, and the best where that is known.
void judge(MetricValues& m) {
  std::size_t have = 0;
  for (const auto& cell : m.cells) have += cell.points > 0;
  for (std::size_t s = 0; s < value_statistics.size(); ++s) {
    const double first = m.cells.front().values[s];
    m.equal[s] = m.cells.size() > 1 && have == m.cells.size() &&
                 std::all_of(m.cells.begin(), m.cells.end(),
                             [&](const auto& c) { return same(c.values[s], first); });
    if (m.equal[s] || have < 2 || m.better == Better::unknown) continue;
    std::optional<double> best;
    for (const auto& cell : m.cells) {
      const double v = cell.values[s];
      if (cell.points == 0 || std::isnan(v)) continue;
      if (!best || (m.better == Better::max ? v > *best : v < *best)) best = v;
    }
    for (std::size_t t = 0; t < m.cells.size() && best; ++t)
      if (m.cells[t].points > 0 && m.cells[t].values[s] == *best) m.best[s].push_back(t);
  }
}

MetricValues::Cell cell_of(const Summary& s) {
  MetricValues::Cell cell;
  cell.points = s.count;
  // Only NaN: the sum, which leaves them out, is no mean of anything.
  const double mean = std::isnan(s.min.value) ? std::numeric_limits<double>::quiet_NaN()
                                              : s.sum / static_cast<double>(s.count);
  cell.values = {s.last.value, s.min.value, s.max.value, s.first.value, mean};
  return cell;
}

}  // namespace

std::vector<MetricValues> read_values(PluginContext& context, const Reader& reader,
                                      const Principal& who, const Selected& selected,
                                      const ValuesQuestion& asked) {
  const Directions directions(context, reader, who, selected);
  std::vector<MetricValues> out;
  for (const SeriesPlan::Entry& e :
       find_series(context, reader, who, selected, asked.metrics, most_cells)) {
    if (out.empty() || out.back().key != e.key || out.back().scope != e.scope) {
      MetricValues& m = out.emplace_back();
      m.key = e.key;
      m.scope = e.scope;
      m.cells.resize(selected.tasks.size());
      const auto said = asked.better.find(e.key);
      m.better = said != asked.better.end() ? said->second : directions.of(e.key, e.scope);
      m.from_goal = said == asked.better.end() && m.better != Better::unknown;
    }
    MetricValues& m = out.back();
    m.cells[e.task] = cell_of(e.summary);
    m.single = m.single && e.summary.count == 1;
  }
  for (MetricValues& m : out) judge(m);
  return out;
}

}  // namespace podium::comparison
