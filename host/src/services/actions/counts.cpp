// How many of a selection each action can affect, and why not the others.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "services/actions/actions.hpp"
#include "services/actions/reasons.hpp"
#include "services/actions/when.hpp"

namespace podium::host {
namespace {

/// Fields with few values: what can be grouped by.
bool is_coarse(const Collection& tasks, const std::string& name) {
  static constexpr std::string_view texts[] = {"state", "type", "desired_state", "queued_from"};
  if (std::find(std::begin(texts), std::end(texts), name) != std::end(texts)) return true;
  const auto f = std::find_if(tasks.fields.begin(), tasks.fields.end(),
                              [&](const Field& each) { return each.name == name; });
  return f != tasks.fields.end() && f->type == Type::boolean;
}

constexpr std::size_t most_projects = 64;

std::string plural(std::uint64_t n, const char* one, const char* many) {
  return std::to_string(n) + (n == 1 ? one : many);
}

/// A filter that asks for related tasks, with the projects that these can be in: so the key over
/// project and state finds them.
Filter in_known_projects(Filter f, const std::vector<Value>& projects) {
  for (Filter& child : f.children) child = in_known_projects(std::move(child), projects);
  if (f.op == Filter::Op::any && f.child == "tasks")
    f.children.at(0) = all_of({in(field("project"), projects), std::move(f.children.at(0))});
  return f;
}

/// One action among several that are counted on the same groups.
class Counter {
 public:
  Counter(KnownActionPtr action, const std::vector<std::string>& fields)
      : fields_(fields), record_(fields), holds_(action->when), count_{std::move(action), 0, {}} {}

  void add(const TaskGroup& group) {
    if (holds(group.values))
      count_.count += group.count;
    else
      others_[reason_why(count_.action->when, fields_, group.values, *this)] += group.count;
  }
  bool holds(const std::vector<Value>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) record_.cells[i] = kit::cell_of(values[i]);
    return holds_(record_);
  }
  ActionCount take() {
    std::vector<std::pair<std::uint64_t, Reason>> sorted;
    for (const auto& [reason, n] : others_) sorted.emplace_back(n, reason);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [n, reason] : sorted) count_.reasons.push_back(reason.words(n));
    return std::move(count_);
  }

 private:
  const std::vector<std::string>& fields_;
  FieldsAccess record_;
  kit::Evaluator holds_;  ///< keeps the filter of the action
  ActionCount count_;
  std::map<Reason, std::uint64_t> others_;
};

}  // namespace

Availability ActionService::available(const Principal& who, const ActionSelection& selection,
                                      std::span<const std::string> only) const {
  std::vector<KnownActionPtr> actions;
  if (only.empty()) {
    actions = usable(who);
  } else {
    (void)core_.access.visible(who, "tasks");
    for (const auto& id : only) actions.push_back(require(who, id));
  }
  const Collection& tasks = core_.store.declaration(core_.in.tasks);
  std::vector<std::string> fields;
  std::vector<bool> grouped;
  for (const auto& action : actions) {
    std::vector<std::string> own;
    const bool groups =
        asks_fields_only(action->when, own) &&
        std::all_of(own.begin(), own.end(), [&](const auto& f) { return is_coarse(tasks, f); });
    grouped.push_back(groups);
    for (auto& f : own)
      if (groups && std::find(fields.begin(), fields.end(), f) == fields.end())
        fields.push_back(std::move(f));
  }

  Availability out;
  std::uint64_t missing = 0, there = 0;
  std::vector<TaskGroup> groups;
  std::vector<std::uint64_t> own_counts(actions.size());
  core_.store.read([&](const Reader& reader) {
    ActionSelection chosen = selection;
    if (!selection.ids.empty()) {
      const Targets named = take(core_, reader, who, selection, {});
      out.of = named.matched;
      std::vector<Value> ordinals;
      for (const Ordinal o : named.ordinals)
        if (o != 0) ordinals.emplace_back(o);
      chosen = {{}, ordinals.empty() ? none() : in(record_ordinal(), std::move(ordinals)), {}};
    }
    groups = group_tasks(core_, reader, who, chosen, fields);
    for (const TaskGroup& group : groups) there += group.count;
    if (selection.ids.empty()) out.of = there;
    missing = out.of - std::min(out.of, there);
    const auto projects = reader.ids(core_.in.projects, {}, {});
    const std::vector<Value> few = projects.size() <= most_projects
                                       ? std::vector<Value>(projects.begin(), projects.end())
                                       : std::vector<Value>();
    for (std::size_t i = 0; i < actions.size(); ++i) {
      if (grouped[i]) continue;
      const Filter& when = actions[i]->when;
      own_counts[i] =
          count_of(core_, reader, who, chosen, few.empty() ? when : in_known_projects(when, few));
    }
  });

  for (std::size_t i = 0; i < actions.size(); ++i) {
    ActionCount count;
    if (grouped[i]) {
      Counter counter(actions[i], fields);
      for (const TaskGroup& group : groups) counter.add(group);
      count = counter.take();
    } else {
      count = {actions[i], own_counts[i], {}};
      if (const std::uint64_t rest = there - std::min(there, own_counts[i]); rest != 0)
        count.reasons.push_back(
            plural(rest, " is not as it must be: ", " are not as they must be: ") +
            actions[i]->spec.when);
    }
    if (missing != 0) count.reasons.push_back(plural(missing, " does not exist", " do not exist"));
    if (const std::size_t most = actions[i]->spec.most; most != 0 && count.count > most)
      count.reasons.push_back(
          "it takes " + (most == 1 ? std::string("one task") : std::to_string(most) + " tasks") +
          " at a time");
    out.actions.push_back(std::move(count));
  }
  return out;
}

}  // namespace podium::host
