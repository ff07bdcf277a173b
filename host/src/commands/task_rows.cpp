#include "commands/task_rows.hpp"

#include "commands/answer_json.hpp"
#include "commands/table_of.hpp"
#include "podium/http/json_writer.hpp"
#include "query/podium_vocabulary.hpp"

namespace podium::host::commands {
namespace {

/// A map as one cell: `lr=0.1, epochs=5`.
std::string joined(std::span<const MapEntry> entries) {
  std::string out;
  for (const MapEntry& e : entries) {
    if (!out.empty()) out += ", ";
    out += e.key;
    if (!e.text.empty()) out.append("=").append(e.text);
  }
  return out;
}

std::string joined(std::span<const SeriesEntry> series) {
  std::string out;
  for (const SeriesEntry& s : series) {
    if (!out.empty()) out += ", ";
    out += s.key;
    if (!s.scope.empty()) out.append("@").append(s.scope);
    out += '=';
    append_json_number(out, s.summary.last.value);
  }
  return out;
}

std::vector<Value> cells_of(const TableRow& row, std::span<const TableColumn> columns) {
  std::vector<Value> cells;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].shows == TableColumn::Shows::map)
      cells.emplace_back(joined(row.map(i)));
    else if (columns[i].shows == TableColumn::Shows::series)
      cells.emplace_back(joined(row.series(i)));
    else
      cells.push_back(owned(row.cell(i)));
  }
  return cells;
}

std::int64_t count_of(const Parts& parts, const Reader& reader, const Principal& who,
                      const Filter& filter) {
  Aggregate count;
  count.filter = filter;
  count.folds = {{Aggregate::Fold::Kind::count}};
  count.budget = question_budget;
  std::int64_t n = 0;
  parts.tasks->aggregate(reader, who, count,
                         [&](std::span<const Cell>, std::span<const Cell> folds) {
                           n = std::get<std::int64_t>(folds[0]);
                           return true;
                         });
  return n;
}

}  // namespace

CellType type_of(const TableColumn& column, const Table& table) {
  switch (column.shows) {
    case TableColumn::Shows::id_of:
      return CellType::id;
    case TableColumn::Shows::value:
      return type_of(column.column.path, table.words().collection());
    default:
      return CellType::text;
  }
}

AnswerTable read_task_table(const Parts& parts, const Principal& who, const PreparedTable& asked,
                            std::uint64_t limit, const std::string& cursor, std::size_t budget) {
  const Table& table = *parts.table;
  AnswerTable answer;
  parts.core->store.read([&](const Reader& reader) {
    answer = {};
    answer.entity = "task";
    for (const auto& c : asked.columns) answer.column(c.name, type_of(c, table));
    std::size_t size = 0, fit = 0;
    const auto take = [&](const TableRow& row) {
      answer.rows.push_back(cells_of(row, asked.columns));
      if (budget == 0) return true;
      size += json_size(answer.rows.back());
      if (size > budget && fit > 0) return false;
      ++fit;
      return true;
    };
    if (asked.walks()) {
      answer.cursor = table.query(reader, who, asked, limit, cursor, take).cursor;
      if (budget != 0 && answer.rows.size() > fit) {
        // A cursor stands behind the last row of its page: the same page again, as long as it fits.
        answer.rows.resize(fit);
        PreparedTable shorter = asked;
        shorter.columns.clear();
        answer.cursor =
            table.query(reader, who, shorter, fit, cursor, [](const TableRow&) { return true; })
                .cursor;
      }
      answer.truncated = !answer.cursor.empty();
      if (answer.truncated)
        answer.of = count_of(parts, reader, who, asked.filter());
      else if (cursor.empty())
        answer.of = static_cast<std::int64_t>(answer.rows.size());
      return;
    }
    if (!cursor.empty())
      throw Error(ErrorCode::invalid, "this order has no cursor; give a greater limit")
          .in("cursor");
    auto ordinals = table.ordinals(reader, who, asked);
    answer.of = static_cast<std::int64_t>(ordinals.size());
    if (ordinals.size() > limit) ordinals.resize(limit);
    table.rows(reader, who, asked.columns, ordinals, take);
    if (budget != 0 && answer.rows.size() > fit) answer.rows.resize(fit);
    answer.truncated = static_cast<std::int64_t>(answer.rows.size()) < *answer.of;
  });
  return answer;
}

}  // namespace podium::host::commands
