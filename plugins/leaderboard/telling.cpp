#include "telling.hpp"

#include "difference.hpp"

namespace podium::leaderboard {
namespace {

/// Records of events that one transaction writes.
constexpr std::size_t records_at_once = 20;

}  // namespace

Telling to_tell(const Reader& reader, const Ids& ids, const Board& board, Live& live, Replica& told,
                const std::set<Ordinal>* tasks, std::int64_t now) {
  SeenSteps& seen = live.seen();
  seen.written(told.records());
  Telling out;
  out.board = board.ordinal;
  out.revision = board.revision;
  out.records = told.records();
  out.at = now;
  Difference found = difference(reader, ids, board, live, told, tasks,
                                seen.unwritten(told.records()), now, records_at_once);
  out.complete = found.complete;
  out.open = found.open;
  for (Event& e : found.events) {
    std::string body = encode(e);
    out.events.emplace_back(std::move(e), std::move(body));
  }
  return out;
}

bool still_to_tell(Transaction& t, const Ids& ids, const Telling& telling) {
  static const std::vector<Column> columns = {value_of(field("revision")),
                                              value_of(field("events"))};
  std::int64_t revision = 0, records = 0;
  t.get(ids.boards, telling.board, columns, [&](const Row& row) {
    revision = cell::integer(row.cell(0));
    records = cell::integer(row.cell(1));
  });
  return revision == telling.revision && records == telling.records;
}

void tell(Transaction& t, const Ids& ids, const Telling& telling) {
  for (const auto& [event, body] : telling.events) {
    NewRecord record;
    record.content.set("board", telling.board)
        .set("at", event.at)
        .set("kind", std::string(name(event.kind)))
        .set("revision", event.revision);
    record.content.body = body;
    t.insert(ids.events, record);
  }
  Patch touched;
  touched.set("events", telling.expected()).set("changed", telling.at);
  t.update(ids.boards, std::span<const Ordinal>(&telling.board, 1), {}, touched);
}

}  // namespace podium::leaderboard
