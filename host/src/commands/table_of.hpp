#pragma once
// Tables of records: the columns that a command names, and the rows that a query finds.
#include <string>
#include <vector>

#include "commands/parts.hpp"
#include "podium/command/answer.hpp"
#include "query/podium_vocabulary.hpp"

namespace podium::host::commands {

/// A column of a table of records.
struct RecordColumn {
  AnswerTable::Column shown;
  Path path;
  std::string target = {};  ///< of a reference: the other's collection
};

/// The column that a name of the query language is. Throws `invalid` with the position in `name`.
RecordColumn column_of(const Parts&, const EntityVocabulary&, const std::string& name);
/// How a value at a path is shown.
CellType type_of(const Path&, const Collection&);

/// Records as rows of an answer. Of references the names are shown, or the ids where records have
/// no names of their own.
class TableOf {
 public:
  TableOf(const Parts&, const Records&, const EntityVocabulary&, std::string entity);

  void add(RecordColumn);
  /// Adds a column unless one of that name is there.
  void add(const std::string& name);
  std::vector<RecordColumn>& columns() noexcept { return columns_; }

  /// The rows of a query, up to `limit`. When more match, the answer says so, with their number and
  /// the cursor to go on. With a budget, as many rows as fit into about so many characters of JSON
  /// (at least one).
  AnswerTable read(const Principal&, Query, std::size_t budget) const;
  /// The rows of these records, in this order.
  AnswerTable read(const Principal&, std::span<const Ordinal>) const;

 private:
  AnswerTable empty() const;
  std::vector<Column> store_columns() const;
  void take(const Row&, AnswerTable&) const;
  void name_references(const Reader&, const Principal&, AnswerTable&) const;

  const Parts& parts_;
  const Records& records_;
  const EntityVocabulary& words_;
  std::string entity_;
  std::vector<RecordColumn> columns_;
};

/// Replaces ordinals of `target`'s records in a column of rows by names or ids; what is gone or
/// hidden becomes missing.
void name_references(const Parts&, const Reader&, const Principal&, const std::string& target,
                     std::vector<std::vector<Value>>& rows, std::size_t column);

/// How much a command's question may cost.
inline constexpr Budget question_budget{20'000'000, std::chrono::milliseconds(20'000)};

}  // namespace podium::host::commands
