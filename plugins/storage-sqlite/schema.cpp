#include "schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "podium/error.hpp"

namespace podium::sqlite {
namespace {

constexpr int format = 1;                         ///< of the layout that README.md tells
constexpr std::int64_t application = 0x506f644d;  ///< marks the file as ours

constexpr const char* base_tables = R"(
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE collections (cid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL, declaration TEXT NOT NULL, high_water INTEGER NOT NULL DEFAULT 0);
CREATE TABLE dict (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
INSERT INTO dict VALUES (0, '');
CREATE TABLE feed (rev INTEGER, cid INTEGER, rid INTEGER, kind INTEGER NOT NULL, id TEXT,
  part INTEGER, old_part INTEGER, PRIMARY KEY (rev, cid, rid)) WITHOUT ROWID;
CREATE INDEX feed_erased ON feed (rev) WHERE kind = 3;
CREATE TABLE feed_last (cid INTEGER, rid INTEGER, rev INTEGER NOT NULL,
  PRIMARY KEY (cid, rid)) WITHOUT ROWID;
CREATE TABLE feed_clock (rev INTEGER PRIMARY KEY, time INTEGER NOT NULL);
CREATE TABLE tombstones (cid INTEGER, rid INTEGER, part INTEGER NOT NULL,
  PRIMARY KEY (cid, rid)) WITHOUT ROWID;
)";

const char* column_type(Type type) {
  switch (type) {
    case Type::text:
    case Type::scalar:
      return "TEXT";
    case Type::real:
      return "REAL";
    default:
      return "INTEGER";
  }
}

void add_columns(std::vector<std::string>& columns, const FieldInfo& field) {
  columns.push_back(field.column + " " + column_type(field.type));
  if (field.type == Type::real) columns.push_back(field.extra + " INTEGER");
  if (field.type == Type::scalar) columns.push_back(field.extra + " REAL");
}

void make_reference_index(Connection& connection, const CollectionInfo& info,
                          const FieldInfo& field) {
  if (field.type == Type::reference)
    connection.execute(fmt::format("CREATE INDEX {} ON {} ({})", info.reference_index(field),
                                   info.table, field.column));
}

void make_key(Connection& connection, const CollectionInfo& info, const KeyInfo& key) {
  std::string columns;
  for (const std::size_t at : key.fields) {
    // Its number is missing when the text spells none, and missing values never collide.
    if (key.unique && info.fields[at].type == Type::scalar)
      throw Error(ErrorCode::invalid,
                  fmt::format("the unique key '{}' of '{}' is over the scalar '{}'; make it a text",
                              key.name, info.declaration.name, info.fields[at].name));
    columns += (columns.empty() ? "" : ", ") + key_columns(info.fields[at]);
  }
  try {
    connection.execute(fmt::format("CREATE {}INDEX {} ON {} ({})", key.unique ? "UNIQUE " : "",
                                   key.index, info.table, columns));
  } catch (const EngineError& e) {
    if (!e.constraint()) throw;
    throw Error(
        ErrorCode::invalid,
        fmt::format("'{}' cannot get the unique key '{}': records that are stored collide in it",
                    info.declaration.name, key.name));
  }
}

void make_map(Connection& connection, const MapInfo& map) {
  connection.execute(
      fmt::format("CREATE TABLE {} (owner INTEGER, key INTEGER, txt TEXT NOT NULL, num REAL, "
                  "PRIMARY KEY (owner, key)) WITHOUT ROWID",
                  map.table));
  if (map.indexed)
    connection.execute(fmt::format(
        "CREATE TABLE {} (part INTEGER, key INTEGER, rank INTEGER, num REAL, txt64 TEXT, "
        "owner INTEGER, PRIMARY KEY (part, key, rank, num, txt64, owner)) WITHOUT ROWID",
        map.values));
}

void make_series(Connection& connection, const SeriesInfo& series) {
  std::string points;
  for (const char* name : {"last", "first", "min", "max"})
    points += fmt::format(
        "{0}_step INTEGER NOT NULL, {0}_time INTEGER NOT NULL, "
        "{0}_rank INTEGER NOT NULL, {0}_value REAL NOT NULL, ",
        name);
  connection.execute(fmt::format(
      "CREATE TABLE {} (sid INTEGER PRIMARY KEY, owner INTEGER NOT NULL, key INTEGER NOT NULL, "
      "scope INTEGER NOT NULL, {} n INTEGER NOT NULL, total REAL, loose INTEGER NOT NULL, "
      "small INTEGER NOT NULL, chunks INTEGER NOT NULL, UNIQUE (owner, key, scope))",
      series.summaries, points));
  connection.execute(fmt::format(
      "CREATE TABLE {} (part INTEGER, key INTEGER, scope INTEGER, rank INTEGER, value REAL, "
      "owner INTEGER, PRIMARY KEY (part, key, scope, rank, value, owner)) WITHOUT ROWID",
      series.last_values));
  connection.execute(
      fmt::format("CREATE TABLE {} (sid INTEGER, step INTEGER, time INTEGER, rank INTEGER, v REAL, "
                  "PRIMARY KEY (sid, step, time, rank, v)) WITHOUT ROWID",
                  series.tail));
  connection.execute(fmt::format(
      "CREATE TABLE {} (sid INTEGER, seq INTEGER, n INTEGER NOT NULL, s0 INTEGER NOT NULL, "
      "s1 INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, data BLOB NOT NULL, "
      "PRIMARY KEY (sid, seq)) WITHOUT ROWID",
      series.chunks));
}

void make_collection(Connection& connection, const CollectionInfo& info) {
  std::vector<std::string> columns{"rid INTEGER PRIMARY KEY"};
  if (!info.declaration.sequence) columns.emplace_back("id TEXT NOT NULL UNIQUE");
  columns.emplace_back("ver INTEGER NOT NULL");
  for (const FieldInfo& field : info.fields) add_columns(columns, field);
  if (info.declaration.body) columns.emplace_back("body TEXT");
  connection.execute(fmt::format("CREATE TABLE {} ({})", info.table, fmt::join(columns, ", ")));
  for (const FieldInfo& field : info.fields) make_reference_index(connection, info, field);
  for (const KeyInfo& key : info.keys) make_key(connection, info, key);
  for (const MapInfo& map : info.maps) make_map(connection, map);
  for (const SeriesInfo& series : info.series) make_series(connection, series);
}

void migrate(Connection& connection, const CollectionInfo& info, const kit::Migration& steps) {
  for (const std::string& name : steps.fields) {
    const FieldInfo& field = info.field(name);
    std::vector<std::string> columns;
    add_columns(columns, field);
    for (const std::string& column : columns)
      connection.execute(fmt::format("ALTER TABLE {} ADD COLUMN {}", info.table, column));
    make_reference_index(connection, info, field);
  }
  for (const std::string& name : steps.keys) make_key(connection, info, info.key(name));
  for (const std::string& name : steps.maps) make_map(connection, info.map(name));
  for (const std::string& name : steps.series) make_series(connection, info.one_series(name));
}

[[noreturn]] void foreign(const Connection& connection) {
  throw Error(ErrorCode::corrupt,
              fmt::format("{} is a database but not one of podium's; move it away or choose "
                          "another folder",
                          connection.file().string()));
}

void make_or_check(Connection& connection) {
  connection.execute("PRAGMA journal_mode = WAL");
  connection.execute(
      "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = "
      "67108864");
  const std::int64_t marked = connection.number("PRAGMA application_id");
  if (marked == 0 && connection.number("SELECT count(*) FROM sqlite_schema") == 0) {
    connection.execute("BEGIN IMMEDIATE");
    connection.execute(fmt::format("PRAGMA application_id = {}", application));
    connection.execute(base_tables);
    connection.execute(
        fmt::format("INSERT INTO meta VALUES ('format', {}), ('revision', 0), "
                    "('horizon', 0), ('compacted', 0)",
                    format));
    connection.execute("COMMIT");
    return;
  }
  if (marked != application) foreign(connection);
  const std::int64_t found = connection.number("SELECT value FROM meta WHERE key = 'format'");
  if (found > format)
    throw Error(ErrorCode::unsupported,
                fmt::format("{} has format {}, this podium knows {}; start a newer podium",
                            connection.file().string(), found, format));
  if (found != format) foreign(connection);
  // A large file is looked at as it is used; a small one costs nothing to look through.
  constexpr std::int64_t small = 2048;
  if (connection.number("PRAGMA page_count") > small) return;
  Statement check = connection.prepare("PRAGMA quick_check(1)");
  if (check.step() && check.text(0) != "ok") throw damaged(connection.file(), check.text(0));
}

}  // namespace

void prepare_file(Connection& connection) {
  try {
    make_or_check(connection);
  } catch (const EngineError& e) {
    // A table or column is missing that every store has.
    if (e.code() == ErrorCode::internal)
      throw damaged(connection.file(), sqlite3_errmsg(connection.handle()));
    throw;
  }
}

std::vector<Catalog::Stored> stored_collections(Connection& connection) {
  std::vector<Catalog::Stored> result;
  Statement rows = connection.prepare("SELECT cid, declaration FROM collections ORDER BY cid");
  try {
    while (rows.step())
      result.push_back({static_cast<CollectionId>(rows.integer(0)),
                        kit::collection_from_json(rows.text(1)), false});
  } catch (const EngineError&) {
    throw;
  } catch (const Error& e) {
    throw damaged(connection.file(), e.what());
  }
  return result;
}

std::shared_ptr<const Catalog> declare_collections(Connection& connection, const Catalog& current,
                                                   std::span<const Collection> declared) {
  std::vector<Catalog::Stored> all;
  std::int64_t greatest = 0;
  for (const auto& info : current.all()) {
    all.push_back({info->id, info->declaration, info->declared});
    greatest = std::max(greatest, static_cast<std::int64_t>(info->id));
  }
  struct Work {
    CollectionId id;
    bool is_new;
    kit::Migration steps;
  };
  std::vector<Work> work;
  bool differs = false;
  for (const Collection& collection : declared) {
    kit::check(collection);
    const auto same = [&](const Catalog::Stored& s) {
      return s.declaration.name == collection.name;
    };
    const auto stored = std::find_if(all.begin(), all.end(), same);
    if (stored == all.end()) {
      if (++greatest > 0xFFFF)
        throw Error(ErrorCode::invalid, "a store holds at most 65535 collections");
      all.push_back({static_cast<CollectionId>(greatest), collection, true});
      work.push_back({static_cast<CollectionId>(greatest), true, {}});
      differs = true;
      continue;
    }
    kit::Migration steps = kit::migration(stored->declaration, collection);
    if (!stored->declared || kit::to_json(stored->declaration) != kit::to_json(collection))
      differs = true;
    if (kit::to_json(stored->declaration) != kit::to_json(collection))
      work.push_back({stored->id, false, std::move(steps)});
    stored->declaration = collection;
    stored->declared = true;
  }
  if (!differs) return nullptr;
  auto catalog = std::make_shared<const Catalog>(std::move(all));
  for (const Work& one : work) {
    const CollectionInfo& info = catalog->at(one.id);
    if (one.is_new)
      make_collection(connection, info);
    else
      migrate(connection, info, one.steps);
    const std::string json = kit::to_json(info.declaration);
    connection
        .prepare(
            "INSERT INTO collections (cid, name, version, declaration) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (cid) DO UPDATE SET version = ?3, declaration = ?4")
        .bind(static_cast<int>(one.id), info.declaration.name, info.declaration.version, json)
        .run();
  }
  return catalog;
}

}  // namespace podium::sqlite
