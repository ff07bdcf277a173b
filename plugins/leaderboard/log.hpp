#pragma once
// What happened to a board, as it is kept: events, and the board played back from them.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "library.hpp"
#include "logged.hpp"

namespace podium::leaderboard {

struct Ranking;

/// One record of "leaderboard/events".
struct Event {
  enum class Kind : std::uint8_t {
    defined = 1,  ///< the board is another from now on, and begins without tasks
    datasets,     ///< what must be covered
    tasks,        ///< that entered, changed or left
  };
  struct Left {
    Ordinal task = 0;
    std::string id, name;
    std::int64_t at = 0;
  };
  Ordinal ordinal = 0;
  std::int64_t at = 0;  ///< of the first thing that it tells
  Kind kind = Kind::tasks;
  std::int64_t revision = 0;
  DefinitionPtr definition;  ///< of `defined`
  WantedNames wanted;        ///< of `datasets`
  std::vector<LoggedTask> tasks;
  std::vector<Left> left;
  /// All is told that was there when the board was defined: from here on the log is the board.
  bool whole = false;
  bool initial = false;  ///< of the tasks that were there when the board was defined
};
std::string_view name(Event::Kind) noexcept;
std::string encode(const Event&);  ///< the body of its record
/// Kinds that are not known read as empty `tasks`.
Event decode(const Row&);  ///< a row of `event_columns()`
const std::vector<Column>& event_columns();

/// Gives the events of a board behind `after`, in their order. The sink returns false to stop.
void read_events(const Reader&, const Ids&, Ordinal board, Ordinal after,
                 const std::function<bool(Event)>&);

/// What the log has told of a board by now: tasks by ordinal.
class Replica {
 public:
  explicit Replica(Ordinal board) : board_(board) {}
  void catch_up(const Reader&, const Ids&);
  /// What it tells of later times than `until` is passed over.
  void apply(Event, std::int64_t until = std::numeric_limits<std::int64_t>::max());

  std::int64_t revision() const noexcept { return revision_; }  ///< 0: nothing was told yet
  const DefinitionPtr& definition() const noexcept { return definition_; }
  const WantedNames& wanted() const noexcept { return wanted_; }
  const std::map<Ordinal, LoggedTask>& tasks() const noexcept { return tasks_; }
  bool whole() const noexcept { return whole_; }
  /// The latest time that anything was told of; of the definition; of the data sets.
  std::int64_t last_at() const noexcept { return last_at_; }
  std::int64_t defined_at() const noexcept { return defined_at_; }
  std::int64_t datasets_at() const noexcept { return datasets_at_; }
  std::int64_t records() const noexcept { return records_; }

  /// The board, as told.
  std::unique_ptr<Engine> engine(PluginContext&) const;

 private:
  Ordinal board_, seen_ = 0;
  std::int64_t revision_ = 0, last_at_ = 0, defined_at_ = 0, datasets_at_ = 0, records_ = 0;
  DefinitionPtr definition_;
  WantedNames wanted_;
  std::map<Ordinal, LoggedTask> tasks_;
  bool whole_ = false;
};

/// An engine for the order that a definition says, empty.
std::unique_ptr<Engine> empty_engine(PluginContext&, const DefinitionPtr&);

/// Shows the board as it was at a moment, of the tasks that are visible: played back, or where
/// nothing was kept worked out from the tasks that are there and when they ended.
void look_back(PluginContext&, Library&, const Board&, const Filter& visible, std::int64_t at,
               FunctionRef<void(const Ranking&)>);
/// Those of the tasks that exist and match.
std::vector<Ordinal> visible_of(const Reader&, const Ids&, std::vector<Ordinal> tasks,
                                const Filter&);

}  // namespace podium::leaderboard
