// The reading side on a file that is filled without the writer: every plan over the real indexes
// against looking at every record, rows against records, and points from chunks and tails.
#include <fmt/format.h>

#include <random>

#include "../kit/questions.hpp"
#include "filled.hpp"
#include "podium/storage_kit/points.hpp"

using namespace podium;
using podium::test::brute_force;
using podium::test::Filled;
using podium::test::MemoryRecord;
using podium::test::MemoryStore;
using podium::test::Questions;

namespace {

std::vector<Collection> declared(const MemoryStore& store) {
  std::vector<Collection> all;
  for (const char* name : {"projects", "tasks", "inputs"})
    all.push_back(store.collections.at(name));
  return all;
}

void fill(Filled& filled, const MemoryStore& store) {
  filled.writer.execute("BEGIN");
  for (const auto& [name, records] : store.records)
    for (const MemoryRecord& record : records)
      filled.insert(*filled.shared.catalog()->find(name), record);
  filled.writer.execute("COMMIT");
}

void compare_all(Filled& filled, Questions& q, const MemoryStore& store, int questions) {
  const CollectionId tasks = filled.id("tasks");
  for (int i = 0; i < questions; ++i) {
    const Filter f = q.chance(10) ? Filter{} : q.filter(2);
    const Order order = q.order();
    try {
      kit::check(f, store.collections.at("tasks"), *filled.shared.catalog());
    } catch (const Error&) {
      continue;
    }
    INFO("question " << i << ": " << kit::to_json(f));
    for (const OrderKey& key : order)
      UNSCOPED_INFO("by " << int(key.path.kind) << " " << key.path.name << " " << key.path.key
                          << (key.descending ? " down" : " up"));
    const auto expected = brute_force(store, f, order);
    REQUIRE(filled.read([&](const Reader& r) { return r.ids(tasks, f, order); }) == expected);
    std::vector<Ordinal> paged;
    Query query{tasks, f, order, q.chance(50) ? 7u : 31u};
    do {
      const Page page = filled.read([&](const Reader& r) {
        return r.query(query, [&](const Row& row) {
          paged.push_back(row.ordinal());
          return true;
        });
      });
      query.cursor = page.cursor;
    } while (!query.cursor.empty() && paged.size() <= expected.size());
    REQUIRE(paged == expected);
  }
}

}  // namespace

TEST_CASE("sqlite: plans over the file answer as looking at every record does") {
  for (unsigned seed = 21; seed <= 23; ++seed) {
    Questions q(seed);
    const MemoryStore store = q.store(200);
    Filled filled(declared(store));
    fill(filled, store);
    compare_all(filled, q, store, 300);
  }
}

TEST_CASE("sqlite: what tombstones hide is not seen") {
  Questions q(31);
  MemoryStore store = q.store(150);
  Filled filled(declared(store));
  fill(filled, store);
  // Project 1 was erased: its row is gone, everything under it still stands.
  filled.writer.execute(fmt::format("INSERT INTO tombstones VALUES ({}, 1, 0)",
                                    static_cast<int>(filled.id("projects"))));
  std::set<Ordinal> gone;
  for (const MemoryRecord& r : store.records["tasks"])
    if (r.fields.at("project") == Value{std::int64_t{1}}) {
      gone.insert(r.ordinal);
      store.hidden.insert({"tasks", r.ordinal});
    }
  for (const MemoryRecord& r : store.records["inputs"])
    if (gone.count(std::get<std::int64_t>(r.fields.at("task"))) != 0)
      store.hidden.insert({"inputs", r.ordinal});
  REQUIRE(gone.size() > 20);
  compare_all(filled, q, store, 200);
  const std::vector<Ordinal> hidden(gone.begin(), gone.end());
  int rows = 0;
  filled.read([&](const Reader& r) {
    r.get(filled.id("tasks"), hidden, {}, [&](const Row&) {
      ++rows;
      return true;
    });
    return 0;
  });
  CHECK(rows == 0);
}

