#include "notified.hpp"

#include <nlohmann/json.hpp>

#include "podium/store/store.hpp"

namespace acme {

podium::Verb::Usage NotifiedVerb::usage() const {
  Usage usage;
  usage.summary = "Lists which tasks were told to which room, newest first";
  usage.clauses = {
      {"room", podium::ClauseSpec::Kind::word, "ROOM", "only what was told to this room"},
      podium::clauses::limit()};
  usage.examples = {{"notified room ml limit 5", "what the room ml heard last"}};
  return usage;
}

podium::Answer NotifiedVerb::run(const podium::VerbCall& call) {
  const auto messages = context_.store().collection("acme.notify/messages");
  podium::Query query;
  query.collection = messages;
  query.filter = context_.access().visible(call.who(), "acme.notify/messages");
  if (call.has("room"))
    query.filter =
        podium::all_of({query.filter, podium::eq(podium::field("room"), call.text("room"))});
  query.order = {{podium::field("at"), true}};
  query.limit = static_cast<std::uint64_t>(call.number("limit").value_or(20));
  podium::AnswerTable table;
  table.column("at", podium::CellType::time).column("room").column("task", podium::CellType::id);
  table.column("name").column("who").column("text");
  for (const auto& column : table.columns)
    query.columns.push_back(value_of(podium::field(column.name)));
  context_.store().query(query, [&](const podium::Row& row) {
    std::vector<podium::Value> cells;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      cells.push_back(podium::owned(row.cell(i)));
    table.row(std::move(cells));
    return true;
  });
  return table;
}

std::vector<podium::Verb::Suggestion> NotifiedVerb::complete(const podium::Principal&,
                                                             const podium::TypedWord& typed) const {
  std::vector<Suggestion> rooms;
  if (typed.clause == "room")
    for (const auto& [room, url] : context_.config().at("rooms").items())
      rooms.push_back({room, "a room of the settings"});
  return rooms;
}

}  // namespace acme
