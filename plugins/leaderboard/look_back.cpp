// The board as it was.
#include <algorithm>
#include <set>

#include "desk.hpp"
#include "difference.hpp"
#include "log.hpp"

namespace podium::leaderboard {

std::vector<Ordinal> visible_of(const Reader& reader, const Ids& ids, std::vector<Ordinal> tasks,
                                const Filter& visible) {
  constexpr std::size_t slice = 1000;
  std::vector<Ordinal> out;
  for (std::size_t at = 0; at < tasks.size(); at += slice) {
    const auto end =
        tasks.begin() + static_cast<std::ptrdiff_t>(std::min(at + slice, tasks.size()));
    const auto part = reader.ids(
        ids.tasks,
        all_of({in(record_ordinal(),
                   std::vector<Value>(tasks.begin() + static_cast<std::ptrdiff_t>(at), end)),
                visible}),
        {});
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

void look_back(PluginContext& context, Library& library, const Board& board, const Filter& visible,
               std::int64_t at, FunctionRef<void(const Ranking&)> show) {
  const bool all = visible.op == Filter::Op::all;
  const Ids ids(context.store());
  Replica replica(board.ordinal);
  if (board.ordinal != 0)
    for (Event& e : told_so_far(library, board)) replica.apply(std::move(e), at);
  std::vector<Ordinal> seen;
  if (!all && replica.whole()) {
    std::vector<Ordinal> tasks;
    for (const auto& [ordinal, task] : replica.tasks()) tasks.push_back(ordinal);
    seen = visible_of(context.store(), ids, std::move(tasks), visible);
  }
  if (replica.whole()) {
    auto engine = replica.engine(context);
    if (!all) {
      const std::set<Ordinal> allowed(seen.begin(), seen.end());
      for (const auto& [ordinal, task] : replica.tasks())
        if (!allowed.contains(ordinal)) engine->remove(ordinal);
    }
    show({*engine, false, false, at, replica.revision()});
    return;
  }
  const auto live = all && board.ordinal != 0
                        ? library.current(board)
                        : library.make(board.project, board.definition, visible);
  std::unique_ptr<Engine> engine;
  {
    const std::lock_guard lock(live->mutex);
    context.store().read([&](const Reader& reader) { live->catch_up(reader); });
    const Engine& now = live->engine();
    engine = empty_engine(context, board.definition);
    engine->want(wanted_of(*engine, names_of(now)));
    std::vector<Entry> entries;
    for (const Candidate* c : now.candidates())
      for (const Entry& e : c->tasks)
        if (e.ended <= at) entries.push_back(entry_of(*engine, logged(now, e)));
    engine->load(std::move(entries));
  }
  show({*engine, false, true, at, board.revision});
}

}  // namespace podium::leaderboard
