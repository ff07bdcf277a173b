#include "commands/table_of.hpp"

#include <algorithm>
#include <map>

#include "commands/answer_json.hpp"
#include "query/vocabularies.hpp"
#include "services/records.hpp"

namespace podium::host::commands {
namespace {

bool named_uniquely(const Collection& c) {
  return std::any_of(c.keys.begin(), c.keys.end(), [](const Key& k) {
    return k.unique && k.fields == std::vector<std::string>{"name"};
  });
}

}  // namespace

CellType type_of(const Path& path, const Collection& collection) {
  switch (path.kind) {
    case Path::Kind::id:
      return CellType::id;
    case Path::Kind::ordinal:
    case Path::Kind::version:
      return CellType::integer;
    case Path::Kind::series:
      switch (path.statistic) {
        case Statistic::count:
        case Statistic::last_step:
        case Statistic::first_step:
        case Statistic::min_step:
        case Statistic::max_step:
          return CellType::integer;
        case Statistic::last_time:
        case Statistic::first_time:
          return CellType::time;
        default:
          return CellType::real;
      }
    case Path::Kind::field:
      break;
    default:
      return CellType::text;
  }
  if (path.name == "run_time") return CellType::duration;
  for (const Field& f : collection.fields) {
    if (f.name != path.name) continue;
    switch (f.type) {
      case Type::integer:
        return CellType::integer;
      case Type::real:
        return CellType::real;
      case Type::boolean:
        return CellType::boolean;
      case Type::time:
        return CellType::time;
      default:
        break;
    }
  }
  return CellType::text;
}

RecordColumn column_of(const Parts& parts, const EntityVocabulary& words, const std::string& name) {
  RecordColumn column;
  column.path = parts.core->language.parse_order(name, words).path;
  column.shown = {name, type_of(column.path, words.collection()), {}};
  if (column.path.kind == Path::Kind::field)
    for (const Field& f : words.collection().fields)
      if (f.name == column.path.name && f.type == Type::reference && name.find('.') == name.npos) {
        column.target = f.target;
        if (!named_uniquely(parts.core->store.declaration(parts.core->store.collection(f.target))))
          column.shown.type = CellType::id;
      }
  return column;
}

void name_references(const Parts& parts, const Reader& reader, const Principal& who,
                     const std::string& target, std::vector<std::vector<Value>>& rows,
                     std::size_t column) {
  std::vector<Ordinal> ordinals;
  for (const auto& row : rows)
    if (const auto* o = std::get_if<std::int64_t>(&row[column])) ordinals.push_back(*o);
  std::sort(ordinals.begin(), ordinals.end());
  ordinals.erase(std::unique(ordinals.begin(), ordinals.end()), ordinals.end());
  const CollectionId id = parts.core->store.collection(target);
  std::vector<Column> columns;
  if (named_uniquely(parts.core->store.declaration(id))) columns = {value_of(field("name"))};
  std::map<Ordinal, std::string> names;
  VisibleRecords(*parts.core, id, target).get(reader, who, ordinals, columns, [&](const Row& row) {
    std::string& name = names[row.ordinal()];
    name = row.id();
    if (columns.empty()) return true;
    const Cell cell = row.cell(0);
    if (const auto* text = std::get_if<std::string_view>(&cell)) name = *text;
    return true;
  });
  for (auto& row : rows)
    if (const auto* o = std::get_if<std::int64_t>(&row[column])) {
      const auto found = names.find(*o);
      row[column] = found == names.end() ? Value{} : Value{found->second};
    }
}

TableOf::TableOf(const Parts& parts, const Records& records, const EntityVocabulary& words,
                 std::string entity)
    : parts_(parts), records_(records), words_(words), entity_(std::move(entity)) {}

void TableOf::add(RecordColumn column) { columns_.push_back(std::move(column)); }

void TableOf::add(const std::string& name) {
  for (const auto& c : columns_)
    if (c.shown.name == name) return;
  columns_.push_back(column_of(parts_, words_, name));
}

AnswerTable TableOf::empty() const {
  AnswerTable table;
  table.entity = entity_;
  for (const auto& c : columns_) table.columns.push_back(c.shown);
  return table;
}

std::vector<Column> TableOf::store_columns() const {
  std::vector<Column> columns;
  for (const auto& c : columns_) columns.push_back(value_of(c.path));
  return columns;
}

void TableOf::take(const Row& row, AnswerTable& table) const {
  std::vector<Value> cells;
  cells.reserve(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) cells.push_back(owned(row.cell(i)));
  table.rows.push_back(std::move(cells));
}

void TableOf::name_references(const Reader& reader, const Principal& who,
                              AnswerTable& table) const {
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (!columns_[i].target.empty())
      commands::name_references(parts_, reader, who, columns_[i].target, table.rows, i);
}

AnswerTable TableOf::read(const Principal& who, Query query, std::size_t budget) const {
  query.columns = store_columns();
  query.budget = question_budget;
  AnswerTable table;
  parts_.core->store.read([&](const Reader& reader) {
    table = empty();
    std::size_t size = 0, fit = 0;
    const Page page = records_.query(reader, who, query, [&](const Row& row) {
      take(row, table);
      if (budget == 0) return true;
      size += json_size(table.rows.back());
      if (size > budget && fit > 0) return false;
      ++fit;
      return true;
    });
    table.cursor = page.cursor;
    if (budget != 0 && table.rows.size() > fit) {
      // A cursor stands behind the last row of its page: the same page again, as long as it fits.
      table.rows.resize(fit);
      Query shorter = query;
      shorter.limit = fit;
      shorter.columns.clear();
      table.cursor = records_.query(reader, who, shorter, [](const Row&) { return true; }).cursor;
    }
    name_references(reader, who, table);
    table.truncated = !table.cursor.empty();
    const bool from_start = query.cursor.empty();
    if (!table.truncated) {
      if (from_start) table.of = static_cast<std::int64_t>(table.rows.size());
      return;
    }
    Aggregate count;
    count.filter = query.filter;
    count.folds = {{Aggregate::Fold::Kind::count}};
    count.budget = question_budget;
    records_.aggregate(reader, who, count, [&](std::span<const Cell>, std::span<const Cell> folds) {
      table.of = std::get<std::int64_t>(folds[0]);
      return true;
    });
  });
  return table;
}

AnswerTable TableOf::read(const Principal& who, std::span<const Ordinal> ordinals) const {
  AnswerTable table;
  const auto columns = store_columns();
  parts_.core->store.read([&](const Reader& reader) {
    table = empty();
    records_.get(reader, who, ordinals, columns, [&](const Row& row) {
      take(row, table);
      return true;
    });
    name_references(reader, who, table);
    table.of = static_cast<std::int64_t>(table.rows.size());
  });
  return table;
}

}  // namespace podium::host::commands
