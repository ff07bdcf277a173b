#include "services/queues/queues.hpp"

#include <array>
#include <vector>

#include "podium/storage_kit/text.hpp"
#include "services/history/history.hpp"
#include "services/only.hpp"
#include "services/queues/entries.hpp"

namespace podium::host {
namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

void check_name(std::string_view name) {
  const std::size_t length = kit::count_code_points(name);
  if (length == 0) throw Error(ErrorCode::invalid, "a queue needs a name").in("name");
  if (length > 200)
    throw Error(ErrorCode::invalid,
                "a queue's name has at most 200 characters, this one has " + std::to_string(length))
        .in("name");
}

Error name_taken(std::string_view name) {
  return Error(ErrorCode::exists, "there is a queue named '" + std::string(name) + "' already")
      .in("name");
}

}  // namespace

void QueueService::ensure_default() {
  if (!core_.store.ids(core_.in.queues, {}, {}, {}).empty()) return;
  Principal host;
  host.id = "podium";
  host.kind = PrincipalKind::host;
  core_.store.write([&](Transaction& t) {
    if (named(t, "default") != 0) return;
    NewQueue first;
    first.name = "default";
    first.is_default = true;
    create(t, host, first);
  });
}

Ordinal QueueService::named(Transaction& t, std::string_view name) {
  Ordinal found = 0;
  t.query(core_.in.queues, KeyRange{"name", {std::string(name)}, {}, {}, false}, 1, {},
          [&](const Row& row) {
            found = row.ordinal();
            return false;
          });
  return found;
}

void QueueService::clear_default(Transaction& t, Ordinal except) {
  static const std::array columns = {value_of(field("is_default"))};
  std::vector<Ordinal> others;
  t.query(core_.in.queues, KeyRange{"name", {}, {}, {}, false}, no_limit, columns,
          [&](const Row& row) {
            if (row.ordinal() != except && cell::flag(row.cell(0))) others.push_back(row.ordinal());
            return true;
          });
  Patch patch;
  patch.set("is_default", false).set("updated", core_.now());
  if (!others.empty()) t.update(core_.in.queues, others, {}, patch);
}

Ordinal QueueService::create(Transaction& t, const Principal& who, const NewQueue& queue) {
  (void)core_.access.visible(who, "queues");
  core_.access.require(who, "queue.write");
  check_name(queue.name);
  if (named(t, queue.name) != 0) throw name_taken(queue.name);
  const std::int64_t now = core_.now();
  const std::string id = core_.ids.id();
  NewRecord record{id, {}};
  record.content.set("name", std::string(queue.name))
      .set("is_default", queue.is_default)
      .set("paused", false)
      .set("created", now)
      .set("updated", now);
  if (!queue.description.empty()) record.content.set("description", std::string(queue.description));
  for (const auto& tag : queue.tags) record.content.put("tags", tag.key, tag.text);
  const Ordinal made = t.insert(core_.in.queues, record);
  if (queue.is_default) clear_default(t, made);
  return made;
}

Ordinal QueueService::require(Transaction& t, const Principal& who, std::string_view id_or_name) {
  Ordinal queue = t.find(core_.in.queues, id_or_name);
  if (queue == 0) queue = named(t, id_or_name);
  core_.check_visible(t, who, "queues", core_.in.queues, queue, "queue", id_or_name);
  return queue;
}

void QueueService::edit(Transaction& t, const Principal& who, Ordinal queue, const Patch& patch) {
  core_.access.require(who, "queue.write");
  if (patch.body || !patch.cleared.empty())
    throw Error(ErrorCode::misuse, "a queue's edit sets fields and tags");
  const QueueFacts now = require_queue(t, core_, who, queue);
  bool default_now = false;
  for (const auto& set : patch.fields) {
    if (set.field == "name") {
      const auto* name = std::get_if<std::string>(&set.value);
      if (!name) throw Error(ErrorCode::invalid, "a queue needs a name").in("name");
      check_name(*name);
      if (const Ordinal other = named(t, *name); other != 0 && other != queue)
        throw name_taken(*name);
    } else if (set.field == "is_default") {
      default_now = set.value == Value{true};
      if (!default_now && now.is_default)
        throw Error(ErrorCode::conflict, "there must be a default queue; make another one it")
            .in("is_default");
    } else if (set.field != "description" && set.field != "paused") {
      throw Error(ErrorCode::invalid,
                  "'" + std::string(set.field) + "' of a queue cannot be edited")
          .in(std::string(set.field));
    }
  }
  if (patch.empty()) return;
  Patch all = patch;
  all.set("updated", core_.now());
  t.update(core_.in.queues, only(queue), {}, all);
  if (default_now) clear_default(t, queue);
}

void QueueService::remove(Transaction& t, const Principal& who, Ordinal queue) {
  core_.access.require(who, "queue.write");
  const QueueFacts facts = require_queue(t, core_, who, queue);
  if (facts.is_default)
    throw Error(ErrorCode::conflict,
                "'" + facts.name + "' is the default queue; make another one it first")
        .in("queue");
  if (t.query(core_.in.queue_entries, KeyRange{"order", {queue}, {}, {}, false}, 1, {},
              [](const Row&) { return true; }) != 0)
    throw Error(ErrorCode::conflict,
                "the queue '" + facts.name + "' has tasks; clear it, or delete it with force")
        .in("queue");
  t.erase(core_.in.queues, only(queue));
}

std::uint64_t QueueService::clear(Transaction& t, const Principal& who, Ordinal queue,
                                  std::uint64_t limit, std::string_view why) {
  static const std::array columns = {value_of(field("task"))};
  core_.access.require(who, "queue.write");
  const QueueFacts facts = require_queue(t, core_, who, queue);
  std::vector<Ordinal> waiting;
  t.query(core_.in.queue_entries, KeyRange{"order", {queue}, {}, {}, false}, limit, columns,
          [&](const Row& row) {
            waiting.push_back(cell::integer(row.cell(0)));
            return true;
          });
  std::vector<Tasks::Head> heads;
  for (const Ordinal task : waiting) {
    std::string id;
    t.get(core_.in.tasks, task, {}, [&](const Row& row) { id = row.id(); });
    heads.push_back(tasks_.require(t, who, id));
  }
  const std::string reason =
      why.empty() ? "the queue '" + facts.name + "' was cleared" : std::string(why);
  for (const auto& head : heads) tasks_.dequeue(t, who, head, reason);
  return heads.size();
}

void QueueService::reorder(Transaction& t, const Principal& who, const Tasks::Head& head,
                           const QueueMove& move) {
  core_.access.require(who, "queue.write");
  if (head.state != TaskState::pending)
    throw Error(ErrorCode::conflict,
                "a " + std::string(podium::name(head.state)) + " task is in no queue")
        .in("state")
        .with("{\"state\":\"" + std::string(podium::name(head.state)) + "\"}");
  if (!move_entry(t, core_, head.ordinal, move))
    throw Error(ErrorCode::conflict, "the task left the queue meanwhile").in("state");
  static constexpr std::string_view words[] = {"",        "front",    "back",
                                               "forward", "backward", "position"};
  ChangeSet changes;
  changes.add("position", Cell{}, words[static_cast<std::size_t>(move.to)]);
  if (move.to >= QueueMove::To::forward)
    changes.add("places", Cell{}, static_cast<std::int64_t>(move.places));
  write_history(t, core_, who, {Subject::Kind::task, head.ordinal}, "reorder", {}, changes.json());
}

}  // namespace podium::host
