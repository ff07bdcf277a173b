#pragma once
// What a board's history tells of tasks and data sets: by names, so that it holds without the
// engine that it came from.
#include <memory>
#include <string>
#include <vector>

#include "engine.hpp"

namespace podium::leaderboard {

/// What must be covered, by names.
struct WantedNames {
  struct Rule {
    std::string label;
    std::size_t last = 1;
    std::vector<DatasetName> datasets;
    bool operator==(const Rule&) const = default;
  };
  std::vector<DatasetName> listed;
  std::vector<double> weights;
  std::vector<Rule> rules;
  std::vector<DatasetName> effective;
  bool operator==(const WantedNames&) const = default;
};
WantedNames names_of(const Engine&);
Wanted wanted_of(Engine&, const WantedNames&);

/// A task as an event tells it; its data sets by name.
struct LoggedTask {
  Entry entry;                        ///< without `datasets` and `updated`
  std::vector<DatasetName> datasets;  ///< ascending
  std::int64_t at = 0;                ///< when it entered or changed
  bool entered = false;               ///< else it changed
  std::vector<Number> before;         ///< of one that changed: its values then
};
LoggedTask logged(const Engine&, const Entry&);
Entry entry_of(Engine&, const LoggedTask&);
/// Nothing of it is told differently.
bool same(const LoggedTask&, const LoggedTask&);

}  // namespace podium::leaderboard
