#pragma once
// Entries of maps side by side, and configuration objects as differences of texts.
#include <optional>
#include <string>
#include <vector>

#include "selection.hpp"
#include "text_diff.hpp"

namespace podium::comparison {

/// A key of a map over the tasks.
struct ComparedEntry {
  std::string map, key;
  std::vector<std::optional<std::string>> values;  ///< one a task
  bool equal = false;                              ///< every task has it, and all the same
  std::vector<bool> differs;  ///< of each task, from the one it is held against
};

/// A text over the tasks.
struct ComparedText {
  std::string map, key;
  bool equal = false;
  std::vector<bool> has, differs;
  std::vector<std::optional<TextDiff>>
      diffs;  ///< from the one it is held against, where both have it
};

struct ParametersQuestion {
  std::vector<std::string> maps = {"params", "configuration"};
  /// Index of the task that the others are held against; none: the first that has the key.
  std::optional<std::size_t> baseline = {};
  bool differing = false;  ///< only what is not equal
};
struct ComparedParameters {
  std::vector<ComparedEntry> entries;  ///< by map as asked, then key
  std::vector<ComparedText> texts;     ///< of the map "configuration"
};

ComparedParameters read_parameters(PluginContext&, const Reader&, const Principal&, const Selected&,
                                   const ParametersQuestion&);

/// Holds texts of tasks against one of them: the baseline, else the first that is there.
ComparedText compare_texts(const std::vector<std::optional<std::string>>& texts,
                           const std::optional<std::size_t>& baseline);

/// The index of the task with an id, for the member `baseline`. Throws `not_found` when it is not
/// among the tasks.
std::optional<std::size_t> baseline_of(const Selected&, const std::optional<std::string>& id);

}  // namespace podium::comparison
