#include "past.hpp"

#include <algorithm>

#include "podium/storage_kit/text.hpp"

namespace podium::rules {

const Summary* Past::summary(const std::string& key, const std::string& scope) const {
  for (const PastSeries& s : series)
    if (s.key == key && s.scope == scope) return s.summary.count == 0 ? nullptr : &s.summary;
  return nullptr;
}

/// Of a field that neither points nor the history tell of by themselves.
Cell Past::field_then(const std::string& name, std::size_t column) {
  if (const auto end = times.find(name); end != times.end()) {
    if (!end->second || *end->second > moment) return {};
    return *end->second;
  }
  const auto started = times.find("started");
  const bool begun = started != times.end() && started->second && *started->second <= moment;
  if (name == "active") return begun ? Cell{std::max(life, *started->second)} : Cell{};
  if (name == "run_time") {
    const Cell end = field_then("completed", 0);
    if (!begun) return {};
    const auto* at = std::get_if<std::int64_t>(&end);
    return std::max<std::int64_t>(0,
                                  (at ? *at : std::max(life, *started->second)) - *started->second);
  }
  if (name == "iteration") {
    std::optional<std::int64_t> step;
    for (const PastSeries& s : series)
      if (s.summary.count != 0 && !s.key.starts_with("system/"))
        step = std::max(step.value_or(s.summary.last.step), s.summary.last.step);
    return step ? Cell{*step} : now_.cell(column);
  }
  if (name == "goals_met") {
    if (goals.empty()) return {};
    return std::all_of(goals.begin(), goals.end(), [&](const PastGoal& g) {
      const Summary* s = summary(g.metric, g.scope);
      if (s == nullptr) return false;
      const Cell cell = kit::statistic_of(*s, g.statistic);
      const auto* value = std::get_if<double>(&cell);
      return value != nullptr && (g.at_least ? *value >= g.target : *value <= g.target);
    });
  }
  // The history would tell if one of these had been another.
  static const std::set<std::string> kept = {"project", "created", "type", "state", "archived"};
  if (!kept.contains(name)) assumed_.insert(name);
  return now_.cell(column);
}

kit::Seen Past::value(const Path& path) {
  const std::size_t column = columns_.of(&path);
  if (path.kind == Path::Kind::series) {
    kit::Seen out;
    if (const Summary* s = summary(path.key, path.scope))
      out.cell = kit::statistic_of(*s, path.statistic);
    return out;
  }
  if (path.kind == Path::Kind::field) {
    kit::Seen out;
    if (const auto it = told.find(path.name); it != told.end())
      out.cell = kit::cell_of(it->second);
    else
      out.cell = field_then(path.name, column);
    return out;
  }
  if (path.kind == Path::Kind::map && !path.key.empty()) {
    if (const auto it = told.find(path.name + "." + path.key); it != told.end()) {
      kit::Seen out;
      out.dual = true;
      out.cell = kit::cell_of(it->second);
      if (const auto* text = std::get_if<std::string_view>(&out.cell))
        out.number = kit::number_of(*text);
      return out;
    }
    if (path.name != "params") assumed_.insert(path.name + "." + path.key);
  } else if (path.kind == Path::Kind::map) {
    assumed_.insert(path.name);
  } else if (path.kind == Path::Kind::version) {
    assumed_.insert("version");
  }
  return kit::seen(now_, column, path);
}

bool Past::any(const std::string& child, const std::string& reference, const Filter& inner) {
  assumed_.insert(child == "tasks" ? "children" : child);
  return any_child(store_, reader_, now_.ordinal(), child, reference, inner);
}

}  // namespace podium::rules
