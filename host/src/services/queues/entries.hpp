#pragma once
// Entries of queues, below the rules: who calls keeps the task's state in step.
#include <cstdint>
#include <optional>
#include <string>

#include "podium/service/queues.hpp"
#include "services/core.hpp"

namespace podium::host {

struct QueueFacts {
  Ordinal ordinal = 0;
  std::string id, name;
  bool watched = false, is_default = false, paused = false;
};

/// A queue that `who` may see; 0 is the default one. Throws `not_found`, or `conflict` when there
/// is no default.
QueueFacts require_queue(Transaction&, const Core&, const Principal& who, Ordinal queue);

/// Adds an entry at an end. The task has none.
void add_entry(Transaction&, const Core&, const Principal& who, Ordinal queue, Ordinal task,
               bool front);
/// Drops the task's entry, if it has one.
void drop_entry(Transaction&, const Core&, Ordinal task);
/// Moves the task's entry within its queue; false when it has none.
bool move_entry(Transaction&, const Core&, Ordinal task, const QueueMove&);

}  // namespace podium::host
