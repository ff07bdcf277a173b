#pragma once
// Where the code of tasks came from, side by side: repository and commit, what was not committed,
// packages.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parameters.hpp"

namespace podium::comparison {

/// A fact over the tasks: a field, or a package with its version.
struct ComparedFact {
  std::string kind;  ///< of a package: "pip", ...
  std::string name;
  std::vector<std::optional<std::string>> values;
  bool equal = false;
};
struct ComparedSource {
  std::vector<ComparedFact> fields, packages;  ///< fields in a fixed order; packages by kind, name
  ComparedText diff;                           ///< what was not committed
};
ComparedSource read_source(PluginContext&, const Reader&, const Principal&, const Selected&,
                           const std::optional<std::size_t>& baseline);

/// The packages of a text of requirements, by name in lower case with '-' for '_' and '.': what
/// stands behind the name, "1.2" for "== 1.2". Lines that name no package are passed over.
std::vector<std::pair<std::string, std::string>> packages_of(std::string_view requirements);

}  // namespace podium::comparison
