#pragma once
// What podium.toml says of the plugin.
#include <cstdint>
#include <string>
#include <vector>

#include "podium/plugin.hpp"

namespace acme {

struct Settings {
  std::string room;                   ///< URL to which messages are posted
  std::vector<std::string> projects;  ///< names; empty: all
  std::int64_t retry_ms = 1000;       ///< after a first failure; twice as long after each
  std::int64_t attempts = 8;          ///< then it is given up
};

/// Its schema, for podium to check `config` against.
std::string settings_schema();
Settings settings_of(const podium::Json& config);

}  // namespace acme
