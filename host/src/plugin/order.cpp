#include "plugin/order.hpp"

#include <algorithm>
#include <set>

namespace podium::host {
namespace {

using Graph = std::map<std::string, std::vector<std::string>>;

/// The shortest way from `start` back to itself, or "" when there is none.
std::string cycle_through(const std::string& start, const Graph& graph) {
  std::map<std::string, std::string> came_from;
  std::vector<std::string> queue{start};
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const auto node = queue[next];
    for (const auto& need : graph.at(node)) {
      if (need == start) {
        std::string path = " -> " + start;
        for (auto at = node; at != start; at = came_from.at(at)) path.insert(0, " -> " + at);
        return start + path;
      }
      if (graph.contains(need) && came_from.emplace(need, node).second) queue.push_back(need);
    }
  }
  return {};
}

}  // namespace

LoadOrder load_order(const Graph& depends_on) {
  LoadOrder order;
  for (const auto& [id, needs] : depends_on)
    if (auto path = cycle_through(id, depends_on); !path.empty())
      order.cycles.emplace(id, std::move(path));

  std::map<std::string, std::size_t> missing;  // how many needs are not placed yet
  std::map<std::string, std::vector<std::string>> needed_by;
  std::set<std::string> ready;
  for (const auto& [id, needs] : depends_on) {
    if (order.cycles.contains(id)) continue;
    auto& count = missing[id];
    for (const auto& need : std::set<std::string>(needs.begin(), needs.end())) {
      if (!depends_on.contains(need) || order.cycles.contains(need)) continue;
      ++count;
      needed_by[need].push_back(id);
    }
    if (count == 0) ready.insert(id);
  }
  while (!ready.empty()) {
    const auto id = *ready.begin();
    ready.erase(ready.begin());
    for (const auto& dependant : needed_by[id])
      if (--missing[dependant] == 0) ready.insert(dependant);
    order.ids.push_back(id);
  }
  return order;
}

}  // namespace podium::host
