#pragma once
// In which order plugins are loaded.
#include <map>
#include <string>
#include <vector>

namespace podium::host {

struct LoadOrder {
  std::vector<std::string> ids;               ///< each behind all it depends on; ties by id
  std::map<std::string, std::string> cycles;  ///< ids on a cycle, each with its path "a -> b -> a"
};

/// `depends_on` maps each plugin's id to the ids it needs; needs that are no key of it are passed
/// over. Plugins on a cycle are left out of `ids`; those that merely need one are in it.
LoadOrder load_order(const std::map<std::string, std::vector<std::string>>& depends_on);

}  // namespace podium::host
