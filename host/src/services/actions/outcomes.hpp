#pragma once
// What became of the tasks of a run, as it is kept.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "podium/extension/action.hpp"
#include "podium/http/json_writer.hpp"
#include "podium/json.hpp"

namespace podium::host {

/// One slice of a run's work.
struct BlockResult {
  std::vector<ActionOutcome> items;
  std::uint64_t failed = 0;   ///< of the items
  std::uint64_t skipped = 0;  ///< of a filter: tasks that are no item, because `when` left them out

  void add(ActionOutcome);
  void fail(std::string_view id, const Error&);
  std::uint64_t undoable() const;
};

/// Makes what a plugin answered fit to be kept: texts are UTF-8, `detail` and `undo` are JSON.
void clean(ActionOutcome&);

/// The body of a record of "action_blocks": {"items": [...], "undo": [{"parameters", "of"}]}. An
/// item that has nothing to say is its id alone; `of` are the places of the items that these
/// parameters take back, and is left out when it is all that went well.
std::string block_json(const BlockResult&);
std::vector<ActionOutcome> outcomes_of(const Json& block);

/// The error of one task.
std::string_view code_of(const ActionOutcome&);

}  // namespace podium::host
