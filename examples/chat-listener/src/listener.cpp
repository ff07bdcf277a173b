#include "listener.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "delivery.hpp"
#include "messages.hpp"
#include "podium/service/jobs.hpp"

namespace acme {
namespace {

struct Ended {
  std::string id, text;
};

}  // namespace

bool ChatListener::wanted(const podium::Reader& reader, podium::Ordinal project,
                          std::string& name) const {
  static const std::vector<podium::Column> columns{value_of(podium::field("name"))};
  reader.get(context_.store().collection("projects"), project, columns,
             [&](const podium::Row& row) { name = podium::cell::text(row.cell(0)); });
  return settings_.projects.empty() ||
         std::find(settings_.projects.begin(), settings_.projects.end(), name) !=
             settings_.projects.end();
}

ChatListener::Work ChatListener::handle(std::span<const podium::Change> changes,
                                        const podium::Reader& reader) {
  if (settings_.room.empty()) return {};
  std::vector<podium::Ordinal> changed;
  for (const auto& change : changes)
    if (change.kind != podium::Change::Kind::erased) changed.push_back(change.ordinal);
  static const std::vector<podium::Column> columns = [] {
    std::vector<podium::Column> out;
    for (const char* name : {"project", "name", "state", "completed", "reason"})
      out.push_back(value_of(podium::field(name)));
    return out;
  }();
  struct Found {
    podium::Ordinal project;
    std::string id, name, state, reason;
    std::int64_t completed;
  };
  std::vector<Found> found;
  reader.get(context_.store().collection("tasks"), changed, columns, [&](const podium::Row& row) {
    const std::string state = podium::cell::text(row.cell(2));
    if (state != "completed" && state != "failed") return true;
    const podium::Cell cell = row.cell(3);
    const auto* completed = std::get_if<std::int64_t>(&cell);
    found.push_back({std::get<std::int64_t>(row.cell(0)), std::string(row.id()),
                     podium::cell::text(row.cell(1)), state, podium::cell::text(row.cell(4)),
                     completed ? *completed : 0});
    return true;
  });
  std::vector<Ended> ended;
  for (const Found& task : found) {
    std::string project;
    if (!wanted(reader, task.project, project)) continue;
    // A task may end again, as one that is tried again does: the time tells the ends apart. What
    // changes of an ended task later has the same id, and makes no second message.
    ended.push_back({task.id + "/" + task.state + "/" + std::to_string(task.completed),
                     task.name + " in " + project + " has " + task.state +
                         (task.reason.empty() ? "" : ": " + task.reason)});
  }
  if (ended.empty()) return {};
  return [this, ended = std::move(ended)](podium::Transaction& transaction) {
    const auto messages = context_.store().collection(messages_name);
    for (const auto& task : ended) {
      podium::NewRecord record;
      record.id = task.id;
      record.content.set("room", settings_.room)
          .set("text", task.text)
          .set("created", now_ms())
          .set("state", std::string("waiting"));
      if (transaction.insert_or_keep(messages, record, {}).inserted)
        start_delivery(transaction, context_.jobs(), task.id);
    }
  };
}

}  // namespace acme
