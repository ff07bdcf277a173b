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
         const Replica& told, std::span<const Seen> seen, std::int64_t now, std::size_t most)
      : reader_(reader),
        ids_(ids),
        board_(board),
        live_(live),
        engine_(live.engine()),
        told_(told),
        seen_(seen),
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
    told_wanted_ = told_.wanted();
    tell_wanted();
    block_ = event(Event::Kind::tasks);
    for (const Seen& step : seen_)
      if (step.task != 0) tell_seen(step);
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

  void flush_when_full() {
    if (block_.tasks.size() + block_.left.size() >= tasks_a_record) flush();
  }

  /// When something came to be what it is: as it says, if that is news. It was seen after `low`
  /// (when that is known) and by `high`.
  static std::int64_t time_of(std::int64_t updated, std::int64_t before, std::int64_t low,
                              std::int64_t high) {
    std::int64_t at = updated > before && updated <= high ? updated : high;
    if (low != 0) at = std::max(at, std::min(low + 1, high));
    return std::max(at, before);
  }

  void tell_datasets(WantedNames wanted, std::int64_t low, std::int64_t high, bool at_once) {
    if (wanted == told_wanted_ && !at_once) return;
    Event e = event(Event::Kind::datasets);
    e.wanted = told_wanted_ = std::move(wanted);
    if (!at_once) {
      const std::int64_t before = std::max({told_.datasets_at(), defined_at_, datasets_told_at_});
      e.at = datasets_told_at_ = time_of(datasets_changed(), before, low, high);
      e.initial = false;
    }
    out_.events.push_back(std::move(e));
  }

  /// What had to be covered: as it was seen to be in between, as it is.
  void tell_wanted() {
    bool at_once = anew_;
    for (const Seen& step : seen_) {
      if (step.task != 0) continue;
      tell_datasets(step.wanted_was, 0, step.before, std::exchange(at_once, false));
      tell_datasets(step.wanted, step.before, step.at, false);
    }
    tell_datasets(names_of(engine_), 0, now_, at_once);
  }

  /// What was told of a task, by the log or by now.
  const LoggedTask* known(Ordinal task) const {
    if (const auto by_now = by_now_.find(task); by_now != by_now_.end())
      return by_now->second ? &*by_now->second : nullptr;
    if (anew_) return nullptr;
    const auto known = told_.tasks().find(task);
    return known == told_.tasks().end() ? nullptr : &known->second;
  }

  void tell_seen(const Seen& step) {
    by_now_[step.task] = lay(step.task, step.was, step.was_updated, 0, step.before);
    by_now_[step.task] = lay(step.task, step.is, step.updated, step.before, step.at);
  }

  /// What a task is (nothing: not on the board), since it was updated; as it is then told.
  std::optional<LoggedTask> lay(Ordinal task, std::optional<LoggedTask> is, std::int64_t updated,
                                std::int64_t low, std::int64_t high) {
    const LoggedTask* const was = known(task);
    if (!is) {
      if (was == nullptr) return std::nullopt;
      left_[task] = time_of(updated, was->at, low, high);
      block_.left.push_back({task, was->entry.id, was->entry.name, left_[task]});
      flush_when_full();
      return std::nullopt;
    }
    if (was != nullptr && same(*was, *is)) {
      out_.open = out_.open || is->entry.open;
      return *was;
    }
    const auto left = left_.find(task);
    if (left != left_.end()) flush();  // within a record what left comes last
    is->entered = was == nullptr;
    if (was != nullptr) is->before = was->entry.values;
    const std::int64_t before = was != nullptr        ? was->at
                                : left != left_.end() ? left->second
                                                      : defined_at_;
    // One that was there already when the board was defined is of that time.
    is->at = initial_ && low == 0 && left == left_.end() && updated <= defined_at_
                 ? defined_at_
                 : time_of(updated, before, low, high);
    block_.tasks.push_back(*is);
    flush_when_full();
    return is;
  }

  /// As it is now.
  void lay(Ordinal task, const Entry* is) {
    if (is != nullptr) {
      lay(task, logged(engine_, *is), is->updated, 0, now_);
      return;
    }
    if (known(task) == nullptr) return;
    static const std::array columns = {value_of(field("updated"))};
    std::int64_t updated = 0;
    reader_.get(ids_.tasks, task, columns,
                [&](const Row& row) { updated = cell::integer(row.cell(0)); });
    lay(task, std::nullopt, updated, 0, now_);
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
        if (!engine_.has(task)) lay(task, nullptr);
      }
    block_.whole = initial_;
  }

  /// The latest change of a data set of the board.
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
    return latest;
  }

  const Reader& reader_;
  const Ids& ids_;
  const Board& board_;
  const Live& live_;
  const Engine& engine_;
  const Replica& told_;
  std::span<const Seen> seen_;
  std::int64_t now_;
  std::size_t most_;
  bool anew_, initial_;
  std::int64_t defined_at_ = 0;
  // What this tells, beside what the log has told.
  WantedNames told_wanted_;
  std::int64_t datasets_told_at_ = 0;
  std::map<Ordinal, std::optional<LoggedTask>> by_now_;
  std::map<Ordinal, std::int64_t> left_;
  Difference out_;
  Event block_;
};

}  // namespace

Difference difference(const Reader& reader, const Ids& ids, const Board& board, const Live& live,
                      const Replica& told, const std::set<Ordinal>* tasks,
                      std::span<const Seen> seen, std::int64_t now, std::size_t most) {
  return Laying(reader, ids, board, live, told, seen, now, most)(tasks);
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
        difference(reader, ids, board, *live, told, nullptr, live->seen().unwritten(told.records()),
                   library.clock()(), std::string::npos);
    std::move(more.events.begin(), more.events.end(), std::back_inserter(out));
  });
  return out;
}

}  // namespace podium::leaderboard
