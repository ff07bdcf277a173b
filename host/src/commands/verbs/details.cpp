#include "commands/verbs/details.hpp"

#include "commands/table_of.hpp"
#include "query/vocabularies.hpp"

namespace podium::host::commands {
namespace {

/// Fields that say nothing to people.
bool is_internal(const std::string& name) { return name == "user_tagged"; }

}  // namespace

std::vector<TaskDetails> details_of(const Parts& parts, const Reader& reader, const Principal& who,
                                    std::span<const Ordinal> ordinals) {
  const EntityVocabulary& words = parts.words->of("tasks");
  const Collection& collection = words.collection();
  std::vector<RecordColumn> fields;
  for (const Field& f : collection.fields)
    if (!is_internal(f.name)) fields.push_back(column_of(parts, words, "`" + f.name + "`"));
  std::vector<Column> columns;
  for (const auto& f : fields) columns.push_back(value_of(f.path));
  for (const Map& m : collection.maps) columns.push_back(whole_map(m.name));
  columns.push_back(whole_series("metrics"));

  std::vector<TaskDetails> tasks;
  std::vector<std::vector<Value>> rows;
  parts.tasks->get(reader, who, ordinals, columns, [&](const Row& row) {
    TaskDetails& task = tasks.emplace_back();
    task.id = row.id();
    std::vector<Value>& cells = rows.emplace_back();
    for (std::size_t i = 0; i < fields.size(); ++i) cells.push_back(owned(row.cell(i)));
    for (std::size_t m = 0; m < collection.maps.size(); ++m)
      for (const MapEntry& e : row.map(fields.size() + m))
        task.entries.push_back({collection.maps[m].name, std::string(e.key), std::string(e.text)});
    for (const SeriesEntry& s : row.series(columns.size() - 1))
      task.metrics.push_back({std::string(s.key), std::string(s.scope), s.summary});
    return true;
  });
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (!fields[i].target.empty()) name_references(parts, reader, who, fields[i].target, rows, i);
  for (std::size_t t = 0; t < tasks.size(); ++t)
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (!std::holds_alternative<std::monostate>(rows[t][i]))
        tasks[t].fields.push_back(
            {fields[i].path.name, std::move(rows[t][i]), fields[i].shown.type});
  return tasks;
}

}  // namespace podium::host::commands
