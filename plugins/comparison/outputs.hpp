#pragma once
// What tasks made and read, side by side: artifacts, models, data sets.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "selection.hpp"

namespace podium {
class Cancel;
}

namespace podium::comparison {

struct ComparedArtifact {
  std::string path;
  std::vector<std::optional<std::int64_t>> sizes;  ///< one a task; missing: it is not there
  /// Every task has it, and the same bytes; missing: of one size, and more than is looked into.
  std::optional<bool> equal;
};
struct ComparedArtifacts {
  std::vector<ComparedArtifact> artifacts;  ///< by path
  std::vector<std::size_t> unread;          ///< tasks whose artifacts podium does not keep
  bool truncated = false;                   ///< there are more paths
  /// What the name of each task's blobs begins with; missing: podium does not keep them.
  std::vector<std::optional<std::string>> prefixes;
};
/// Below a folder, "" for all. Without `contents` no file is opened, and none is known to be equal.
ComparedArtifacts read_artifacts(PluginContext&, const Reader&, const Principal&, const Selected&,
                                 const std::string& folder, const Cancel&, bool contents = true);

struct ComparedModel {
  std::string direction;  ///< "in": read; "out": made
  std::string name, type;
  std::vector<std::vector<std::string>> models;  ///< ids, one list a task
};
std::vector<ComparedModel> read_models(PluginContext&, const Reader&, const Principal&,
                                       const Selected&);

struct ComparedDataset {
  std::string name, context;
  std::vector<std::vector<std::string>> digests;  ///< one list a task, ascending
  bool equal = false;
};
std::vector<ComparedDataset> read_datasets(PluginContext&, const Reader&, const Principal&,
                                           const Selected&);

}  // namespace podium::comparison
