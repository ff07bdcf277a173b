#pragma once
// The ranking of one board, in memory: tasks come and go, each touches its own candidate only.
// Knows no host.
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "definition.hpp"
#include "key.hpp"
#include "places.hpp"
#include "podium/storage_kit/values.hpp"
#include "podium/store/filter.hpp"

namespace podium::leaderboard {

/// A value that may be missing, or NaN. Neither counts.
struct Number {
  double value = 0;
  bool there = false;

  Number() = default;
  Number(double v) : value(v), there(true) {}  // NOLINT: implicit, as optional is
  bool counts() const noexcept { return there && !std::isnan(value); }
  /// NaN equals NaN: whether something changed.
  bool same(const Number& o) const noexcept {
    return there == o.there &&
           (!there || value == o.value || (std::isnan(value) && std::isnan(o.value)));
  }
};

/// A data set, by the engine's own count from 0.
using DatasetIndex = std::uint32_t;
struct DatasetName {
  std::string name, digest;
  auto operator<=>(const DatasetName&) const = default;
};

/// A completed task of the board.
struct Entry {
  Ordinal task = 0;
  std::string id, name;
  std::int64_t started = 0, ended = 0;
  std::int64_t updated = 0;            ///< the last change of anything but points
  bool open = false;                   ///< it has not ended: only where every state counts
  Key key;                             ///< what its candidate has in common
  std::vector<Number> values;          ///< of `Definition::metrics`
  std::vector<Number> columns;         ///< of `Definition::columns`
  std::vector<DatasetIndex> datasets;  ///< that it read in the board's role; ascending
  std::vector<kit::SortKey> order;     ///< of `Definition::order`
};

/// Which data sets a candidate must have been run on, now.
struct Wanted {
  struct Rule {
    std::string label;  ///< as people read it: "prod" or "prod=eu"
    std::size_t last = 1;
    std::vector<DatasetIndex> datasets;  ///< ascending; fewer than `last` when there are no more
  };
  std::vector<DatasetIndex> listed;  ///< in the order of `Definition::datasets`
  std::vector<double> weights;       ///< of `listed`
  std::vector<Rule> rules;           ///< of `Definition::coverage`
  /// Of `listed` and `rules`: live ones on which some task of any project was completed. Ascending.
  /// The compatible mode looks at these only.
  std::vector<DatasetIndex> effective;

  /// `listed` and `rules`, ascending, each once.
  std::vector<DatasetIndex> all() const;
  bool operator==(const Wanted&) const;
};

/// What became of a candidate's tasks.
struct Folded {
  std::vector<Number> values;  ///< of `Definition::metrics`
  std::vector<Number>
      spread;  ///< sample standard deviation over the tasks that count; missing below two
  std::vector<Number> columns;             ///< of `Definition::columns`
  std::vector<std::size_t> counted;        ///< positions in the candidate's tasks, ascending
  std::vector<DatasetIndex> covered;       ///< of the wanted data sets, ascending
  std::vector<std::size_t> rules_covered;  ///< of each rule, how many
  bool qualified = true;
  std::vector<std::string> reasons;  ///< why not, one sentence each
  std::int64_t first =
      std::numeric_limits<std::int64_t>::max();  ///< end of the first task that counts
  Ordinal first_task = 0;
  std::size_t best = npos;  ///< position of the task with the best primary value, among `counted`
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

struct Candidate {
  std::string id;  ///< of its key
  std::string key;
  std::vector<Entry> tasks;  ///< by (started, task)
  Folded folded;
};

/// What the bootstrap takes of one candidate: values of the primary metric that count, by data set
/// (of the wanted ones; a board that wants none has one group). Each group has one value at least.
struct Samples {
  std::vector<std::vector<double>> groups;
  std::vector<double> weights;  ///< of the groups; all 1 when pooled
  /// Of the groups: places of their tasks in the order of their starts. Empty: later groups are
  /// later.
  std::vector<std::vector<std::int64_t>> ages = {};

