#include "finished.hpp"

#include <string_view>
#include <utility>

#include "podium/store/store.hpp"

namespace acme {
namespace {

constexpr const char* collection_name = "acme.notes/finished";

bool has_ended(std::string_view state) {
  return state == "completed" || state == "failed" || state == "aborted";
}

}  // namespace

podium::Collection finished_collection() {
  podium::Collection finished;
  finished.name = collection_name;
  finished.fields = {{"state", podium::Type::text}};
  finished.keys = {{"state", {"state"}, false}};
  finished.readers = "all";
  return finished;
}

// It hears which tasks changed, not what happened to them: it looks at what they are now. The same
// changes may come again after a crash, so that what it writes must bear being written twice: the
// task's id is the record's id.
FinishedListener::Work FinishedListener::handle(std::span<const podium::Change> changes,
                                                const podium::Reader& reader) {
  std::vector<podium::Ordinal> changed;
  for (const auto& change : changes)
    if (change.kind != podium::Change::Kind::erased) changed.push_back(change.ordinal);
  std::vector<Ended> ended;
  const std::vector<podium::Column> columns{value_of(podium::field("state"))};
  reader.get(context_.store().collection("tasks"), changed, columns, [&](const podium::Row& row) {
    const auto cell = row.cell(0);
    if (const auto* state = std::get_if<std::string_view>(&cell); state && has_ended(*state))
      ended.push_back({std::string(row.id()), std::string(*state)});
    return true;
  });
  return keep(std::move(ended));
}

FinishedListener::Work FinishedListener::resync(podium::Revision, const podium::Reader& reader) {
  std::vector<Ended> ended;
  podium::Query query;
  query.collection = context_.store().collection("tasks");
  query.filter =
      podium::in(podium::field("state"),
                 {std::string("completed"), std::string("failed"), std::string("aborted")});
  query.columns = {value_of(podium::field("state"))};
  reader.query(query, [&](const podium::Row& row) {
    ended.push_back({std::string(row.id()), std::string(std::get<std::string_view>(row.cell(0)))});
    return true;
  });
  return keep(std::move(ended));
}

/// Runs in the transaction that moves the listener on, so it happens exactly once.
FinishedListener::Work FinishedListener::keep(std::vector<Ended> ended) {
  if (ended.empty()) return {};
  const auto finished = context_.store().collection(collection_name);
  return [finished, ended = std::move(ended)](podium::Transaction& transaction) {
    for (const auto& task : ended) {
      podium::NewRecord record;
      record.id = task.id;
      record.content.set("state", task.state);
      const auto kept = transaction.insert_or_keep(finished, record, {});
      if (!kept.inserted) {  // it ran again, and ended otherwise
        podium::Patch patch;
        patch.set("state", task.state);
        transaction.update(finished, std::span<const podium::Ordinal>(&kept.ordinal, 1), {}, patch);
      }
    }
  };
}

}  // namespace acme
