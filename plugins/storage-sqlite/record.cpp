#include "record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "summary_columns.hpp"
#include "values.hpp"

namespace podium::sqlite {

std::string id_text(const CollectionInfo& info, Ordinal ordinal, std::string_view stored) {
  if (!info.declaration.sequence) return std::string(stored);
  return std::to_string(info.declaration.first + ordinal - 1);
}

bool RecordView::seek(Ordinal ordinal) {
  release();
  ordinal_ = ordinal;
  read_at_ = session_.db().runs();
  if (auto left = session_.db().take_row(&info_, ordinal)) {
    row_.emplace(std::move(*left));
    return true;
  }
  row_.emplace(session_.db().prepare(info_.select_row));
  if (row_->bind(ordinal).step() && !session_.hidden(info_, ordinal)) {
    session_.exists(info_.id, ordinal);
    return true;
  }
  row_.reset();
  return false;
}

std::string RecordView::id() const {
  return id_text(info_, ordinal_,
                 info_.id_position < 0 ? std::string_view() : row_->text(info_.id_position));
}

std::optional<Summary> RecordView::summary(const SeriesInfo& series, std::string_view key,
                                           std::string_view scope) {
  const auto key_id = session_.find_text(key), scope_id = session_.find_text(scope);
  if (!key_id || !scope_id) return std::nullopt;
  Statement statement = session_.db().prepare(
      fmt::format("SELECT {} FROM {} WHERE owner = ? AND key = ? AND scope = ?", summary_columns,
                  series.summaries));
  if (!statement.bind(ordinal_, *key_id, *scope_id).step()) return std::nullopt;
  return read_summary(statement, 0);
}

kit::Seen RecordView::value(const Path& path) {
  kit::Seen result;
  switch (path.kind) {
    case Path::Kind::field:
      return seen(*row_, info_.field(path.name));
    case Path::Kind::map: {
      result.dual = true;
      const MapInfo& map = info_.map(path.name);
      const bool whole = path.key.empty();  // is there any entry? Every key's id is above 0
      const auto key = whole ? std::optional<std::int64_t>(0) : session_.find_text(path.key);
      if (!key) return result;
      Statement entry = session_.db().prepare(
          fmt::format("SELECT txt, num FROM {} WHERE owner = ? AND key {} ? LIMIT 1", map.table,
                      whole ? ">=" : "="));
      if (!entry.bind(ordinal_, *key).step()) return result;
      scratch_ = entry.text(0);
      result.cell = std::string_view(scratch_);
      if (!entry.is_null(1)) result.number = entry.real(1);
      return result;
    }
    case Path::Kind::series:
      if (const auto found = summary(info_.one_series(path.name), path.key, path.scope))
        result.cell = kit::statistic_of(*found, path.statistic);
      return result;
    case Path::Kind::id:
      scratch_ = id();
      result.cell = std::string_view(scratch_);
      return result;
    case Path::Kind::ordinal:
      result.cell = ordinal_;
      return result;
    case Path::Kind::version:
      result.cell = version();
      return result;
    case Path::Kind::body:
      if (info_.body_position < 0)
        throw Error(ErrorCode::invalid, fmt::format("'{}' has no body", info_.declaration.name));
      if (!row_->is_null(info_.body_position)) result.cell = row_->text(info_.body_position);
      return result;
  }
  return result;
}

bool RecordView::any(const std::string& child, const std::string& reference, const Filter& inner) {
  auto found = children_.find(&inner);
  if (found == children_.end()) {
    session_.catalog().by_name(child);  // says which are near
    found = children_.emplace(&inner, Child{session_.catalog().find(child), kit::Evaluator(inner)})
                .first;
  }
  const Child& asked = found->second;
  const FieldInfo& field = asked.info->field(reference);
  if (field.type != Type::reference || field.target != info_.id)
    throw Error(ErrorCode::invalid, fmt::format("'{}' of '{}' does not refer to '{}'", reference,
                                                child, info_.declaration.name));
  Statement rows = session_.db().prepare(
      fmt::format("SELECT rid FROM {} WHERE {} = ?", asked.info->table, field.column));
  rows.bind(ordinal_);
  RecordView record(session_, *asked.info);
  while (rows.step())
    if (record.seek(rows.integer(0)) && asked.evaluator(record)) return true;
  return false;
}

ProjectedRow::ProjectedRow(Session& session, const CollectionInfo& info,
                           std::span<const Column> columns)
    : session_(session), info_(info), columns_(columns), record_(session, info) {
  held_.resize(columns.size());
  fields_.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    if (column.kind == Column::Kind::whole_map)
      info.map(column.path.name);
    else if (column.kind == Column::Kind::whole_series)
      info.one_series(column.path.name);
    else if (column.path.kind == Path::Kind::field)
      fields_[i] = &info.field(column.path.name);
    else if (column.path.kind == Path::Kind::map)
      info.map(column.path.name);
    else if (column.path.kind == Path::Kind::series)
      info.one_series(column.path.name);
  }
}