TEST_CASE("sqlite: aggregates from indexes are those of looking at each record") {
  Questions q(41);
  const MemoryStore store = q.store(300);
  Filled filled(declared(store));
  fill(filled, store);
  const CollectionId tasks = filled.id("tasks");
  const auto ask = [&](Filter f, std::vector<Path> groups) {
    std::vector<std::string> out;
    Aggregate a;
    a.collection = tasks;
    a.filter = std::move(f);
    a.groups = std::move(groups);
    a.folds = {{}};
    filled.read([&](const Reader& r) {
      r.aggregate(a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
        std::string line;
        for (const Cell& c : values)
          line += std::visit(
              [](const auto& v) -> std::string {
                if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>)
                  return "missing ";
                else
                  return fmt::format("{} ", v);
              },
              c);
        out.push_back(line + std::to_string(std::get<std::int64_t>(folds[0])));
        return true;
      });
      return 0;
    });
    return out;
  };
  // A filter that says the same in a way that no fast path knows.
  const auto slowly = [](Filter f) { return all_of({not_(not_(std::move(f))), not_(none())}); };
  const std::vector<std::vector<Path>> groupings = {
      {field("state")},        {field("archived"), field("project")}, {entry("params", "opt")},
      {entry("params", "lr")}, {entry("params", "nobody's")},         {}};
  const std::vector<Filter> filters = {
      Filter{}, eq(field("project"), std::int64_t{1}),
      in(field("project"), {std::int64_t{1}, std::int64_t{2}}),
      all_of({eq(field("project"), std::int64_t{2}), eq(field("archived"), false)})};
  for (const auto& groups : groupings)
    for (const Filter& f : filters) {
      const auto fast = ask(f, groups);
      CHECK(fast == ask(slowly(f), groups));
      CHECK_FALSE(fast.empty());
    }
}

TEST_CASE("sqlite: the groups that there are are found by skips, also under tombstones") {
  Questions q(43);
  const MemoryStore store = q.store(300);
  Filled filled(declared(store));
  fill(filled, store);
  const CollectionId tasks = filled.id("tasks");
  const auto ask = [&](const Filter& f, const Path& path, bool counts, Budget budget = {}) {
    std::set<std::string> out;
    Aggregate a{tasks, f, {path}};
    if (counts) a.folds = {{}};
    a.budget = budget;
    filled.read([&](const Reader& r) {
      r.aggregate(a, [&](std::span<const Cell> values, auto) {
        std::string name;
        for (const Cell& c : values) name += std::string(std::get<std::string_view>(c)) + "@";
        CHECK(out.insert(name).second);
        return true;
      });
      return 0;
    });
    return out;
  };
  const auto compare = [&] {
    for (const Path& path : {entry("params", ""), series("metrics", ""), entry("params", "opt"),
                             entry("params", "lr"), entry("params", "nobody's")})
      for (const Filter& f :
           {Filter{}, eq(field("project"), std::int64_t{1}), eq(field("project"), std::int64_t{2}),
            eq(field("archived"), true), eq(record_ordinal(), std::int64_t{7}),
            all_of(
                {eq(field("project"), std::int64_t{2}), eq(field("state"), std::string("x"))})}) {
        const Filter has = path.key.empty() ? f : all_of({f, is_null(path, true)});
        CHECK(ask(has, path, false) == ask(all_of({not_(not_(has)), not_(none())}), path, true));
      }
  };
  compare();
  const auto all = ask({}, entry("params", ""), false);
  REQUIRE(all.size() > 1);
  // As many seeks as there are keys in partitions, however many records: far below what counting
  // them takes, which is refused before it is done.
  const Budget few{60, {}};
  CHECK(ask({}, entry("params", ""), false, few) == all);
  CHECK(test::error_of([&] { ask({}, entry("params", ""), true, few); }).code() ==
        ErrorCode::too_expensive);
  filled.writer.execute(fmt::format("INSERT INTO tombstones VALUES ({}, 1, 0)",
                                    static_cast<int>(filled.id("projects"))));
  compare();
}

