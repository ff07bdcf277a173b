#include "services/queues/entries.hpp"

#include <array>
#include <vector>

#include "services/only.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

struct Entry {
  Ordinal ordinal = 0, queue = 0;
  double position = 0;
};

const std::array<Column, 2>& entry_columns() {
  static const std::array columns = {value_of(field("queue")), value_of(field("position"))};
  return columns;
}

Entry entry_of(const Row& row) {
  const Cell position = row.cell(1);
  const auto* real = std::get_if<double>(&position);
  return {row.ordinal(), cell::integer(row.cell(0)), real ? *real : 0.0};
}

std::optional<Entry> find_entry(Transaction& t, const Core& core, Ordinal task) {
  std::optional<Entry> found;
  t.query(core.in.queue_entries, KeyRange{"task", {task}, {}, {}, false}, 1, entry_columns(),
          [&](const Row& row) {
            found = entry_of(row);
            return false;
          });
  return found;
}

/// Entries of a queue from an end, or from a position on; the position's own comes first.
std::vector<Entry> entries(Transaction& t, const Core& core, Ordinal queue, bool descending,
                           std::uint64_t limit, std::optional<double> at = {}) {
  KeyRange range{"order", {queue}, {}, {}, descending};
  if (at) (descending ? range.to : range.from) = Value{*at};
  std::vector<Entry> out;
  t.query(core.in.queue_entries, range, limit, entry_columns(), [&](const Row& row) {
    out.push_back(entry_of(row));
    return true;
  });
  return out;
}

void set_position(Transaction& t, const Core& core, Ordinal entry, double position) {
  Patch patch;
  patch.set("position", position);
  t.update(core.in.queue_entries, only(entry), {}, patch);
}

/// Gives the entries whole numbers again, with `moved` at the place `index`.
void renumber(Transaction& t, const Core& core, const Entry& moved, std::uint64_t index) {
  std::vector<Ordinal> order;
  for (const Entry& e : entries(t, core, moved.queue, false, no_limit))
    if (e.ordinal != moved.ordinal) order.push_back(e.ordinal);
  index = std::min<std::uint64_t>(index, order.size());
  order.insert(order.begin() + static_cast<std::ptrdiff_t>(index), moved.ordinal);
  for (std::size_t i = 0; i < order.size(); ++i)
    set_position(t, core, order[i], static_cast<double>(i));
}

/// The place of an entry: how many are before it.
std::uint64_t index_of(Transaction& t, const Core& core, const Entry& entry) {
  std::uint64_t index = 0;
  for (const Entry& e : entries(t, core, entry.queue, false, no_limit)) {
    if (e.ordinal == entry.ordinal) break;
    ++index;
  }
  return index;
}

/// Puts an entry between two neighbours, either of which may be missing.
bool put_between(Transaction& t, const Core& core, Ordinal entry, const Entry* before,
                 const Entry* behind) {
  if (!before && !behind) return true;
  if (!before) return set_position(t, core, entry, behind->position - 1), true;
  if (!behind) return set_position(t, core, entry, before->position + 1), true;
  const double middle = before->position + (behind->position - before->position) / 2;
  if (!(before->position < middle && middle < behind->position)) return false;
  set_position(t, core, entry, middle);
  return true;
}

void to_place(Transaction& t, const Core& core, const Entry& entry, std::uint64_t place) {
  std::vector<Entry> others =
      entries(t, core, entry.queue, false, place > no_limit - 2 ? no_limit : place + 2);
  std::erase_if(others, [&](const Entry& e) { return e.ordinal == entry.ordinal; });
  const Entry* before = place == 0 || others.empty()
                            ? nullptr
                            : &others[std::min<std::uint64_t>(place, others.size()) - 1];
  const Entry* behind = place < others.size() ? &others[place] : nullptr;
  if (!put_between(t, core, entry.ordinal, before, behind)) renumber(t, core, entry, place);
}

}  // namespace

QueueFacts require_queue(Transaction& t, const Core& core, const Principal& who, Ordinal queue) {
  static const std::array columns = {value_of(field("name")), value_of(field("watched_until")),
                                     value_of(field("is_default")), value_of(field("paused"))};
  QueueFacts facts;
  const auto read = [&](const Row& row) {
    facts = {row.ordinal(),           std::string(row.id()),
             cell::text(row.cell(0)), cell::integer(row.cell(1)) > core.now(),
             cell::flag(row.cell(2)), cell::flag(row.cell(3))};
  };
  if (queue == 0) {
    t.query(core.in.queues, KeyRange{"name", {}, {}, {}, false}, no_limit, columns,
            [&](const Row& row) {
              if (!cell::flag(row.cell(2))) return true;
              read(row);
              return false;
            });
    if (facts.ordinal == 0)
      throw Error(ErrorCode::conflict, "no queue is the default one; name a queue").in("queue");
  } else if (!t.get(core.in.queues, queue, columns, read)) {
    throw Error(ErrorCode::not_found, "the queue does not exist").in("queue");
  }
  core.check_visible(t, who, "queues", core.in.queues, facts.ordinal, "queue", facts.id);
  return facts;
}

void add_entry(Transaction& t, const Core& core, const Principal& who, Ordinal queue, Ordinal task,
               bool front) {
  const auto end = entries(t, core, queue, !front, 1);
  const double position = end.empty() ? 0 : end.front().position + (front ? -1 : 1);
  NewRecord entry;
  entry.content.set("queue", queue)
      .set("task", task)
      .set("position", position)
      .set("added", core.now())
      .set("who", who.id);
  t.insert(core.in.queue_entries, entry);
}

void drop_entry(Transaction& t, const Core& core, Ordinal task) {
  if (const auto entry = find_entry(t, core, task))
    t.erase(core.in.queue_entries, only(entry->ordinal));
}

bool move_entry(Transaction& t, const Core& core, Ordinal task, const QueueMove& move) {
  const auto entry = find_entry(t, core, task);
  if (!entry) return false;
  switch (move.to) {
    case QueueMove::To::front:
      to_place(t, core, *entry, 0);
      break;
    case QueueMove::To::back: {
      const auto last = entries(t, core, entry->queue, true, 1);
      if (last.front().ordinal != entry->ordinal)
        set_position(t, core, entry->ordinal, last.front().position + 1);
      break;
    }
    case QueueMove::To::forward:
    case QueueMove::To::backward: {
      const std::uint64_t index = index_of(t, core, *entry);
      const bool forward = move.to == QueueMove::To::forward;
      const std::uint64_t place = forward ? index - std::min(index, move.places)
                                          : index + std::min(move.places, no_limit - index);
      if (place != index) to_place(t, core, *entry, place);
      break;
    }
    case QueueMove::To::position:
      to_place(t, core, *entry, move.places);
      break;
  }
  return true;
}

}  // namespace podium::host
