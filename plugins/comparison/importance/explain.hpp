#pragma once
// What a metric of tasks hangs on: their parameters as features of a forest.
#include <optional>
#include <string>
#include <vector>

#include "importance/forest.hpp"
#include "podium/chart_kit/charts.hpp"
#include "selection.hpp"

namespace podium::comparison {

struct ImportanceQuestion {
  std::string target;                        ///< a name of the query language
  std::vector<std::string> parameters = {};  ///< none: all parameters that differ
  ForestOptions forest = {};
};

struct Explained {
  struct Parameter {
    std::string name;
    bool categorical = false;
    double importance = 0, deviation = 0;
    double share = 0;  ///< of all importances above 0
    std::optional<double> pearson, spearman;
    std::size_t tasks = 0, distinct = 0;  ///< that have it, and different values
  };
  std::string target;
  std::size_t tasks = 0;  ///< that have the target
  double score = 0;       ///< R² of tasks by trees that have not seen them
  ForestOptions forest;
  std::vector<Parameter> parameters;  ///< the most important first
  std::vector<std::string> notices;
};

/// Throws `invalid` (`target`, `parameters`) when the target is no number, or too few tasks have
/// it.
Explained explain(PluginContext&, const Reader&, const Principal&, const Selected&,
                  const ImportanceQuestion&, const Cancel&);

chart_kit::Chart draw(const Explained&, chart_kit::Frame);

}  // namespace podium::comparison
