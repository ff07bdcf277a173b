#pragma once
// Tasks of the store as entries of a board: which count, what is read of them.
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "board.hpp"
#include "engine.hpp"
#include "podium/function.hpp"
#include "podium/plugin.hpp"

namespace podium::leaderboard {

/// The projects of a board, ascending.
std::vector<Ordinal> projects_of(const Reader&, const Ids&, Ordinal project, bool subprojects);

/// A board's question, understood. Throws `invalid` for a filter or an order that cannot be read
/// (field "definition.filter", "definition.order"). Thread-safe.
class Reading {
 public:
  /// `visible`: what of the tasks whoever asks may see.
  Reading(const PluginContext&, const Ids&, DefinitionPtr, Filter visible,
          std::vector<Ordinal> projects);

  const Definition& definition() const noexcept { return *definition_; }
  const std::vector<Ordinal>& projects() const noexcept { return projects_; }
  const Order& order() const noexcept { return order_; }
  /// The filter names an age or now: what matches changes as time passes.
  bool moves() const noexcept { return moves_; }

  /// Gives the entries of all tasks that count, or of those of `tasks` that do. Their data sets are
  /// not filled in.
  void read(const Reader&, std::optional<std::span<const Ordinal>> tasks,
            FunctionRef<void(Entry&&)>) const;
  /// What must be covered now. `index` numbers the data sets.
  Wanted wanted(const Reader&, const std::function<DatasetIndex(const DatasetName&)>& index) const;
  /// Calls for each task that read one of the data sets in the board's role: the input, the task.
  void readers(const Reader&, const DatasetName&,
               const std::function<void(Ordinal input, Ordinal task)>&) const;
  /// The names of what a task read in the board's role.
  std::vector<DatasetName> datasets_of(const Reader&, Ordinal task) const;

 private:
  void plan();
  std::size_t add(Column);
  void key_of(const Row&, std::string&) const;
  Number pick(const Reader&, const Row&, const std::vector<std::size_t>& cells,
              const std::string& key, const std::string& scope, Pick, std::int64_t step) const;

  const Ids ids_;
  DefinitionPtr definition_;
  std::vector<Ordinal> projects_;
  Filter filter_;  ///< all but which tasks
  Order order_;
  bool moves_ = false;
  std::vector<Column> columns_;
  std::vector<std::vector<std::size_t>> values_, beside_;  ///< cells of metrics, of columns
  std::vector<std::size_t> group_;                         ///< of tags, then params
  std::vector<std::size_t> order_cells_;
  std::size_t all_params_ = 0, team_ = 0;
};

}  // namespace podium::leaderboard
