#pragma once
// Queues: tasks waiting to run, in order.
#include <cstdint>
#include <span>
#include <string_view>

#include "podium/service/records.hpp"
#include "podium/service/tasks.hpp"
#include "podium/store/store.hpp"

namespace podium {

struct NewQueue {
  std::string_view name;  ///< 1..200 code points, unique
  std::string_view description = {};
  bool is_default = false;  ///< instead of the one that was
  std::span<const MapEntry> tags = {};
};

/// Where an entry is moved within its queue.
struct QueueMove {
  enum class To : std::uint8_t { front = 1, back, forward, backward, position } to = To::front;
  /// By how many places (forward is towards the front), or to which (0 is next). What leads out of
  /// the queue ends at its end.
  std::uint64_t places = 1;
};

/// Collection "queues": text ids. Fields name (unique key "name"), description, is_default, paused
/// (booleans), watched_until (time: until then somebody takes tasks from it), created, updated; map
/// tags. Collection "queue_entries" (see `entries()`): queue, task (references, cascade), position
/// (real, ascending), added (time), who; key "order" (queue, position), unique key "task".
///
/// A task has an entry exactly while it is pending: enqueueing and dequeueing are calls of Tasks.
/// To claim the next task of a queue that is not paused is `update(entries, {"order", {queue}}, 1,
/// patch)` in the transaction that starts it: what leaves the pending state loses its entry.
///
/// Writes run inside a given Transaction and throw `not_found`, `exists`, `invalid`, `conflict` or
/// `denied` before they write.
class Queues : public Records {
 public:
  virtual ~Queues() = default;
  virtual CollectionId entries() const = 0;
  virtual Ordinal create(Transaction&, const Principal&, const NewQueue&) = 0;
  /// The ordinal of a queue that exists, by its id or else by its name.
  virtual Ordinal require(Transaction&, const Principal&, std::string_view id_or_name) = 0;
  /// Changes name, description, paused and is_default (true only: another one takes it over), sets
  /// and removes tags. A paused queue takes tasks and gives none.
  virtual void edit(Transaction&, const Principal&, Ordinal, const Patch&) = 0;
  /// Erases an empty queue that is not the default one.
  virtual void remove(Transaction&, const Principal&, Ordinal) = 0;
  /// Dequeues up to `limit` entries from the front, each back to the state before; returns how
  /// many.
  virtual std::uint64_t clear(Transaction&, const Principal&, Ordinal queue, std::uint64_t limit,
                              std::string_view why = {}) = 0;
  /// Moves a pending task within its queue.
  virtual void reorder(Transaction&, const Principal&, const Tasks::Head&, const QueueMove&) = 0;
};

}  // namespace podium