  bool operator==(const Samples&) const = default;
};

class Engine {
 public:
  /// `order`: of `Definition::order`, whose directions count.
  explicit Engine(std::shared_ptr<const Definition>, Order order = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const Definition& definition() const noexcept { return *definition_; }

  DatasetIndex dataset(const DatasetName&);  ///< known from now on
  const DatasetName& dataset(DatasetIndex i) const { return datasets_[i]; }

  /// Many tasks at once, into an empty engine.
  void load(std::vector<Entry>);
  /// The same one by one: nothing is ranked until it is `filled`.
  void fill(Entry&&);
  void filled();
  /// A task enters, or is another than before. Touches its candidate (and that where it was).
  void put(Entry);
  /// False when it was not there.
  bool remove(Ordinal task);
  const Entry* find(Ordinal task) const;
  bool has(Ordinal task) const noexcept { return where_.find(task) != nullptr; }
  /// Folds all candidates anew when it is another than before.
  bool want(Wanted);
  const Wanted& wanted() const noexcept { return wanted_; }

  std::size_t tasks() const noexcept { return where_.size(); }
  /// All candidates: those who qualify first, each part in the board's order.
  std::span<const Candidate* const> candidates() const noexcept { return order_; }
  std::size_t ranked() const noexcept { return ranked_; }  ///< how many qualify
  /// The printed rank of one who qualifies, from 1.
  std::size_t rank(std::size_t position) const;
  const Candidate* candidate(std::string_view id) const;
  /// Where a candidate stands in `candidates()`.
  std::size_t position(const Candidate&) const;

  Samples samples(const Candidate&) const;
  /// A value (by the name of a metric) or a column of a candidate; missing for another name.
  Number value(const Candidate&, std::string_view name) const;
  /// 100 x / ref of a column, where it is `relative`.
  Number relative(const Candidate&, std::size_t column) const;

  /// Another number whenever something may have changed.
  std::uint64_t generation() const noexcept { return generation_; }
  /// How many tasks were folded since the engine was made: the work done.
  std::uint64_t folded() const noexcept { return folded_; }

 private:
  void fold(Candidate&);
  Candidate& home(const Key&);
  void place(const Candidate&);
  void displace(const Candidate&);
  void sort();
  /// <0 when `a` comes before `b`; `printed`: 0 for those who share a rank.
  int compare(const Candidate& a, const Candidate& b, bool printed) const;
  int compare_values(const Candidate& a, const Candidate& b) const;

  std::shared_ptr<const Definition> definition_;
  Order order_keys_;  ///< directions of `Definition::order`
  Wanted wanted_;
  std::vector<DatasetIndex> wanted_all_;
  std::vector<double> weights_;  ///< of `wanted_all_`
  std::vector<DatasetName> datasets_;
  std::map<DatasetName, DatasetIndex> dataset_of_;
  std::unordered_map<std::string, std::unique_ptr<Candidate>> by_key_;
  std::unordered_map<std::string, Candidate*> by_id_;
  Places<Candidate> where_;
  /// While it is filled: of keys that are shared.
  std::unordered_map<const std::string*, Candidate*> filling_;
  std::vector<const Candidate*> order_;
  std::size_t ranked_ = 0;
  std::uint64_t generation_ = 1, folded_ = 0;
  mutable std::vector<double> references_;  ///< of relative columns, as of
  mutable std::uint64_t references_of_ = 0;
};

// What stands beside: plugins/leaderboard/compatible and plugins/leaderboard/trust, pure functions.

namespace compatible {

/// Fills in what OptScale makes of one candidate (leaderboards.md 1.3, steps 4 to 7 and 9):
/// `values`, `counted`, `covered` (its qualification), `rules_covered`, `qualified`, `reasons`.
/// `tasks` are by (started, task). The folds that OptScale has are mean, last, max and sum; the
/// others as podium folds them.
Folded fold(const Definition&, const Wanted&, std::span<const Entry> tasks);
/// Step 8: <0 when `a` comes before `b`; 0 when OptScale leaves it open. Candidates without a
/// primary value last.
int compare(const Definition&, const Folded& a, const Folded& b);
/// Step 10: the best primary value, as the list of boards shows it. `candidates` are folded.
/// Missing when there is none, and, as OptScale has it, when it is 0.
Number best(const Definition&, const Wanted&, std::span<const Candidate* const> candidates);

}  // namespace compatible

/// One number of several, none of them NaN; missing of none. `last` is the last of them.
Number fold_values(Fold, Direction, std::span<const double>);

/// What can be said of the ranked candidates together.
struct TrustQuestion {
  std::vector<Samples> candidates;  ///< of the ranked ones, in the board's order
  Direction direction = Direction::max;
  Fold fold = Fold::mean;
  std::uint64_t seed = 0;
  double confidence = 0.95;
  std::size_t replicates = 2000;
  unsigned threads = 1;  ///< the answer does not depend on it
  /// pooled: the fold of all values of a candidate; mean: the mean of the groups' folds by
  /// `weights`.
  Across across = Across::pooled;
  Drawn drawn = Drawn::tasks;
};
struct CandidateTrust {
  std::size_t n = 0;
  Number mean, spread, low, high;  ///< of the primary value
  /// 1 is best. 0, as is `group`, when nothing tells how much a score varies.
  std::size_t rank_low = 0, rank_high = 0;
  double first = 0;       ///< probability to be first; equals share it
  std::size_t group = 1;  ///< those of one group cannot be told apart from its leader
  Number error;           ///< standard error of `mean`
  double expected_rank = 0;
  std::string letter;  ///< of the group: "a", ... "z", "aa"
  double p = 1;        ///< of being as good as the board's leader, Holm-adjusted
  /// Ranks and group are worked out with the spread of the others, since it has none of its own.
  bool borrowed = false;
  enum class Method : std::uint8_t { none = 1, student, bootstrap } method = Method::none;
  std::string why;  ///< in words: why there is no interval, or what to think of it; else ""
};
std::vector<CandidateTrust> trust(const TrustQuestion&);

struct ParetoQuestion {
  std::vector<std::vector<double>> points;  ///< each as many as directions
  std::vector<Direction> directions;
};
struct ParetoAnswer {
  std::vector<std::size_t> front;  ///< of each point, from 1; 0: a number of it is NaN
  std::size_t knee = static_cast<std::size_t>(-1);  ///< of the first front, if it has one
};
ParetoAnswer pareto(const ParetoQuestion&);

}  // namespace podium::leaderboard
