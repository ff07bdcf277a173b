#include "notified.hpp"

#include <nlohmann/json.hpp>

#include "podium/store/store.hpp"

namespace acme {
namespace {

podium::Value value_of_cell(const podium::Cell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell)) return std::string(*text);
  if (const auto* time = std::get_if<std::int64_t>(&cell)) return *time;
  return {};
}

}  // namespace

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
      cells.push_back(value_of_cell(row.cell(i)));
    table.row(std::move(cells));
    return true;
  });
  return table;
}

std::vector<podium::Verb::Suggestion> NotifiedVerb::complete(const podium::Principal&,
                                                             std::string_view clause,
                                                             std::string_view prefix) const {
  std::vector<Suggestion> rooms;
  if (clause == "room")
    for (const auto& [room, url] : context_.config().at("rooms").items())
      if (room.starts_with(prefix)) rooms.push_back({room, "a room of the settings"});
  return rooms;
}

}  // namespace acme
