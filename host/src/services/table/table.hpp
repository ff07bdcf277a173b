#pragma once
// The task table's question: what a page, a notebook or a command asks of tasks, as data; made
// ready for the store, and answered row by row.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "podium/query.hpp"
#include "podium/service/projects.hpp"
#include "podium/service/tasks.hpp"
#include "services/core.hpp"

namespace podium::host {

class EntityVocabulary;

/// Whose tasks: of one project, of it and all below it in the hierarchy, of all projects.
enum class TableScope : std::uint8_t { project = 1, subprojects, all };

/// Which tasks by their flag. `by_filter` is `no`, unless a filter asks about `archived` itself.
enum class TableArchived : std::uint8_t { by_filter = 0, no, yes, both };

/// The value is one of `values`, or with `exclude` none of them; monostate is "no value". Without
/// it among the excluded, what is missing stays. A double NaN is that value itself.
struct ValueSet {
  std::vector<Value> values;
  bool exclude = false;
};
/// Both ends included, monostate is open. Numbers; of times also dates and ages as texts (a date
/// alone as the upper end is its last millisecond); of durations also '2h'. False for what is
/// missing.
struct ValueRange {
  Value from, to;
};
/// Words of a map: (any, or with `all` each, of `include`) and none of `exclude`; nothing to
/// include is no condition. nullopt is "no word at all".
struct TagSet {
  bool all = false;
  std::vector<std::optional<std::string>> include, exclude;
};

/// What a column's filter menu says. It lowers to the same tree as the text of the language.
struct ColumnFilter {
  using Values = ValueSet;
  using Range = ValueRange;
  using Tags = TagSet;
  std::string column;  ///< a name of the query language; for Tags the map's
  std::variant<Values, Range, Tags> condition;
};

struct TableQuestion {
  std::optional<std::string> project;  ///< an id, or else a name
  std::optional<TableScope> scope;     ///< absent: `project` when one is named, else `all`
  TableArchived archived = TableArchived::by_filter;
  std::string filter;  ///< text of the query language
  std::vector<QueryLanguage::Binding> bindings;
  std::vector<ColumnFilter> filters;  ///< ANDed, also with `filter`
  std::string search;  ///< found in name or description without regard to case, or the whole id
  /// "NAME [ASC|DESC]"; beside the language's names also `project.name`, `parent.name`,
  /// `queue.name`. What is missing comes last both ways.
  std::vector<std::string> order;
  /// Names of the query language, `params`, `tags`, `metrics` and other maps as a whole, and
  /// `project.name` and the like.
  std::vector<std::string> columns;
};

/// One column of the answer.
struct TableColumn {
  enum class Shows : std::uint8_t { value = 1, map, series, id_of, name_of };
  std::string name;  ///< as it was asked for
  Column column;
  Shows shows = Shows::value;  ///< of a reference: the other's id or name
  std::string target = {};     ///< for id_of and name_of: the other's collection
  bool time = false;           ///< milliseconds UTC
};

struct TableOrderKey {
  OrderKey key;
  std::string target =
      {};  ///< not empty: by the name of the record of `target` that is referred to
};

/// A question made ready. `filter` holds scope, flag and conditions, not yet what the caller may
/// see.
struct PreparedTable {
  Filter place;       ///< scope and flag
  Filter conditions;  ///< text, columns' filters and search: one tree
  std::vector<TableOrderKey> order;
  std::vector<TableColumn> columns;

  Filter filter() const { return all_of({place, conditions}); }
  /// Whether the store can walk the order by itself; if not, `Table::ordinals` makes it.
  bool walks() const;
  Order store_order() const;
};

/// A row as the table shows it, valid during the sink's call.
class TableRow {
 public:
  virtual Ordinal ordinal() const = 0;
  virtual std::string_view id() const = 0;
  virtual std::int64_t version() const = 0;
  /// References are shown as texts: the id or the name of the other, missing when it is gone or
  /// hidden.
  virtual Cell cell(std::size_t column) const = 0;
  virtual std::span<const MapEntry> map(std::size_t column) const = 0;
  virtual std::span<const SeriesEntry> series(std::size_t column) const = 0;

 protected:
  ~TableRow() = default;
};
using TableSink = FunctionRef<bool(const TableRow&)>;

/// Answers questions of the task table on a caller's behalf. Thread-safe; holds no state.
class Table {
 public:
  /// All are borrowed.
  Table(const Core&, const Projects&, const Tasks&, const EntityVocabulary& words);

  /// Throws `invalid`, `in` the member of the API it is about ("filter", "order[1]",
  /// "filters[0].column") with the position in a text, or `not_found` for a project that is not
  /// there.
  PreparedTable prepare(const Reader&, const Principal&, const TableQuestion&) const;
  /// One column, or one item of an order; throws `invalid`.
  TableColumn column(const std::string& name) const;
  TableOrderKey order_key(const std::string& item) const;
  /// What a text, or one column's filter, asks; throws `invalid`.
  Filter parse(const std::string& filter) const;
  Filter lower(const ColumnFilter&) const;
  /// The conditions in the query language; nothing for what it cannot say.
  std::optional<std::string> text(const Filter& conditions) const;
  /// The other way: what of a conjunction a column's filter can say; the other arms go to `rest`.
  std::vector<ColumnFilter> column_filters(const Filter& conditions,
                                           std::vector<Filter>& rest) const;
  /// The name of a column as `print` spells it; a name that is not known as it is.
  std::string canonical(const std::string& name) const;
  /// The columns of a table that nobody has changed.
  static std::vector<std::string> usual_columns();

  /// A page by keyset. Throws `unsupported` for an order that does not walk: ask for `ordinals`.
  Page query(const Reader&, const Principal&, const PreparedTable&, std::uint64_t limit,
             const std::string& cursor, TableSink) const;
  /// All that match, in order: what a listing is made of.
  std::vector<Ordinal> ordinals(const Reader&, const Principal&, const PreparedTable&) const;
  /// The given rows in that order; who is gone or hidden is passed over.
  void rows(const Reader&, const Principal&, std::span<const TableColumn>, std::span<const Ordinal>,
            TableSink) const;

  const EntityVocabulary& words() const noexcept { return words_; }
  const Tasks& tasks() const noexcept { return tasks_; }

 private:
  std::optional<Filter> scope(const Reader&, const Principal&, const TableQuestion&) const;
  Filter search(const std::string&) const;

  const Core& core_;
  const Projects& projects_;
  const Tasks& tasks_;
  const EntityVocabulary& words_;
};

}  // namespace podium::host
