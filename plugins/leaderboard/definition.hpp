#pragma once
// What a board ranks, and how: a definition, as plain data. docs/leaderboards.md tells what the
// members mean.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podium::leaderboard {

enum class Kind : std::uint8_t { candidates = 1, teams, tasks };
enum class Mode : std::uint8_t { podium = 1, compatible };
enum class Direction : std::uint8_t { max = 1, min };
/// How the numbers of a candidate's tasks become one.
enum class Fold : std::uint8_t { mean = 1, median, best, worst, min, max, last, sum };
/// Which number of a task's series.
enum class Pick : std::uint8_t { last = 1, best, min, max, mean, first, at_step };
/// How folds of several data sets become one.
enum class Across : std::uint8_t { pooled = 1, mean };
enum class Scope : std::uint8_t { task = 1, candidate };
/// Which tasks count: those that were completed, or, of boards of tasks, every state.
enum class Counts : std::uint8_t { completed = 1, all };

/// What the data sets of a board are to the bootstrap.
enum class Drawn : std::uint8_t {
  tasks = 1,  ///< all the data there is to be good at: tasks are drawn within each data set
  datasets,   ///< examples of more such data: data sets are drawn, then tasks within these
};

std::string_view name(Kind) noexcept;
std::string_view name(Mode) noexcept;
std::string_view name(Direction) noexcept;
std::string_view name(Fold) noexcept;
std::string_view name(Pick) noexcept;
std::string_view name(Across) noexcept;
std::string_view name(Scope) noexcept;
std::string_view name(Counts) noexcept;
std::string_view name(Drawn) noexcept;

struct Metric {
  std::string name;  ///< on this board
  std::string metric, scope;
  Direction direction = Direction::max;
  Pick value = Pick::last;
  std::int64_t step = 0;  ///< of `Pick::at_step`
  Fold fold = Fold::mean;
  std::string title;
  std::optional<int> digits = {};

  bool operator==(const Metric&) const = default;
};

struct GroupBy {
  std::vector<std::string> tags, params;
  bool all_params = false;

  bool operator==(const GroupBy&) const = default;
};

struct Qualification {
  Scope scope = Scope::candidate;
  std::size_t metric = 0;  ///< into `Definition::metrics`
  std::optional<double> min = {}, max = {};

  bool operator==(const Qualification&) const = default;
};

struct DatasetChoice {
  std::string name, digest;
  double weight = 1;

  bool operator==(const DatasetChoice&) const = default;
};

/// The newest `last` data sets that have the label.
struct CoverageRule {
  std::string label;
  std::optional<std::string> value = {};
  std::int64_t last = 1;

  bool operator==(const CoverageRule&) const = default;
};

struct BoardColumn {
  enum class Source : std::uint8_t { metric = 1, tag, param };
  enum class Of : std::uint8_t { best = 1, total, mean };
  enum class Sort : std::uint8_t { parameters = 1, bytes, energy, cost, number };
  enum class Relative : std::uint8_t { none = 1, max, median, total, label };
  std::string name;
  Source source = Source::metric;
  std::string key, scope;
  Pick value = Pick::last;
  std::int64_t step = 0;
  Sort kind = Sort::number;
  Of of = Of::best;
  Direction direction = Direction::min;
  Relative relative = Relative::none;
  std::string relative_to;  ///< the label of a candidate
  std::string title;
  std::optional<int> digits = {};

  bool operator==(const BoardColumn&) const = default;
};
std::string_view name(BoardColumn::Source) noexcept;
std::string_view name(BoardColumn::Of) noexcept;
std::string_view name(BoardColumn::Sort) noexcept;

enum class TieBreak : std::uint8_t { metrics = 1, cheaper, earlier };
std::string_view name(TieBreak) noexcept;

struct Definition {
  Kind kind = Kind::candidates;
  Mode mode = Mode::podium;
  bool subprojects = false;
  Counts counts = Counts::completed;
  std::string filter;
  std::vector<Metric> metrics;  ///< the first is the primary; empty only with `order`
  GroupBy group_by;
  std::string team;                ///< of teams: key of a tag, or "" for the user
  std::vector<std::string> order;  ///< of tasks: items of the query language
  std::vector<TieBreak> tie_breaks = {TieBreak::metrics};
  std::optional<double> tie_precision = {};
  std::vector<Qualification> qualify;
  std::int64_t least_tasks = 1;
  std::vector<DatasetChoice> datasets;
  std::vector<CoverageRule> coverage;
  std::string role;
  Across across = Across::pooled;
  std::vector<BoardColumn> columns;
  std::uint64_t seed = 0;
  double confidence = 0.95;
  Drawn drawn = Drawn::tasks;

  bool asks_for_datasets() const noexcept { return !datasets.empty() || !coverage.empty(); }
  bool operator==(const Definition&) const = default;
};

}  // namespace podium::leaderboard
