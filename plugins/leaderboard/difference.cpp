#include "difference.hpp"

#include <algorithm>
#include <array>

namespace podium::leaderboard {
namespace {

/// Tasks of one record of events.
constexpr std::size_t tasks_a_record = 1000;

class Laying {
 public:
  Laying(const Reader& reader, const Ids& ids, const Board& board, const Live& live,
         const Replica& told, std::int64_t now, std::size_t most)
      : reader_(reader),
        ids_(ids),
        board_(board),
        live_(live),
        engine_(live.engine()),
        told_(told),
        now_(now),
        most_(most),
        anew_(told.revision() != board.revision),
        initial_(anew_ || !told.whole()) {
    defined_at_ = anew_ ? std::max(board.updated, told.last_at()) : told.defined_at();
  }

  Difference operator()(const std::set<Ordinal>* tasks) {
    if (anew_) {
      Event e = event(Event::Kind::defined);
      e.definition = board_.definition;
      out_.events.push_back(std::move(e));
    }
    if (WantedNames wanted = names_of(engine_); anew_ || wanted != told_.wanted()) {
      Event e = event(Event::Kind::datasets);
      e.wanted = std::move(wanted);
      if (!anew_) e.at = datasets_changed();
      out_.events.push_back(std::move(e));
    }
    block_ = event(Event::Kind::tasks);
    if (tasks != nullptr && !initial_)
      for (const Ordinal task : *tasks) lay(task, engine_.find(task));
    else
      everything();
    flush();
    return std::move(out_);
  }

 private:
  Event event(Event::Kind kind) const {
    Event e;
    e.at = initial_ ? defined_at_ : now_;
    e.kind = kind;
    e.revision = board_.revision;
    e.initial = initial_;
    return e;
  }

  void flush() {
    if (block_.tasks.empty() && block_.left.empty() && !block_.whole) return;
    // A record is of the first time that it tells of; what was there when the board was defined is
    // of then.
    if (!initial_) {
      std::int64_t first = now_;
      for (const LoggedTask& t : block_.tasks) first = std::min(first, t.at);
      for (const Event::Left& l : block_.left) first = std::min(first, l.at);
      block_.at = first;
    }
    out_.events.push_back(std::exchange(block_, event(Event::Kind::tasks)));
    if (out_.events.size() >= most_) out_.complete = false;
  }

  /// When a task came to be what it is: as it says, if that is news.
  std::int64_t time_of(std::int64_t updated, std::int64_t before) const {
    return updated > before && updated <= now_ ? updated : std::max(now_, before);
  }

  void lay(Ordinal task, const Entry* is) {
    const auto known = anew_ ? told_.tasks().end() : told_.tasks().find(task);
    const bool was = known != told_.tasks().end();
    if (is == nullptr && !was) return;
    if (is == nullptr) {
      static const std::array columns = {value_of(field("updated"))};
      std::int64_t updated = 0;
      reader_.get(ids_.tasks, task, columns,
                  [&](const Row& row) { updated = cell::integer(row.cell(0)); });
      const Entry& e = known->second.entry;
      block_.left.push_back({task, e.id, e.name, time_of(updated, known->second.at)});
    } else {
      LoggedTask next = logged(engine_, *is);
      if (was && same(known->second, next)) {
        out_.open = out_.open || next.entry.open;
        return;
      }
      next.entered = !was;
      if (was) next.before = known->second.entry.values;
      // One that was there already when the board was defined is of that time.
      next.at = initial_ && is->updated <= defined_at_
                    ? defined_at_
                    : time_of(is->updated, was ? known->second.at : defined_at_);
      block_.tasks.push_back(std::move(next));
    }
    if (block_.tasks.size() + block_.left.size() >= tasks_a_record) flush();
  }

  void everything() {
    // In the order of their ends, so that the first records of a long log are the oldest tasks.
    std::vector<const Entry*> all;
    for (const Candidate* c : engine_.candidates())
      for (const Entry& e : c->tasks) all.push_back(&e);
    std::sort(all.begin(), all.end(), [](const Entry* a, const Entry* b) {
      return std::pair(a->ended, a->task) < std::pair(b->ended, b->task);
    });
    for (const Entry* e : all) {
      if (!out_.complete) return;
      lay(e->task, e);
    }
    if (!anew_)
      for (const auto& [task, known] : told_.tasks()) {
        if (!out_.complete) return;
        if (engine_.find(task) == nullptr) lay(task, nullptr);
      }
    block_.whole = initial_;
  }

  /// The latest change of a data set of the board, if that is news.
  std::int64_t datasets_changed() const {
    const auto& projects = live_.reading().projects();
    std::int64_t latest = 0;
    Query q;
    q.collection = ids_.datasets;
    q.filter = in(field("project"), std::vector<Value>(projects.begin(), projects.end()));
    q.columns = {value_of(field("updated"))};
    reader_.query(q, [&](const Row& row) {
      latest = std::max(latest, cell::integer(row.cell(0)));
      return true;
    });
    return time_of(latest, std::max(told_.datasets_at(), defined_at_));
  }

  const Reader& reader_;
  const Ids& ids_;
  const Board& board_;
  const Live& live_;
  const Engine& engine_;
  const Replica& told_;
  std::int64_t now_;
  std::size_t most_;
  bool anew_, initial_;
  std::int64_t defined_at_ = 0;
  Difference out_;
  Event block_;
};

}  // namespace

Difference difference(const Reader& reader, const Ids& ids, const Board& board, const Live& live,
                      const Replica& told, const std::set<Ordinal>* tasks, std::int64_t now,
                      std::size_t most) {
  return Laying(reader, ids, board, live, told, now, most)(tasks);
}

std::vector<Event> told_so_far(Library& library, const Board& asked) {
  Board board = asked;
  const bool saved = board.ordinal != 0;
  if (!saved) {  // it is as if it had been made just now
    board.revision = 1;
    board.updated = library.clock()();
  }
  PluginContext& context = library.context();
  const Ids ids(context.store());
  std::vector<Event> out;
  const auto live =
      saved ? library.current(board) : library.make(board.project, board.definition, {});
  const std::lock_guard lock(live->mutex);
  context.store().read([&](const Reader& reader) {
    out.clear();
    Replica told(board.ordinal);
    if (saved)
      read_events(reader, ids, board.ordinal, 0, [&](Event e) {
        out.push_back(e);
        told.apply(std::move(e));
        return true;
      });
    live->catch_up(reader);
    Difference more =
        difference(reader, ids, board, *live, told, nullptr, library.clock()(), std::string::npos);
    std::move(more.events.begin(), more.events.end(), std::back_inserter(out));
  });
  return out;
}

}  // namespace podium::leaderboard
