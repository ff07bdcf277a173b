#pragma once
// The listener that keeps what happens to boards.
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "library.hpp"
#include "podium/extension/listener.hpp"
#include "telling.hpp"

namespace podium::leaderboard {

/// Lays each board that may be another beside what was told of it, and writes the difference as
/// events, in the transaction that moves this listener on. So an event is told once, whatever is
/// repeated, also by other hosts and after a restart. The board's record is touched with it: who
/// listens to boards hears of that.
class Watcher final : public Listener {
 public:
  explicit Watcher(Library& library) : Listener("leaderboard"), library_(library) {}
  std::vector<std::string> collections() const override {
    return {"tasks", "projects", "datasets", "inputs", "leaderboard/boards"};
  }
  Work handle(std::span<const Change>, const Reader&) override;
  Work resync(Revision, const Reader&) override;
  Pace pace() const override { return {std::chrono::milliseconds(10), 1000}; }

 private:
  struct Watched {
    Board board;
    std::vector<Ordinal> projects;  ///< ascending
    std::shared_ptr<Library::Told> told;
    bool behind = true;  ///< all of it is to be laid side by side
    /// How many records there are if what was last to be written has been.
    std::optional<std::int64_t> expected = {};
  };
  struct Heard {
    std::set<Ordinal> tasks;             ///< that changed
    std::map<Ordinal, Ordinal> erased;   ///< task, and its project
    std::set<Ordinal> dataset_projects;  ///< where data sets changed
    bool projects = false;
    std::set<Ordinal> boards;
  };
  Heard hear(std::span<const Change>, const Reader&) const;
  void refresh(const Reader&, const Heard&);
  void read_boards(const Reader&, std::optional<std::vector<Ordinal>>);
  std::map<Ordinal, std::set<Ordinal>> concerned(const Reader&, const Heard&);
  std::optional<Telling> look(const Reader&, Watched&, const std::set<Ordinal>& tasks);
  Work work(std::vector<Telling>) const;
  const Ids& ids() const;

  Library& library_;
  mutable std::unique_ptr<Ids> ids_;
  bool read_ = false;
  std::map<Ordinal, Watched> boards_;
};

}  // namespace podium::leaderboard