TEST_CASE("sqlite: points are merged from chunks and the tail, however they overlap") {
  Questions q(51);
  const MemoryStore store = q.store(5);
  Filled filled(declared(store));
  fill(filled, store);
  const auto& info = *filled.shared.catalog()->find("tasks");
  const auto& series = info.one_series("metrics");
  std::mt19937 random(52);
  const auto draw = [&](std::int64_t n) {
    return std::uniform_int_distribution<std::int64_t>(0, n - 1)(random);
  };

  for (const int shape : {0, 1, 2, 3}) {
    // 0: chunks that follow each other; 1: overlapping; 2: all at one step, time rising; 3: only a
    // tail.
    std::vector<Point> all;
    const Ordinal owner = 1000 + shape;
    const std::int64_t key = filled.key("m");
    filled.writer
        .prepare(fmt::format("INSERT INTO {} VALUES (?1, ?2, ?3, 0, 0,0,0,0, 0,0,0,0, 0,0,0,0, "
                             "0,0,0,0, 0, 0, 1, 0, 9)",
                             series.summaries))
        .bind(owner, owner, key)
        .run();
    std::int64_t clock = 0;
    const auto fresh = [&](std::int64_t i) {
      Point p;
      p.step = shape == 2 ? 0 : shape == 1 ? draw(500) : i;
      p.time = shape == 1 ? draw(100) : ++clock;
      p.value = draw(10) == 0 ? std::numeric_limits<double>::quiet_NaN()
                              : static_cast<double>(draw(1000));
      return p;
    };
    std::int64_t made = 0;
    const auto less = [](const Point& a, const Point& b) { return kit::compare_by_step(a, b) < 0; };
    std::set<Point, decltype(less)> known(less);
    for (int chunk = 0; chunk < (shape == 3 ? 0 : 8); ++chunk) {
      std::vector<Point> points;
      for (int i = 0; i < 300; ++i) {
        const Point p = fresh(made++);
        if (known.insert(p).second) points.push_back(p);
      }
      std::sort(points.begin(), points.end(), less);
      const auto range = kit::range_of(points);
      const std::string bytes = kit::encode_chunk(points);
      filled.writer
          .prepare(fmt::format("INSERT INTO {} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", series.chunks))
          .bind(owner, chunk, range.count, range.first_step, range.last_step, range.first_time,
                range.last_time, sqlite::Blob{bytes})
          .run();
      all.insert(all.end(), points.begin(), points.end());
    }
    for (int i = 0; i < 100; ++i) {
      const Point p = fresh(made++);
      if (!known.insert(p).second) continue;
      all.push_back(p);
      const bool nan = std::isnan(p.value);
      filled.writer.prepare(fmt::format("INSERT INTO {} VALUES (?, ?, ?, ?, ?)", series.tail))
          .bind(owner, p.step, p.time, nan ? 1 : 0, nan ? 0 : p.value)
          .run();
    }
    filled.writer.prepare(fmt::format("UPDATE {} SET n = ? WHERE sid = ?", series.summaries))
        .bind(static_cast<std::int64_t>(all.size()), owner)
        .run();

    const auto bits = [](const std::vector<Point>& points) {
      std::vector<std::string> out;
      for (const Point& p : points) out.push_back(fmt::format("{} {} {}", p.step, p.time, p.value));
      return out;
    };
    const auto ask = [&](PointsQuery query) {
      query.collection = info.id;
      query.record = owner;
      query.series = "metrics";
      query.key = "m";
      std::vector<Point> points;
      filled.read([&](const Reader& r) {
        r.points(query, [&](std::span<const Point> block) {
          CHECK(block.size() <= 64 * 1024);
          CHECK_FALSE(block.empty());
          points.insert(points.end(), block.begin(), block.end());
          return true;
        });
        return 0;
      });
      return points;
    };
    for (const auto by : {PointsQuery::By::step, PointsQuery::By::time}) {
      const bool step = by == PointsQuery::By::step;
      std::sort(all.begin(), all.end(), [&](const Point& a, const Point& b) {
        return (step ? kit::compare_by_step(a, b) : kit::compare_by_time(a, b)) < 0;
      });
      INFO("shape " << shape << (step ? " by step" : " by time"));
      PointsQuery query;
      query.by = by;
      REQUIRE(bits(ask(query)) == bits(all));
      // A range, and pages of it.
      query.from = 40;
      query.to = 333;
      std::vector<Point> within;
      for (const Point& p : all)
        if (const auto at = step ? p.step : p.time; at >= 40 && at <= 333) within.push_back(p);
      REQUIRE(bits(ask(query)) == bits(within));
      query.limit = 57;
      std::vector<Point> paged;
      for (;;) {
        const auto page = ask(query);
        if (page.empty()) break;
        paged.insert(paged.end(), page.begin(), page.end());
        query.after = page.back();
      }
      REQUIRE(bits(paged) == bits(within));
      // Evenly spaced rows, and buckets, over all and over the range.
      for (const bool whole : {true, false}) {
        PointsQuery some;
        some.by = by;
        if (!whole) some.from = 40, some.to = 333;
        const auto& from = whole ? all : within;
        some.evenly = 20;
        std::vector<Point> expected;
        for (const auto row : kit::evenly_spaced(from.size(), 20)) expected.push_back(from[row]);
        REQUIRE(bits(ask(some)) == bits(expected));
        some.evenly = 0;
        some.buckets = 13;
        expected.clear();
        kit::Downsampler sampler(from.size(), 13);
        sampler.add(from, expected);
        sampler.finish(expected);
        REQUIRE(bits(ask(some)) == bits(expected));
      }
    }
  }
}
