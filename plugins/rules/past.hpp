#pragma once
// A task as it was at a moment.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "podium/storage_kit/points.hpp"
#include "replay.hpp"

namespace podium::rules {

/// One goal of the task's project.
struct PastGoal {
  std::string metric, scope;
  Statistic statistic = Statistic::last;
  bool at_least = true;
  double target = 0;
};

/// A series as far as it was logged.
struct PastSeries {
  std::string key, scope;
  Summary summary;
};

/// The task at a moment, moved forward by its owner. Views that it hands out stay good until it is
/// moved on.
class Past final : public kit::RecordAccess {
 public:
  Past(const Store& store, const Reader& reader, const Columns& columns, const Row& now,
       std::set<std::string>& assumed)
      : store_(store), reader_(reader), columns_(columns), now_(now), assumed_(assumed) {}

  kit::Seen value(const Path&) override;
  bool any(const std::string& child, const std::string& reference, const Filter& inner) override;

  std::int64_t moment = 0;                                   ///< milliseconds UTC
  std::map<std::string, Value> told;                         ///< by the history: as of the moment
  std::map<std::string, std::optional<std::int64_t>> times;  ///< `started` and so on, in the end
  std::vector<PastSeries> series;
  std::vector<PastGoal> goals;
  std::int64_t life = 0;  ///< the last sign of life

 private:
  const Summary* summary(const std::string& key, const std::string& scope) const;
  Cell field_then(const std::string& name, std::size_t column);

  const Store& store_;
  const Reader& reader_;
  const Columns& columns_;
  const Row& now_;
  std::set<std::string>& assumed_;
};

}  // namespace podium::rules
