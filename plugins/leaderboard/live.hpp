#pragma once
// A board's ranking, kept up with the store.
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

#include "engine.hpp"
#include "reading.hpp"
#include "seen.hpp"

namespace podium::leaderboard {

/// One thread at a time: hold `mutex`.
class Live {
 public:
  /// Reads nothing yet. `remembers`: keeps what it was seen to be, for the history.
  Live(PluginContext&, const Ids&, Ordinal project, DefinitionPtr, Filter visible, Clock,
       bool remembers);

  std::mutex mutex;
  std::atomic<bool> ready{false};    ///< it has been worked out once; without the lock
  std::atomic<std::size_t> size{0};  ///< tasks, when it was last caught up; without the lock

  /// Brings the ranking to what the reader sees (a snapshot). What changed since the last time is
  /// read, or everything the first time.
  void catch_up(const Reader&);
  const Engine& engine() const noexcept { return *engine_; }
  const Reading& reading() const noexcept { return *reading_; }
  Revision through() const noexcept { return through_; }
  SeenSteps& seen() noexcept { return seen_; }
  /// Times that everything was read, and tasks that were read: the work done.
  std::uint64_t rebuilds() const noexcept { return rebuilds_; }
  std::uint64_t tasks_read() const noexcept { return tasks_read_; }

 private:
  struct Touched {
    std::set<Ordinal> tasks;
    bool datasets = false, projects = false, all = false;
  };
  void look(const Reader&);
  void rebuild(const Reader&);
  Touched changes(const Reader&);
  void apply(const Reader&, const Touched&);
  void link(const Reader&, const DatasetName&);
  std::vector<DatasetIndex> datasets_of(Ordinal task) const;
  Wanted wanted(const Reader&);
  void want(Wanted);
  void see(const WantedNames& was);
  void see(const Reader&, const Engine& before, const Entry* was, const Entry* is);
  void see_all(const Reader&, const Engine& before);

  PluginContext& context_;
  const Ids ids_;
  Ordinal project_;
  DefinitionPtr definition_;
  Filter visible_;
  Clock now_;
  std::unique_ptr<Reading> reading_;
  std::unique_ptr<Engine> engine_;
  Revision through_ = 0;
  std::int64_t read_at_ = 0;
  const bool remembers_;
  SeenSteps seen_;
  std::int64_t looked_ = 0, looks_ = 0;  ///< when it was looked at before, and is
  /// Of the data sets that are asked for: which are known of, who read them, by which input.
  std::set<DatasetIndex> linked_;
  std::unordered_map<Ordinal, std::vector<DatasetIndex>> read_by_;
  std::unordered_map<Ordinal, Ordinal> task_of_input_;
  std::uint64_t rebuilds_ = 0, tasks_read_ = 0;
};

}  // namespace podium::leaderboard
