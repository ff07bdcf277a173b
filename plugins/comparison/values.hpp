#pragma once
// Metrics by task: last, min, max, first and mean, with the best marked.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "selection.hpp"
#include "series.hpp"

namespace podium::comparison {

enum class Better : std::uint8_t { unknown = 0, max, min };

inline constexpr std::array<const char*, 5> value_statistics = {"last", "min", "max", "first",
                                                                "mean"};

struct MetricValues {
  std::string key, scope;
  Better better = Better::unknown;
  bool from_goal = false;  ///< a goal of the tasks' project says what is better
  /// One point in every task that has it: a bar of "Summary".
  bool single = true;
  struct Cell {
    std::array<double, 5> values{};  ///< in the order of `value_statistics`
    std::int64_t points = 0;         ///< 0: the task does not have it
  };
  std::vector<Cell> cells;                       ///< one a task
  std::array<bool, 5> equal{};                   ///< two tasks or more have it, and all the same
  std::array<std::vector<std::size_t>, 5> best;  ///< tasks; none when equal or nobody knows
};

struct ValuesQuestion {
  std::vector<MetricName> metrics = {};       ///< none: all
  std::map<std::string, Better> better = {};  ///< by key; goes before the goals
};

/// By (key, scope).
std::vector<MetricValues> read_values(PluginContext&, const Reader&, const Principal&,
                                      const Selected&, const ValuesQuestion&);

}  // namespace podium::comparison
