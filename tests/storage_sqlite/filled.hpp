#pragma once
// A store's file that is filled without the writer, row by row as README.md of the plugin tells the
// layout.
#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "../kit/memory_engine.hpp"
#include "read_pool.hpp"
#include "reader.hpp"
#include "schema.hpp"
#include "shared.hpp"
#include "support.hpp"
#include "values.hpp"

namespace podium::test {

class Filled {
 public:
  explicit Filled(const std::vector<Collection>& declared)
      : shared(options(folder)),
        writer(shared.file, sqlite::Connection::Role::writer),
        pool(shared) {
    sqlite::prepare_file(writer);
    writer.execute("BEGIN");
    shared.replace(sqlite::declare_collections(writer, *shared.catalog(), declared));
    writer.execute("COMMIT");
  }

  CollectionId id(std::string_view name) const { return shared.catalog()->find(name)->id; }

  std::int64_t key(std::string_view text) {
    writer.prepare("INSERT OR IGNORE INTO dict (text) VALUES (?)").bind(text).run();
    sqlite::Statement s = writer.prepare("SELECT id FROM dict WHERE text = ?");
    s.bind(text).step();
    return s.integer(0);
  }

  template <class F>
  auto read(F&& f) {
    const sqlite::ReadPool::Snapshot snapshot(pool);
    const sqlite::SnapshotReader reader(snapshot);
    return f(static_cast<const Reader&>(reader));
  }

  void insert(const sqlite::CollectionInfo& info, const MemoryRecord& r) {
    std::string columns = "rid, ver", marks = "?1, 1";
    int n = 1;
    const bool text_id = !info.declaration.sequence;
    if (text_id) {
      columns += ", id";
      marks += ", ?2";
      n = 2;
    }
    for (const auto& field : info.fields)
      for (const std::string& column : {field.column, field.extra}) {
        if (column.empty()) continue;
        columns += ", " + column;
        marks += fmt::format(", ?{}", ++n);
      }
    sqlite::Statement s =
        writer.prepare(fmt::format("INSERT INTO {} ({}) VALUES ({})", info.table, columns, marks));
    s.bind_at(1, r.ordinal);
    if (text_id) s.bind_at(2, r.id);
    int at = text_id ? 3 : 2;
    Ordinal part = 0;
    for (const auto& field : info.fields) {
      const Value& v = r.fields.at(field.name);
      at = sqlite::bind_value(s, at, field, v);
      if (info.partition == &field && !sqlite::missing(v)) part = std::get<std::int64_t>(v);
    }
    s.run();
    for (const auto& [path, text] : r.entries) {
      const auto& map = info.map(path.first);
      const auto number = kit::number_of(text);
      const std::int64_t k = key(path.second);
      sqlite::Statement m =
          writer.prepare(fmt::format("INSERT INTO {} VALUES (?, ?, ?, ?)", map.table));
      m.bind(r.ordinal, k, text);
      if (number)
        m.bind_at(4, *number);
      else
        m.bind_at(4, nullptr);
      m.run();
      if (!map.indexed) continue;
      const std::string_view start = number ? "" : kit::first_code_points(text, 64);
      writer.prepare(fmt::format("INSERT INTO {} VALUES (?, ?, ?, ?, ?, ?)", map.values))
          .bind(part, k, number ? 0 : 1, number.value_or(0), start, r.ordinal)
          .run();
    }
    for (const auto& [path, last] : r.last) {
      const auto& series = info.one_series(std::get<0>(path));
      const std::int64_t k = key(std::get<1>(path)), scope = key(std::get<2>(path));
      const int rank = std::isnan(last) ? 1 : 0;
      const double v = rank == 1 ? 0 : last;
      // max is the negative of last, as MemoryEngine has it.
      writer
          .prepare(fmt::format(
              "INSERT INTO {} VALUES (NULL, ?1, ?2, ?3, 1, 1, ?4, ?5, 1, 1, ?4, ?5, 1, 1, ?4, "
              "?5, 1, 1, ?4, ?6, 1, 0, 0, 0, 0)",
              series.summaries))
          .bind(r.ordinal, k, scope, rank, v, -v)
          .run();
      writer.prepare(fmt::format("INSERT INTO {} VALUES (?, ?, ?, ?, ?, ?)", series.last_values))
          .bind(part, k, scope, rank, v, r.ordinal)
          .run();
    }
  }

  TemporaryFolder folder;
  sqlite::Shared shared;
  sqlite::Connection writer;
  sqlite::ReadPool pool;

 private:
  static StoreOptions options(const TemporaryFolder& folder) {
    StoreOptions o;
    o.directory = folder.path();
    return o;
  }
};

}  // namespace podium::test
