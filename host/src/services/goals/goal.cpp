#include "services/goals/goal.hpp"

#include <algorithm>

#include "podium/storage_kit/values.hpp"

namespace podium::host {

const Summary* Goal::find(std::span<const SeriesEntry> series) const {
  const auto at = std::find_if(series.begin(), series.end(), [&](const SeriesEntry& s) {
    return s.key == metric && s.scope == scope;
  });
  return at == series.end() ? nullptr : &at->summary;
}

double Goal::value(const Summary& s) const {
  return std::get<double>(kit::statistic_of(s, statistic));
}

std::string_view Goal::word() const {
  const auto at = std::find(std::begin(statistics), std::end(statistics), statistic);
  return statistic_words[at - statistics];
}

bool Goal::met(std::span<const SeriesEntry> series) const {
  const Summary* summary = find(series);
  if (summary == nullptr) return false;
  const double v = value(*summary);  // a NaN compares as false
  return at_least ? v >= target : v <= target;
}

std::map<Ordinal, std::vector<Goal>> goals_of(const Reader& reader, const Core& core,
                                              std::span<const Ordinal> projects) {
  std::map<Ordinal, std::vector<Goal>> out;
  if (projects.empty()) return out;
  Query query;
  query.collection = core.in.goals;
  query.filter = in(field("project"), {projects.begin(), projects.end()});
  for (const char* name : {"project", "metric", "scope", "statistic", "direction", "target"})
    query.columns.push_back(value_of(field(name)));
  reader.query(query, [&](const Row& row) {
    const auto text = [&](std::size_t i) {
      return std::string(std::get<std::string_view>(row.cell(i)));
    };
    Goal goal{std::string(row.id()), text(1),          text(2),
              Statistic::last,       text(4) == "max", std::get<double>(row.cell(5))};
    const auto word = std::find(std::begin(statistic_words), std::end(statistic_words), text(3));
    if (word != std::end(statistic_words)) goal.statistic = statistics[word - statistic_words];
    out[std::get<std::int64_t>(row.cell(0))].push_back(std::move(goal));
    return true;
  });
  return out;
}

}  // namespace podium::host
