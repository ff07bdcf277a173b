#pragma once
// Goals: what a metric of a project's tasks is to reach.
#include <cstdint>
#include <optional>
#include <string_view>

#include "podium/service/records.hpp"
#include "podium/store/store.hpp"

namespace podium {

struct NewGoal {
  std::string_view metric;              ///< key of the metric, 1..1,024 code points
  std::string_view scope = {};          ///< of the metric: "name@digest" of a data set, or none
  std::string_view statistic = "last";  ///< "last", "min" or "max"
  std::string_view direction = "max";   ///< "max": at least the target; "min": at most
  double target = 0;                    ///< finite
};

/// What of a goal changes; what is not given stays.
struct GoalEdit {
  std::optional<std::string_view> statistic = {}, direction = {};
  std::optional<double> target = {};
};

/// Collection "goals": sequence ids. Fields: project (reference, cascade), metric, scope ("" none),
/// statistic, direction, target (real), created, updated (times). Unique key "metric" (project,
/// metric, scope, statistic).
///
/// A task meets a goal when it has the metric and its statistic is at least (direction max) or at
/// most (min) the target; a NaN meets none. The field `goals_met` of tasks is true when all goals
/// of the task's own project are met, false when one is not, missing when there are none. It is
/// kept up within about a second as metrics come and tasks move, and by a job when goals change.
/// Writes run inside a given Transaction, throw before they write (`not_found`, `exists`,
/// `invalid`, `denied`) and are kept in the project's history (entity "goal").
class Goals : public Records {
 public:
  virtual ~Goals() = default;
  virtual Ordinal add(Transaction&, const Principal&, Ordinal project, const NewGoal&) = 0;

  struct Head {
    Ordinal ordinal = 0;
    Ordinal project = 0;
    std::int64_t version = 0;
  };
  /// The goal of the project, locked, that exists and may be written by `who`. `id` in decimal.
  virtual Head require(Transaction&, const Principal&, Ordinal project, std::string_view id) = 0;
  virtual void edit(Transaction&, const Principal&, const Head&, const GoalEdit&) = 0;
  virtual void remove(Transaction&, const Principal&, const Head&) = 0;
};

}  // namespace podium
