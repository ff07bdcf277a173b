#pragma once
// `podium doctor`: everything that can be looked at from outside, and what to do about it.
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace podium {
class Store;
}

namespace podium::host {

class Progress;

struct Finding {
  /// An error loses data or keeps podium from working, a warning may become one, a note is worth
  /// knowing only.
  enum class Level { error, warning, note } level = Level::note;
  std::string area;    ///< "store", "artifacts", "disk", ...
  std::string what;    ///< a sentence
  std::string advice;  ///< what to do about it
};
using Findings = std::vector<Finding>;

/// Examines settings, plugins, data folder, disk, clock, store and artifacts; changes nothing.
/// Throws `cancelled` when it was interrupted; anything else that fails is a finding.
Findings examine(const Settings&, Progress&);

/// True when there is neither an error nor a warning.
bool is_healthy(const Findings&);
void print_findings(const Findings&, bool as_json, std::ostream&);

// The parts, each adding what it found:
void check_settings(const Settings&, Findings&);
void check_folder(const std::filesystem::path& data, Findings&);
void check_clock(const Store&, Findings&);
/// Artifacts that belong to nothing the store knows, and models that are ready without any.
void check_artifacts(const Store&, const std::filesystem::path& artifacts, Findings&, Progress&);

}  // namespace podium::host
