#pragma once
// All that is known of tasks, for `show` and `diff`.
#include <span>
#include <string>
#include <vector>

#include "commands/parts.hpp"
#include "podium/command/answer.hpp"

namespace podium::host::commands {

struct TaskDetails {
  std::string id;
  std::vector<AnswerDetails::Field> fields;  ///< those that are there, in the declaration's order
  struct Entry {
    std::string map, key, text;
  };
  std::vector<Entry> entries;  ///< of all maps
  struct Metric {
    std::string key, scope;
    Summary summary;
  };
  std::vector<Metric> metrics;
};

/// In the order of the ordinals; who is gone or hidden is passed over.
std::vector<TaskDetails> details_of(const Parts&, const Reader&, const Principal&,
                                    std::span<const Ordinal>);

}  // namespace podium::host::commands
