#include "tables.hpp"

#include <algorithm>

namespace podium::comparison {
namespace {

void task_columns(AnswerTable& table, const Selected& selected, CellType type) {
  for (const ComparedTask& t : selected.tasks) table.column(t.id, type, t.label);
}

Value optional_text(const std::optional<std::string>& text) {
  return text ? Value{*text} : Value{};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

void close(AnswerTable& table) { table.of = static_cast<std::int64_t>(table.rows.size()); }

std::string metric_name(const MetricValues& m) {
  return m.scope.empty() ? m.key : m.key + "@" + m.scope;
}

}  // namespace

AnswerTable values_table(const Selected& selected, const std::vector<MetricValues>& values,
                         const std::vector<std::size_t>& statistics, bool all) {
  AnswerTable table;
  table.column("metric").column("statistic");
  task_columns(table, selected, CellType::real);
  table.column("best");
  for (const MetricValues& m : values)
    for (const std::size_t s : statistics) {
      if (m.equal[s] && !all) continue;
      std::vector<Value> row = {metric_name(m), std::string(value_statistics[s])};
      for (const auto& cell : m.cells)
        row.push_back(cell.points > 0 ? Value{cell.values[s]} : Value{});
      std::vector<std::string> best;
      for (const std::size_t t : m.best[s]) best.push_back(selected.tasks[t].label);
      row.push_back(m.equal[s]     ? Value{std::string("=")}
                    : best.empty() ? Value{}
                                   : Value{joined(best)});
      table.rows.push_back(std::move(row));
    }
  close(table);
  return table;
}

AnswerTable parameters_table(const Selected& selected, const std::vector<ComparedEntry>& entries) {
  AnswerTable table;
  table.column("parameter");
  task_columns(table, selected, CellType::text);
  for (const ComparedEntry& e : entries) {
    std::vector<Value> row = {e.map + "." + e.key};
    for (const auto& value : e.values) row.push_back(optional_text(value));
    table.rows.push_back(std::move(row));
  }
  close(table);
  return table;
}

AnswerTable artifacts_table(const Selected& selected, const ComparedArtifacts& found, bool all) {
  AnswerTable table;
  table.column("artifact");
  task_columns(table, selected, CellType::bytes);
  table.column("same", CellType::boolean);
  for (const ComparedArtifact& a : found.artifacts) {
    if (a.equal.value_or(false) && !all) continue;
    std::vector<Value> row = {a.path};
    for (const auto& size : a.sizes) row.push_back(size ? Value{*size} : Value{});
    row.push_back(a.equal ? Value{*a.equal} : Value{});
    table.rows.push_back(std::move(row));
  }
  close(table);
  table.truncated = found.truncated;
  if (found.truncated) table.of.reset();
  return table;
}

AnswerTable models_table(const Selected& selected, const std::vector<ComparedModel>& models) {
  AnswerTable table;
  table.column("model").column("type").column("direction");
  task_columns(table, selected, CellType::text);
  for (const ComparedModel& m : models) {
    std::vector<Value> row = {m.name, m.type, m.direction};
    for (const auto& ids : m.models) row.push_back(ids.empty() ? Value{} : Value{joined(ids)});
    table.rows.push_back(std::move(row));
  }
  close(table);
  return table;
}

AnswerTable datasets_table(const Selected& selected, const std::vector<ComparedDataset>& datasets,
                           bool all) {
  AnswerTable table;
  table.column("dataset").column("context");
  task_columns(table, selected, CellType::text);
  for (const ComparedDataset& d : datasets) {
    if (d.equal && !all) continue;
    std::vector<Value> row = {d.name, d.context};
    for (const auto& digests : d.digests)
      row.push_back(digests.empty() ? Value{} : Value{joined(digests)});
    table.rows.push_back(std::move(row));
  }
  close(table);
  return table;
}

AnswerTable facts_table(const Selected& selected, const std::vector<ComparedFact>& facts,
                        bool all) {
  AnswerTable table;
  table.column("what");
  task_columns(table, selected, CellType::text);
  for (const ComparedFact& f : facts) {
    if (f.equal && !all) continue;
    std::vector<Value> row = {f.kind.empty() ? f.name : f.kind + " " + f.name};
    for (const auto& value : f.values) row.push_back(optional_text(value));
    table.rows.push_back(std::move(row));
  }
  close(table);
  return table;
}

void add_differences(AnswerDetails& details, const Selected& selected, const std::string& name,
                     const ComparedText& text) {
  for (std::size_t t = 0; t < text.diffs.size(); ++t) {
    if (!text.diffs[t]) continue;
    AnswerTable table;
    table.column("line", CellType::integer).column("text");
    for (const TextDiff::Hunk& hunk : text.diffs[t]->hunks) {
      std::int64_t line = static_cast<std::int64_t>(hunk.new_line);
      for (const std::string& shown : hunk.lines) {
        const bool gone = shown.front() == '-';
        table.row({gone ? Value{} : Value{line}, shown});
        if (!gone) ++line;
      }
    }
    close(table);
    details.section(name + " " + selected.tasks[t].label, std::move(table));
  }
}

}  // namespace podium::comparison
