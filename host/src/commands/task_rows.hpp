#pragma once
// Rows of the task table as an answer: the questions are those of services/table.
#include <cstdint>
#include <string>

#include "commands/parts.hpp"
#include "podium/command/answer.hpp"
#include "services/table/table.hpp"

namespace podium::host::commands {

/// How a column of the task table is shown.
CellType type_of(const TableColumn&, const Table&);

/// Up to `limit` rows behind the cursor. When more match, the answer says so, with their number
/// and, where the order walks, the cursor to go on. With a budget, as many rows as fit into about
/// so many characters of JSON (at least one).
AnswerTable read_task_table(const Parts&, const Principal&, const PreparedTable&,
                            std::uint64_t limit, const std::string& cursor, std::size_t budget);

}  // namespace podium::host::commands
