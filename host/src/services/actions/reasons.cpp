#include "services/actions/reasons.hpp"

#include <algorithm>
#include <map>

#include "podium/service/tasks.hpp"
#include "podium/storage_kit/values.hpp"

namespace podium::host {
namespace {

void collect(const Filter& f, const std::string& name, std::vector<Value>& out, bool& asked) {
  for (const Filter& child : f.children) collect(child, name, out, asked);
  if (f.path.kind != Path::Kind::field || f.path.name != name) return;
  if (f.op == Filter::Op::all || f.op == Filter::Op::none || f.op == Filter::Op::and_ ||
      f.op == Filter::Op::or_ || f.op == Filter::Op::not_)
    return;
  asked = true;
  out.insert(out.end(), f.values.begin(), f.values.end());
}

std::vector<Path> paths_of(const std::vector<std::string>& fields) {
  std::vector<Path> out;
  for (const auto& name : fields) out.push_back(field(name));
  return out;
}

}  // namespace

std::vector<Value> values_to_try(const Filter& when, const std::string& name) {
  std::vector<Value> out;
  bool asked = false;
  collect(when, name, out, asked);
  if (!asked) return {};
  if (name == "state")
    for (int i = 1; i <= 7; ++i)
      out.emplace_back(std::string(podium::name(static_cast<TaskState>(i))));
  out.emplace_back(true);
  out.emplace_back(false);
  out.emplace_back();
  out.emplace_back(std::string("-"));
  return out;
}

std::string Reason::words(std::uint64_t tasks) const {
  const std::string n = std::to_string(tasks);
  const std::string be = tasks == 1 ? " is " : " are ", have = tasks == 1 ? " has " : " have ";
  std::string name = field;
  std::replace(name.begin(), name.end(), '_', ' ');
  if (field.empty()) return n + be + "not as it takes";
  const auto* flag = std::get_if<bool>(&value);
  if (flag != nullptr) return n + be + (*flag ? "" : "not ") + name;
  if (std::holds_alternative<std::monostate>(value)) return n + have + "no " + name;
  const auto* text = std::get_if<std::string>(&value);
  if (field == "state" && text != nullptr) return n + be + *text;
  if (field == "type" && text != nullptr) return n + be + "of the type " + *text;
  return n + have + "the " + name + " " + (text != nullptr ? *text : "that it has");
}

std::vector<TaskGroup> group_tasks(const Core& core, const Reader& reader, const Principal& who,
                                   const ActionSelection& s,
                                   const std::vector<std::string>& fields) {
  Aggregate a;
  a.collection = core.in.tasks;
  a.filter = all_of({core.access.visible(who, "tasks"), s.filter});
  a.groups = paths_of(fields);
  a.folds = {{Aggregate::Fold::Kind::count, {}}};
  std::map<std::vector<Value>, std::uint64_t> groups;
  const auto count = [&](bool taken_off) {
    reader.aggregate(a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
      std::vector<Value> key;
      for (const Cell& cell : values) key.push_back(owned(cell));
      const auto n = static_cast<std::uint64_t>(std::get<std::int64_t>(folds[0]));
      std::uint64_t& sum = groups[key];
      sum = taken_off ? sum - std::min(sum, n) : sum + n;
      return true;
    });
  };
  count(false);
  if (!s.except.empty()) {
    std::vector<Ordinal> except = s.except;
    std::sort(except.begin(), except.end());
    except.erase(std::unique(except.begin(), except.end()), except.end());
    a.filter = all_of({in(record_ordinal(), {except.begin(), except.end()}), a.filter});
    count(true);
  }
  std::vector<TaskGroup> out;
  for (auto& [values, n] : groups)
    if (n != 0) out.push_back({values, n});
  return out;
}

}  // namespace podium::host
