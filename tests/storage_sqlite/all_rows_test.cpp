// Who asks for all rows gets them read together, by scans and from indexes: they are what each row
// says by itself.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::TemporaryFolder;

namespace {

std::string spelled(const Cell& cell) {
  if (const auto* x = std::get_if<double>(&cell)) return fmt::format("{:.17g}", *x);
  if (const auto* n = std::get_if<std::int64_t>(&cell)) return fmt::format("{}i", *n);
  if (const auto* b = std::get_if<bool>(&cell)) return *b ? "yes" : "no";
  if (const auto* s = std::get_if<std::string_view>(&cell)) return fmt::format("'{}'", *s);
  return "-";
}

std::string told(const Row& row, const std::vector<Column>& columns) {
  std::string out = fmt::format("{} {} v{}", row.ordinal(), row.id(), row.version());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    out += "|";
    if (columns[i].kind == Column::Kind::value) out += spelled(row.cell(i));
    if (columns[i].kind == Column::Kind::whole_map)
      for (const MapEntry& e : row.map(i)) out += fmt::format("{}={};", e.key, e.text);
    if (columns[i].kind == Column::Kind::whole_series)
      for (const SeriesEntry& e : row.series(i))
        out += fmt::format("{}@{}={};", e.key, e.scope, spelled(e.summary.last.value));
  }
  return out;
}

/// What of a record is asked for: few keys, many, whole maps.
std::vector<Column> some_columns(std::mt19937& random) {
  std::vector<Column> out = {value_of(field("state")), value_of(field("score"))};
  const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const int entries = pick(7), statistics = pick(7);
  for (int i = 0; i < entries; ++i)
    out.push_back(value_of(entry("params", fmt::format("p{}", pick(9)))));
  constexpr Statistic all[] = {Statistic::last,  Statistic::last,     Statistic::last,
                               Statistic::first, Statistic::min,      Statistic::sum,
                               Statistic::count, Statistic::last_step};
  for (int i = 0; i < statistics; ++i)
    out.push_back(value_of(
        series("metrics", fmt::format("m{}", pick(4)), all[pick(8)], pick(3) == 0 ? "test" : "")));
  if (pick(4) == 0) out.push_back(whole_map("params"));
  if (pick(4) == 0) out.push_back(whole_series("metrics"));
  std::shuffle(out.begin(), out.end(), random);
  return out;
}

/// Tasks of three projects with holes between their ordinals, values that are missing and NaN.
void fill(Opened& store, std::mt19937& random, const std::vector<Ordinal>& projects, int tasks) {
  std::vector<Ordinal> gone;
  for (int from = 0; from < tasks; from += 500)
    store.store->write([&](Transaction& t) {
      for (int i = from; i < from + 500; ++i) {
        const std::string id = fmt::format("t{}", i);
        NewRecord record;
        record.id = id;
        // The first project has most of them.
        record.content.set("project", projects[random() % 8 < 6 ? 0 : random() % 3]);
        if (random() % 4 != 0) record.content.set("state", fmt::format("s{}", random() % 3));
        if (random() % 4 != 0)
          record.content.set("score", random() % 5 == 0 ? std::nan("") : 0.5 * i);
        const Ordinal task = t.insert(store.tasks, record);
        std::vector<std::string> keys, texts;
        for (unsigned k = 0; k < 8; ++k)
          if (random() % 3 != 0) {
            keys.push_back(fmt::format("p{}", k));
            texts.push_back(random() % 2 == 0 ? fmt::format("{}", random() % 50) : "text");
          }
        std::vector<MapEntry> entries;
        for (std::size_t k = 0; k < keys.size(); ++k) entries.push_back({keys[k], texts[k]});
        t.put(store.tasks, task, "params", entries, PutMode::overwrite);
        for (const char* key : {"m0", "m1", "m2"})
          for (const char* scope : {"", "test"}) {
            if (random() % 3 == 0) continue;
            std::vector<Point> points;
            for (unsigned n = 0; n <= random() % 2; ++n)
              points.push_back(
                  {n, 1,
                   random() % 6 == 0 ? std::nan("") : 0.25 * static_cast<double>(random() % 99)});
            const SeriesPoints one{key, scope, points};
            t.append(store.tasks, task, "metrics", {&one, 1});
          }
        if (random() % 5 == 0) gone.push_back(task);
      }
    });
  store.store->write([&](Transaction& t) { t.erase(store.tasks, gone); });
}

}  // namespace

TEST_CASE("sqlite: all rows at once say what each says by itself") {
  TemporaryFolder folder;
  Opened store(folder.path());
  std::mt19937 random(5);
  std::vector<Ordinal> projects;
  for (const char* name : {"p", "q", "r"}) projects.push_back(store.project(name));
  fill(store, random, projects, 4000);

  const auto same = [&](const Filter& filter, const std::vector<Column>& columns) {
    std::vector<std::string> one_by_one, together;
    const auto ordinals = store.store->ids(store.tasks, filter, {}, {});
    for (const Ordinal o : ordinals)
      store.store->get(store.tasks, o, columns,
                       [&](const Row& row) { one_by_one.push_back(told(row, columns)); });
    Query q;
    q.collection = store.tasks;
    q.filter = filter;
    q.columns = columns;
    const Page page = store.store->query(q, [&](const Row& row) {
      together.push_back(told(row, columns));
      return true;
    });
    CHECK(page.rows == together.size());
    CHECK(page.cursor.empty());
    REQUIRE(together == one_by_one);
    return together.size();
  };
  const auto of = [&](std::size_t i) { return eq(field("project"), projects[i]); };
  for (int i = 0; i < 20; ++i) {
    CHECK(same(of(0), some_columns(random)) > 2000);
    same(in(field("project"), {projects[0], projects[2]}), some_columns(random));
    same(all_of({of(0), eq(field("state"), std::string("s1"))}), some_columns(random));
    same({}, some_columns(random));  // partitions are not named
    same(any_of({of(0), of(1)}), some_columns(random));
  }

  // A sink that stops gets a cursor that goes on behind the last row it saw, wherever it was.
  const std::vector<Column> columns = {value_of(series("metrics", "m0"))};
  for (const std::size_t stop : {1u, 500u, 511u, 512u, 513u, 1500u}) {
    Query q;
    q.collection = store.tasks;
    q.filter = of(0);
    q.columns = columns;
    std::vector<std::string> seen;
    Page page = store.store->query(q, [&](const Row& row) {
      seen.push_back(told(row, columns));
      return seen.size() < stop;
    });
    CHECK(seen.size() == stop);
    q.cursor = page.cursor;
    REQUIRE(!q.cursor.empty());
    page = store.store->query(q, [&](const Row& row) {
      seen.push_back(told(row, columns));
      return true;
    });
    CHECK(page.cursor.empty());
    CHECK(seen.size() == store.store->ids(store.tasks, of(0), {}, {}).size());
    CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == seen.size());
  }
}
