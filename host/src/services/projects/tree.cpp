#include "services/projects/tree.hpp"

#include <algorithm>
#include <map>

#include "services/projects/scope.hpp"

namespace podium::host {
namespace {

constexpr Budget budget{20'000'000, std::chrono::milliseconds(10'000)};

/// A parent sorts right before what is below it: '/' is less than any other character.
struct TreeOrder {
  bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
      const auto key = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c) + 1; };
      return key(x) < key(y);
    });
  }
};

std::optional<std::int64_t> later(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b) return a ? a : b;
  return std::max(*a, *b);
}

std::optional<std::int64_t> moment(const Cell& fold) {
  const auto* time = std::get_if<double>(&fold);
  return time ? std::optional(static_cast<std::int64_t>(*time)) : std::nullopt;
}

std::map<Ordinal, TaskCounts> count_tasks(const Tasks& tasks, const Reader& reader,
                                          const Principal& who, Filter filter) {
  using Fold = Aggregate::Fold;
  Aggregate question;
  question.filter = std::move(filter);
  question.groups = {field("project"), field("state"), field("archived")};
  question.folds = {{Fold::Kind::count, {}},
                    {Fold::Kind::max, field("updated")},
                    {Fold::Kind::max, field("active")}};
  question.budget = budget;
  std::map<Ordinal, TaskCounts> out;
  tasks.aggregate(reader, who, question,
                  [&](std::span<const Cell> group, std::span<const Cell> folds) {
                    TaskCounts& counts = out[cell::integer(group[0])];
                    const std::int64_t n = cell::integer(folds[0]);
                    counts.active = later(counts.active, later(moment(folds[1]), moment(folds[2])));
                    if (cell::flag(group[2])) {
                      counts.archived += n;
                    } else {
                      counts.total += n;
                      if (const auto state = task_state(cell::text(group[1])))
                        counts.of_state[static_cast<std::size_t>(*state)] += n;
                    }
                    return true;
                  });
  return out;
}

}  // namespace

TaskCounts& TaskCounts::operator+=(const TaskCounts& other) {
  for (std::size_t i = 0; i < of_state.size(); ++i) of_state[i] += other.of_state[i];
  total += other.total;
  archived += other.archived;
  active = later(active, other.active);
  return *this;
}

std::vector<ProjectNode> project_tree(const Projects& projects, const Tasks& tasks,
                                      const Reader& reader, const Principal& who,
                                      const TreeQuestion& question) {
  const std::string& root = question.root;
  std::map<std::string, ProjectNode, TreeOrder> nodes;
  std::vector<Ordinal> ordinals;
  Query query;
  if (!root.empty()) query.filter = any_of({eq(field("name"), root), below(root)});
  query.columns = {value_of(field("name")), value_of(field("archived")),
                   value_of(field("description"))};
  projects.query(reader, who, query, [&](const Row& row) {
    ProjectNode node;
    node.name = cell::text(row.cell(0));
    node.id = row.id();
    node.ordinal = row.ordinal();
    node.archived = cell::flag(row.cell(1));
    node.description = cell::text(row.cell(2));
    ordinals.push_back(node.ordinal);
    nodes.emplace(node.name, std::move(node));
    return true;
  });
  if (nodes.empty()) {
    if (root.empty()) return {};
    throw no_such("project", root).in("below");
  }

  const auto inside = [&](std::string_view name) {
    return root.empty() || name == root || name.starts_with(root + "/");
  };
  std::vector<std::string> names;
  for (const auto& [name, node] : nodes) names.push_back(name);
  for (const std::string& name : names)
    for (std::string_view up = parent_name(name); !up.empty() && inside(up); up = parent_name(up)) {
      const auto [at, made] = nodes.try_emplace(std::string(up));
      if (!made) break;
      at->second.name = up;
    }

  const auto counts =
      count_tasks(tasks, reader, who, root.empty() ? Filter{} : in_projects(ordinals));
  // From the leaves up: what is below a node comes after it.
  std::map<std::string_view, bool> shown;
  for (auto at = nodes.rbegin(); at != nodes.rend(); ++at) {
    ProjectNode& node = at->second;
    if (const auto found = counts.find(node.ordinal); node.ordinal != 0 && found != counts.end())
      node.own = found->second;
    node.all += node.own;
    bool& show = shown[at->first];
    show =
        show || (node.ordinal != 0 && (!question.archived || node.archived == *question.archived));
    const std::string_view up = node.name == root ? std::string_view() : parent_name(node.name);
    if (up.empty() || !inside(up)) continue;
    node.parent = up;
    const auto parent = nodes.find(std::string(up));
    parent->second.all += node.all;
    shown[parent->first] = shown[parent->first] || show;
  }
  std::vector<ProjectNode> out;
  for (auto& [name, node] : nodes) {
    if (!shown[name]) continue;
    if (!node.parent.empty()) node.level = nodes.find(node.parent)->second.level + 1;
    out.push_back(node);
  }
  return out;
}

}  // namespace podium::host
