#pragma once
// What filter menus and column menus offer: the values of a column, the keys that tasks have.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/table/table.hpp"

namespace podium::host {

/// The menu of one column's filter.
struct Facet {
  enum class Kind : std::uint8_t {
    values = 1,  ///< a set to choose from
    range,       ///< numbers or moments between two ends
    tags,        ///< the words of a map, to include or exclude
  };
  struct Entry {
    Value value;        ///< as `ColumnFilter` takes it; monostate is "no value"
    std::string label;  ///< the name, where the value is an id
    std::int64_t count = 0;
    bool chosen = false;  ///< the column's own filter names it
  };
  Kind kind = Kind::values;
  std::vector<Entry> entries;  ///< the chosen first, then by count
  bool more = false;           ///< there are more than were asked for
  Value least, greatest;       ///< of the numbers, if there are any
};

/// A key of a map or of a series, as a column.
struct KeyEntry {
  std::string name;  ///< in the query language
  std::string key, scope;
  std::int64_t count = 0;            ///< tasks that have it
  std::optional<bool> differs = {};  ///< not all tasks show the same; told when asked
};

/// Answers from a question's place and conditions. Stateless, thread-safe; `Table` is borrowed.
class Facets {
 public:
  Facets(const Core& core, const Table& table) : core_(core), table_(table) {}

  struct Asked {
    std::string column;  ///< a name of the query language, `project.name` and the like, or a map
    std::string search;  ///< found in value or label without regard to case
    std::uint64_t limit = 50;
  };
  /// The column's menu under all conditions but those about itself (so that what its filter hides
  /// can be chosen).
  Facet facet(const Reader&, const Principal&, const TableQuestion&, const Asked&) const;

  /// The keys of a map or series among the tasks that match, the most frequent first.
  std::vector<KeyEntry> keys(const Reader&, const Principal&, const PreparedTable&,
                             const std::string& map_or_series, const std::string& search,
                             std::uint64_t limit, bool& more) const;
  /// Whether the matching tasks differ in what a column shows (nothing is a value too).
  bool differs(const Reader&, const Principal&, const PreparedTable&, const Path&) const;

 private:
  Facet values(const Reader&, const Principal&, const Filter&, const TableColumn&,
               const std::vector<Value>& chosen, const Asked&) const;
  Facet range(const Reader&, const Principal&, const Filter&, const TableColumn&) const;
  Facet tags(const Reader&, const Principal&, const Filter&, const std::string& map,
             const std::vector<Value>& chosen, const Asked&) const;

  const Core& core_;
  const Table& table_;
};

}  // namespace podium::host
