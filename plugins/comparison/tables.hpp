#pragma once
// Comparisons as tables of the command language: a row a fact, a column a task.
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "outputs.hpp"
#include "parameters.hpp"
#include "podium/command/answer.hpp"
#include "source.hpp"
#include "values.hpp"

namespace podium::comparison {

/// Of every metric the statistics that are asked for; `best` names the tasks that are best, "=" is
/// all equal. Without `all` what is equal is left out.
AnswerTable values_table(const Selected&, const std::vector<MetricValues>&,
                         const std::vector<std::size_t>& statistics, bool all);
AnswerTable parameters_table(const Selected&, const std::vector<ComparedEntry>&);
AnswerTable artifacts_table(const Selected&, const ComparedArtifacts&, bool all);
AnswerTable models_table(const Selected&, const std::vector<ComparedModel>&);
AnswerTable datasets_table(const Selected&, const std::vector<ComparedDataset>&, bool all);
AnswerTable facts_table(const Selected&, const std::vector<ComparedFact>&, bool all);
/// A table a task whose text differs, named "NAME LABEL".
void add_differences(AnswerDetails&, const Selected&, const std::string& name, const ComparedText&);

}  // namespace podium::comparison