bool ProjectedRow::seek(Ordinal ordinal) {
  if (!record_.seek(ordinal)) return false;
  id_ = record_.id();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Held& held = held_[i];
    const Column& column = columns_[i];
    if (column.kind == Column::Kind::whole_map) {
      load_map(column, held);
    } else if (column.kind == Column::Kind::whole_series) {
      load_series(column, held);
    } else {
      const kit::Seen seen = fields_[i] != nullptr ? sqlite::seen(record_.row(), *fields_[i])
                                                   : record_.value(column.path);
      std::visit(
          [&](const auto& cell) {
            if constexpr (std::is_same_v<std::decay_t<decltype(cell)>, std::string_view>)
              held.value = std::string(cell);
            else
              held.value = cell;
          },
          seen.cell);
    }
  }
  return true;
}

void ProjectedRow::load_map(const Column& column, Held& held) {
  held.entries.clear();
  held.texts.clear();
  Statement rows = session_.db().prepare(fmt::format(
      "SELECT m.txt, m.num, d.text FROM {} m JOIN dict d ON d.id = m.key WHERE m.owner = ? "
      "ORDER BY d.text",
      info_.map(column.path.name).table));
  rows.bind(record_.ordinal());
  std::vector<std::optional<double>> numbers;
  while (rows.step()) {
    held.texts.emplace_back(rows.text(0));
    held.texts.emplace_back(rows.text(2));
    numbers.push_back(rows.is_null(1) ? std::nullopt : std::optional(rows.real(1)));
  }
  for (std::size_t i = 0; i < numbers.size(); ++i)
    held.entries.push_back({held.texts[2 * i + 1], held.texts[2 * i], numbers[i]});
}

void ProjectedRow::load_series(const Column& column, Held& held) {
  held.series.clear();
  held.texts.clear();
  const SeriesInfo& series = info_.one_series(column.path.name);
  Statement rows = session_.db().prepare(
      fmt::format("SELECT {}, k.text, c.text FROM {} s JOIN dict k ON k.id = s.key JOIN dict c ON "
                  "c.id = s.scope "
                  "WHERE s.owner = ?1 AND (?2 = '' OR k.text = ?2) ORDER BY k.text, c.text",
                  summary_columns, series.summaries));
  rows.bind(record_.ordinal(), column.path.key);
  std::vector<Summary> summaries;
  while (rows.step()) {
    summaries.push_back(read_summary(rows, 0));
    held.texts.emplace_back(rows.text(summary_width));
    held.texts.emplace_back(rows.text(summary_width + 1));
  }
  for (std::size_t i = 0; i < summaries.size(); ++i)
    held.series.push_back({held.texts[2 * i], held.texts[2 * i + 1], summaries[i]});
}

const ProjectedRow::Held& ProjectedRow::held(std::size_t i, Column::Kind kind) const {
  if (i >= columns_.size() || columns_[i].kind != kind)
    throw Error(ErrorCode::misuse, fmt::format("column {} of the row is of another kind", i));
  return held_[i];
}

Cell ProjectedRow::cell(std::size_t i) const {
  return std::visit([](const auto& value) -> Cell { return value; },
                    held(i, Column::Kind::value).value);
}
std::span<const MapEntry> ProjectedRow::map(std::size_t i) const {
  return held(i, Column::Kind::whole_map).entries;
}
std::span<const SeriesEntry> ProjectedRow::series(std::size_t i) const {
  return held(i, Column::Kind::whole_series).series;
}

}  // namespace podium::sqlite
