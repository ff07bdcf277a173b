#include "watcher.hpp"

#include <algorithm>
#include <array>

#include "podium/service/tasks.hpp"

namespace podium::leaderboard {
namespace {

bool ended_well(const Cell& state) {
  return state == Cell{std::string_view("completed")} ||
         state == Cell{std::string_view("published")};
}

}  // namespace

const Ids& Watcher::ids() const {
  if (!ids_) ids_ = std::make_unique<Ids>(library_.context().store());
  return *ids_;
}

Watcher::Heard Watcher::hear(std::span<const Change> changes, const Reader& reader) const {
  Heard out;
  std::vector<Ordinal> inputs, datasets;
  for (const Change& c : changes) {
    const bool erased = c.kind == Change::Kind::erased;
    if (c.collection == ids().boards)
      out.boards.insert(c.ordinal);
    else if (c.collection == ids().projects)
      out.projects = true;
    else if (c.collection == ids().datasets && erased)
      out.dataset_projects.insert(c.partition);
    else if (c.collection == ids().datasets)
      datasets.push_back(c.ordinal);
    else if (c.collection == ids().inputs && !erased)
      inputs.push_back(c.ordinal);
    else if (c.collection == ids().inputs)
      continue;  // it went with its task or its data set, which is told, too
    else if (erased)
      out.erased.emplace(c.ordinal, c.partition);
    else
      out.tasks.insert(c.ordinal);
  }
  static const std::array place = {value_of(field("project"))};
  if (!datasets.empty())
    reader.get(ids().datasets, datasets, place, [&](const Row& row) {
      out.dataset_projects.insert(cell::integer(row.cell(0)));
      return true;
    });
  static const std::array columns = {value_of(field("task"))};
  if (!inputs.empty())
    reader.get(ids().inputs, inputs, columns, [&](const Row& row) {
      out.tasks.insert(cell::integer(row.cell(0)));
      return true;
    });
  return out;
}

void Watcher::read_boards(const Reader& reader, std::optional<std::vector<Ordinal>> some) {
  std::set<Ordinal> gone;
  if (some) gone.insert(some->begin(), some->end());
  const auto take = [&](const Row& row) {
    Board board = board_of(row);
    gone.erase(board.ordinal);
    Watched& w = boards_[board.ordinal];
    if (!w.told) w.told = library_.told(board.ordinal);
    if (w.board.ordinal == 0 || w.board.revision != board.revision) {
      w.behind = true;
      w.projects = projects_of(reader, ids(), board.project, board.definition->subprojects);
    }
    w.board = std::move(board);
    return true;
  };
  if (some) {
    reader.get(ids().boards, *some, board_columns(), take);
    for (const Ordinal o : gone) {
      boards_.erase(o);
      library_.forget(o);
    }
    return;
  }
  boards_.clear();
  Query q;
  q.collection = ids().boards;
  q.columns = board_columns();
  reader.query(q, take);
}

void Watcher::refresh(const Reader& reader, const Heard& heard) {
  if (!read_) {
    read_boards(reader, std::nullopt);
    read_ = true;
  } else if (!heard.boards.empty()) {
    read_boards(reader, std::vector<Ordinal>(heard.boards.begin(), heard.boards.end()));
  }
  for (auto& [ordinal, w] : boards_) {
    if (heard.projects) {
      auto projects = projects_of(reader, ids(), w.board.project, w.board.definition->subprojects);
      if (projects != w.projects) {
        w.projects = std::move(projects);
        w.behind = true;
      }
    }
    if (w.board.definition->asks_for_datasets() &&
        std::any_of(heard.dataset_projects.begin(), heard.dataset_projects.end(), [&](Ordinal p) {
          return std::binary_search(w.projects.begin(), w.projects.end(), p);
        }))
      w.behind = true;
  }
}

/// The boards that may be another, and by which tasks.
std::map<Ordinal, std::set<Ordinal>> Watcher::concerned(const Reader& reader, const Heard& heard) {
  std::map<Ordinal, std::set<Ordinal>> out;
  for (const auto& [ordinal, w] : boards_)
    if (w.behind || w.expected) out[ordinal];
  if (boards_.empty()) return out;
  const auto concern = [&](Ordinal task, Ordinal project, bool counts) {
    for (auto& [ordinal, w] : boards_) {
      if (w.behind) continue;
      const std::lock_guard lock(w.told->mutex);
      const bool told = w.told->replica.tasks().contains(task);
      const bool here = std::binary_search(w.projects.begin(), w.projects.end(), project) &&
                        (counts || w.board.definition->counts == Counts::all);
      if (told || here) out[ordinal].insert(task);
    }
  };
  static const std::array columns = {value_of(field("project")), value_of(field("state"))};
  const std::vector<Ordinal> tasks(heard.tasks.begin(), heard.tasks.end());
  if (!tasks.empty())
    reader.get(ids().tasks, tasks, columns, [&](const Row& row) {
      concern(row.ordinal(), cell::integer(row.cell(0)), ended_well(row.cell(1)));
      return true;
    });
  for (const auto& [task, project] : heard.erased) concern(task, project, true);
  return out;
}

std::optional<Telling> Watcher::look(const Reader& reader, Watched& w,
                                     const std::set<Ordinal>& tasks) {
  const auto live = library_.current(w.board);
  const std::lock_guard lock(live->mutex);
  live->catch_up(reader);
  const std::lock_guard hold(w.told->mutex);
  Replica& told = w.told->replica;
  told.catch_up(reader, ids());
  if (w.expected && *w.expected != told.records()) w.behind = true;  // it was not written
  w.expected.reset();
  Telling telling =
      to_tell(reader, ids(), w.board, *live, told, w.behind ? nullptr : &tasks, library_.clock()());
  live->seen().given(telling.expected());
  w.behind = !telling.complete;
  // What came and went before it was heard leaves no difference when nobody saw it; the board is
  // touched all the same.
  if (telling.events.empty() && !telling.open && tasks.empty()) return std::nullopt;
  w.expected = telling.expected();
  return telling;
}

Listener::Work Watcher::work(std::vector<Telling> all) const {
  if (all.empty()) return {};
  return [ids = ids(), all = std::move(all)](Transaction& t) {
    // One that was edited or erased meanwhile is told of again.
    for (const Telling& telling : all)
      if (still_to_tell(t, ids, telling)) tell(t, ids, telling);
  };
}

Listener::Work Watcher::handle(std::span<const Change> changes, const Reader&) {
  std::vector<Telling> all;
  library_.context().store().read([&](const Reader& reader) {
    all.clear();
    const Heard heard = hear(changes, reader);
    refresh(reader, heard);
    for (const auto& [ordinal, tasks] : concerned(reader, heard)) {
      Watched& w = boards_.at(ordinal);
      try {
        if (auto telling = look(reader, w, tasks)) all.push_back(std::move(*telling));
      } catch (const Error& e) {
        // A filter that cannot be read any more (a project that it names is gone) stops its own
        // board only.
        if (e.code() != ErrorCode::invalid && e.code() != ErrorCode::not_found) throw;
        w.behind = true;
        library_.context().log(LogLevel::warning,
                               "the board " + w.board.id + " cannot be worked out: " + e.what());
      }
    }
  });
  return work(std::move(all));
}

Listener::Work Watcher::resync(Revision, const Reader& reader) {
  read_ = false;
  boards_.clear();
  return handle({}, reader);
}

}  // namespace podium::leaderboard
