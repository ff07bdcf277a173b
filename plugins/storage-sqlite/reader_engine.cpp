#include "reader_engine.hpp"

#include <fmt/format.h>

#include "rows.hpp"

namespace podium::sqlite {
namespace {

// Records further ahead are sought, nearer ones stepped to.
constexpr Ordinal near = 4;

}  // namespace

struct SqliteEngine::Accessor {
  const Path* source;  // where it was asked from: found again by address, then compared
  Path path;
  Type type = Type::text;
  int at = 0;         // field: column of the record's statement
  bool known = true;  // map, series: the dictionary has the key
  std::int64_t key = 0, scope = 0;
  std::optional<Statement> statement;  // map, series
};

struct SqliteEngine::Child {
  SqliteEngine& engine;
  kit::Evaluator evaluator;
  std::string sql;
};

SqliteEngine::SqliteEngine(const ReadContext& context, const CollectionInfo& info)
    : context_(context), info_(info) {}
SqliteEngine::~SqliteEngine() = default;

SqliteEngine& SqliteEngine::child(const std::string& collection) {
  auto& child = children_[collection];
  if (!child) {
    const CollectionInfo* info = context_.catalog.find(collection);
    if (info == nullptr) context_.catalog.by_name(collection);
    child = std::make_unique<SqliteEngine>(context_, *info);
  }
  return *child;
}

std::vector<Ordinal> SqliteEngine::partitions() {
  std::vector<Ordinal> found;
  if (info_.partition == nullptr) return {0};
  const FieldInfo& field = *info_.partition;
  const std::string index = info_.reference_index(field);
  Statement none = context_.connection.prepare(fmt::format(
      "SELECT 1 FROM {} INDEXED BY {} WHERE {} IS NULL LIMIT 1", info_.table, index, field.column));
  if (none.step()) found.push_back(0);
  Statement next = context_.connection.prepare(
      fmt::format("SELECT {0} FROM {1} INDEXED BY {2} WHERE {0} > ? ORDER BY {0} LIMIT 1",
                  field.column, info_.table, index));
  for (Ordinal last = 0;;) {
    next.reset();
    next.bind(last);
    if (!next.step()) return found;
    found.push_back(last = next.integer(0));
  }
}

bool SqliteEngine::seek(Ordinal ordinal) {
  if (ordinal != current_) {
    current_ = ordinal;
    loaded_ = false;
  }
  // What an index gave is there, unless a purge is still behind it.
  return !hides() || context_.visible(info_, ordinal);
}

// Moves the record's statement to the current record: by steps when it is near, so that walks along
// the ordinals are scans.
bool SqliteEngine::load() {
  if (loaded_) return found_;
  if (!record_) {
    record_.emplace(context_.connection.prepare(
        fmt::format("SELECT rid{} FROM {} WHERE rid >= ? ORDER BY rid", fields_, info_.table)));
    at_ = 0;
  }
  if (at_ == 0 || current_ < at_ || current_ > at_ + near) {
    record_->reset();
    record_->bind(current_);
    at_ = record_->step() ? record_->integer(0) : 0;
  }
  while (at_ != 0 && at_ < current_) at_ = record_->step() ? record_->integer(0) : 0;
  loaded_ = true;
  return found_ = at_ == current_;
}

SqliteEngine::Accessor& SqliteEngine::accessor(const Path& path) {
  for (const auto& a : accessors_)
    if (a->source == &path && a->path == path) return *a;
  auto a = std::make_unique<Accessor>();
  a->source = &path;
  a->path = path;
  const auto select = [&](const std::string& columns, int count) {
    a->at = selected_;
    selected_ += count;
    fields_ += ", " + columns;
    record_.reset();
    at_ = 0;
    loaded_ = false;
  };
  switch (path.kind) {
    case Path::Kind::field: {
      const FieldInfo& field = info_.field(path.name);
      a->type = field.type;
      select(field.extra.empty() ? field.column : field.column + ", " + field.extra,
             field.extra.empty() ? 1 : 2);
      break;
    }
    case Path::Kind::id:
      if (!info_.declaration.sequence) select("id", 1);
      break;
    case Path::Kind::version:
      select("ver", 1);
      break;
    case Path::Kind::ordinal:
      break;
    case Path::Kind::map:
    case Path::Kind::series: {
      const bool map = path.kind == Path::Kind::map;
      const bool whole = map && path.key.empty();  // is there any entry? Every key's id is above 0
      const auto key = whole ? std::optional<std::int64_t>(0)
                             : context_.dictionary.id(context_.connection, path.key);
      const auto scope = context_.dictionary.id(context_.connection, path.scope);
      a->known = key && (map || scope);
      a->key = key.value_or(0);
      a->scope = scope.value_or(0);
      a->statement.emplace(context_.connection.prepare(
          map ? fmt::format("SELECT txt, num FROM {} WHERE owner = ? AND key {} ? LIMIT 1",
                            info_.map(path.name).table, whole ? ">=" : "=")
              : fmt::format("SELECT {} FROM {} WHERE owner = ? AND key = ? AND scope = ?",
                            statistic_columns(path.statistic),
                            info_.one_series(path.name).summaries)));
      break;
    }
    default:
      throw Error(ErrorCode::invalid, "a body can be neither filtered nor ordered by");
  }
  accessors_.push_back(std::move(a));
  return *accessors_.back();
}

kit::Seen SqliteEngine::value(const Path& path) { return read(accessor(path)); }

kit::Seen SqliteEngine::read(Accessor& a) {
  switch (a.path.kind) {
    case Path::Kind::field: {
      if (!load()) return {{}, std::nullopt, a.type == Type::scalar};
      kit::Seen seen{read_field(*record_, a.at, a.type), std::nullopt, a.type == Type::scalar};
      if (seen.dual && !record_->is_null(a.at + 1)) seen.number = record_->real(a.at + 1);
      return seen;
    }
    case Path::Kind::id:
      if (!load()) return {};
      if (!info_.declaration.sequence) return {Cell{record_->text(a.at)}, std::nullopt, false};
      sequence_id_ = kit::sequence_id(info_.declaration, current_);
      return {Cell{std::string_view(sequence_id_)}, std::nullopt, false};
    case Path::Kind::version:
      if (!load()) return {};
      return {Cell{record_->integer(a.at)}, std::nullopt, false};
    case Path::Kind::ordinal:
      return {Cell{current_}, std::nullopt, false};
    case Path::Kind::map: {
      kit::Seen seen{{}, std::nullopt, true};
      if (!a.known) return seen;
      a.statement->reset();
      a.statement->bind(current_, a.key);
      if (!a.statement->step()) return seen;
      seen.cell = a.statement->text(0);
      if (!a.statement->is_null(1)) seen.number = a.statement->real(1);
      return seen;
    }
    default: {
      if (!a.known) return {};
      a.statement->reset();
      a.statement->bind(current_, a.key, a.scope);
      if (!a.statement->step()) return {};
      return {read_statistic(*a.statement, 0, a.path.statistic), std::nullopt, false};
    }
  }
}

bool SqliteEngine::any(const std::string& name, const std::string& reference, const Filter& inner) {
  auto& child = any_[&inner];
  if (!child) {
    SqliteEngine& engine = this->child(name);
    const FieldInfo& field = engine.info_.field(reference);
    child.reset(new Child{
        engine, kit::Evaluator(inner),
        fmt::format("SELECT rid FROM {} INDEXED BY {} WHERE {} = ? ORDER BY rid",
                    engine.info_.table, engine.info_.reference_index(field), field.column)});
  }
  Statement children = context_.connection.prepare(child->sql);
  children.bind(current_);
  while (children.step())
    if (child->engine.seek(children.integer(0)) && child->evaluator(child->engine)) return true;
  return false;
}

}  // namespace podium::sqlite
