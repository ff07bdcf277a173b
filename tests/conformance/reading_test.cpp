// The reading calls: get, find, query with cursors and projections, ids, aggregate, budgets.
#include <cmath>
#include <limits>
#include <map>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using test::error_of;

/// 60 tasks t00 to t59 in 2 projects; state has 3 values, steps 7, score is the number / 10.
struct Sixty {
  Opened store;
  CollectionId tasks = store.id("tasks"), projects = store.id("projects"),
               inputs = store.id("inputs");
  std::vector<Ordinal> ordinals;

  Sixty() {
    store->transact([&](Transaction& t) {
      ordinals.clear();
      const Ordinal p[] = {insert(t, projects, "", {{"name", "p"}}),
                           insert(t, projects, "", {{"name", "q"}})};
      const char* const states[] = {"pending", "running", "failed"};
      for (I i = 0; i < 60; ++i) {
        const Ordinal o = insert(t, tasks, id_of(i),
                                 {{"project", p[i % 2]},
                                  {"state", states[i % 3]},
                                  {"steps", i % 7},
                                  {"score", static_cast<double>(i) / 10},
                                  {"start", 1000 + i},
                                  {"archived", i % 5 == 0}});
        ordinals.push_back(o);
        const std::string lr = i % 4 == 0 ? "0.1" : i % 4 == 1 ? "adam" : "1e-1";
        if (i % 4 != 3)
          t.update(tasks, {&o, 1}, {}, Patch().put("params", "lr", lr).put("notes", "n", lr));
        const Point points[] = {{1, 1, static_cast<double>(i)},
                                {2, 2, static_cast<double>(59 - i)}};
        const SeriesPoints series[] = {
            {"acc", "", points}, {"acc", "val", points}, {"loss", "", points}};
        t.append(tasks, o, "metrics", std::span(series).first(i % 2 == 0 ? 3 : 1));
        if (i % 6 == 0)
          insert(t, inputs, "in" + id_of(i),
                 {{"task", o}, {"name", i % 12 == 0 ? "mnist" : "cifar"}, {"digest", "d"}});
      }
    });
  }
  static std::string id_of(I i) { return std::string(i < 10 ? "t0" : "t") + std::to_string(i); }
};

std::vector<std::string> paged(const Reader& reader, Query query) {
  std::vector<std::string> ids;
  const std::uint64_t limit = query.limit;
  for (int pages = 0; pages < 200; ++pages) {
    std::uint64_t rows = 0;
    const Page page = reader.query(query, [&](const Row& row) {
      ids.emplace_back(row.id());
      ++rows;
      return true;
    });
    CHECK(page.rows == rows);
    CHECK(rows <= limit);
    if (page.cursor.empty()) return ids;
    CHECK(rows == limit);  // only a full page can be continued
    query.cursor = page.cursor;
  }
  FAIL("the cursor never ends");
  return ids;
}

}  // namespace

TEST_CASE("reading: get gives rows in the order asked for") {
  Sixty s;
  const Ordinal asked[] = {s.ordinals[5], 987654, s.ordinals[2], 0,
                           s.ordinals[5], -7,     s.ordinals[59]};
  std::string ids;
  s.store->get(s.tasks, asked, {}, [&](const Row& row) {
    ids += std::string(row.id()) + " ";
    CHECK(row.ordinal() > 0);
    CHECK(row.version() > 0);
    return true;
  });
  CHECK(ids == "t05 t02 t05 t59 ");
  ids.clear();
  s.store->get(s.tasks, asked, {}, [&](const Row& row) {
    ids += row.id();
    return false;
  });
  CHECK(ids == "t05");
  const std::string names[] = {"t07", "nobody", "t00", "", "t07"};
  CHECK(s.store->find(s.tasks, names) ==
        std::vector<Ordinal>{s.ordinals[7], 0, s.ordinals[0], 0, s.ordinals[7]});
  CHECK(s.store->find(s.tasks, std::span<const std::string>()).empty());
}

TEST_CASE("reading: projections") {
  Sixty s;
  Column one_key = whole_series("metrics");
  one_key.path.key = "acc";
  const Column columns[] = {value_of(field("score")),
                            whole_map("params"),
                            whole_series("metrics"),
                            one_key,
                            value_of(series("metrics", "loss", Statistic::max)),
                            value_of(record_id()),
                            whole_map("tags"),
                            value_of(entry("notes", "n")),
                            value_of(field("parent"))};
  const auto look = [&](const Row& row, bool scoped) {
    CHECK(row.map(1).size() == 1);
    CHECK(row.map(1)[0].key == "lr");
    CHECK(row.map(6).empty());
    CHECK(row.series(2).size() == (scoped ? 3u : 1u));
    CHECK(row.series(3).size() == (scoped ? 2u : 1u));
    if (scoped) {
      CHECK(row.series(2)[0].key == "acc");
      CHECK(row.series(2)[0].scope.empty());
      CHECK(row.series(2)[1].scope == "val");
      CHECK(row.series(2)[2].key == "loss");
      CHECK(row.series(3)[1].scope == "val");
    }
    const Summary& summary = row.series(2)[0].summary;
    CHECK(summary.count == 2);
    CHECK(summary.sum == 59);
    CHECK(summary.first.step == 1);
    CHECK(summary.last.step == 2);
    CHECK(owned(row.cell(5)) == Value(std::string(row.id())));
    CHECK(owned(row.cell(8)) == Value{});
    CHECK(error_of([&] { row.map(0); }).code() == ErrorCode::misuse);
    CHECK(error_of([&] { row.series(1); }).code() == ErrorCode::misuse);
    CHECK(error_of([&] { row.cell(1); }).code() == ErrorCode::misuse);
    CHECK(error_of([&] { row.cell(2); }).code() == ErrorCode::misuse);
    CHECK(error_of([&] { row.cell(9); }).code() == ErrorCode::misuse);
  };
  for (const I i : {I{0}, I{1}, I{2}}) {
    bool seen = s.store->get(s.tasks, s.ordinals[i], columns, [&](const Row& row) {
      look(row, i % 2 == 0);
      CHECK(owned(row.cell(0)) == Value(static_cast<double>(i) / 10));
      CHECK(owned(row.cell(4)) ==
            (i % 2 == 0 ? Value(static_cast<double>(std::max(i, 59 - i))) : Value{}));
    });
    CHECK(seen);
  }
  std::size_t rows = 0;
  Query query{s.tasks, eq(entry("params", "lr"), 0.1), {{field("start"), true, false}}};
  query.columns.assign(std::begin(columns), std::end(columns));
  s.store->query(query, [&](const Row& row) {
    look(row, true);
    ++rows;
    return true;
  });
  CHECK(rows == 30);
  const auto refused = [&](const Column& column) {
    Query q{s.tasks};
    q.columns = {column};
    return error_of([&] { s.store->query(q, [](const Row&) { return true; }); }).code();
  };
  CHECK(refused(value_of(field("nix"))) == ErrorCode::invalid);
  CHECK(refused(value_of(entry("nix", "a"))) == ErrorCode::invalid);
  CHECK(refused(whole_map("nix")) == ErrorCode::invalid);
  CHECK(refused(whole_map("metrics")) == ErrorCode::invalid);
  CHECK(refused(whole_series("params")) == ErrorCode::invalid);
}

TEST_CASE("reading: pages continue, whatever the plan") {
  Sixty s;
  const Ordinal p = std::get<Ordinal>(cell(*s.store, s.tasks, s.ordinals[0], field("project")));
  const Filter filters[] = {{},
                            eq(field("project"), p),
                            eq(entry("params", "lr"), 0.1),
                            all_of({eq(field("project"), p), eq(field("archived"), false)}),
                            compare(series("metrics", "acc"), Compare::gt, 20.0),
                            not_(eq(field("state"), "failed")),
                            any("inputs", "task", eq(field("name"), "mnist")),
                            pattern(Filter::Op::ilike, field("state"), "%N%"),
                            any_of({eq(field("steps"), I{3}), eq(entry("notes", "n"), "adam")}),
                            none()};
  const Order orders[] = {{},
                          {{field("start"), true, false}},
                          {{field("score"), false, false}},
                          {{series("metrics", "acc"), true, false}},
                          {{series("metrics", "loss"), false, false}, {record_id(), true, false}},
                          {{entry("params", "lr"), true, false}},
                          {{field("steps"), true, false}, {field("score"), true, false}},
                          {{field("state"), false, false}, {entry("params", "lr"), false, true}}};
  for (const Filter& filter : filters)
    for (const Order& order : orders) {
      const auto whole = paged(*s.store, {s.tasks, filter, order});
      std::vector<std::string> from_ids;
      s.store->get(s.tasks, s.store->ids(s.tasks, filter, order), {}, [&](const Row& row) {
        from_ids.emplace_back(row.id());
        return true;
      });
      CHECK(whole == from_ids);
      for (const std::uint64_t limit : {1, 7, 20, 60})
        CHECK(paged(*s.store, {s.tasks, filter, order, limit}) == whole);
    }
}

TEST_CASE("reading: cursors are bound to their question") {
  Sixty s;
  Query query{s.tasks, eq(field("archived"), false), {{field("score"), true, false}}, 10};
  const Page page = s.store->query(query, [](const Row&) { return true; });
  REQUIRE_FALSE(page.cursor.empty());
  for (const char c : page.cursor) CHECK((c > ' ' && c < 127));
  const auto refused = [&](Query q) {
    q.cursor = q.cursor.empty() ? page.cursor : q.cursor;
    return error_of([&] { s.store->query(q, [](const Row&) { return true; }); }).code();
  };
  CHECK(refused({s.tasks, {}, query.order, 10}) == ErrorCode::invalid);
  CHECK(refused({s.tasks, query.filter, {{field("score"), false, false}}, 10}) ==
        ErrorCode::invalid);
  CHECK(refused({s.tasks, query.filter, {}, 10}) == ErrorCode::invalid);
  Query garbage = query;
  garbage.cursor = "garbage";
  CHECK(refused(garbage) == ErrorCode::invalid);
  garbage.cursor = page.cursor + "A";
  CHECK(refused(garbage) == ErrorCode::invalid);
  // Another page size and projection are no other question.
  query.cursor = page.cursor;
  query.limit = 5;
  query.columns = {whole_map("params")};
  CHECK(s.store->query(query, [](const Row&) { return true; }).rows == 5);
  // It outlives a restart.
  s.store.reopen();
  CHECK(s.store->query(query, [](const Row&) { return true; }).rows == 5);
}

TEST_CASE("reading: a sink may stop, and the page goes on from there") {
  Sixty s;
  for (const Order& order :
       {Order{}, Order{{field("start"), true, false}},
        Order{{field("steps"), false, false}, {field("score"), true, false}}}) {
    Query query{s.tasks, {}, order};
    std::vector<std::string> ids;
    const Page page = s.store->query(query, [&](const Row& row) {
      ids.emplace_back(row.id());
      return ids.size() < 13;
    });
    CHECK(page.rows == 13);
    CHECK(ids.size() == 13);
    REQUIRE_FALSE(page.cursor.empty());
    query.cursor = page.cursor;
    for (auto& id : paged(*s.store, query)) ids.push_back(id);
    CHECK(ids == paged(*s.store, {s.tasks, {}, order}));
  }
  CHECK(s.store->query({s.tasks, {}, {}, 60}, [](const Row&) { return true; }).cursor.empty());
}

TEST_CASE("reading: rows that come and go between pages do not break them") {
  Sixty s;
  Query query{s.tasks, {}, {{field("score"), false, false}}, 20};
  std::string last;
  const auto sink = [&](const Row& row) {
    last = row.id();
    return true;
  };
  query.cursor = s.store->query(query, sink).cursor;
  CHECK(last == "t19");
  s.store->transact([&](Transaction& t) {
    t.erase(s.tasks, {&s.ordinals[19], 1});  // the very row the cursor stands on
    t.update(s.tasks, {&s.ordinals[20], 1}, {}, Patch().set("score", -1.0));
    insert(t, s.tasks, "new", {{"score", 1.95}});
  });
  std::string first;
  query.cursor = s.store
                     ->query(query,
                             [&](const Row& row) {
                               if (first.empty()) first = row.id();
                               return true;
                             })
                     .cursor;
  CHECK(first == "new");
  CHECK_FALSE(query.cursor.empty());
}

TEST_CASE("reading: questions that do not fit are refused") {
  Sixty s;
  const auto refused = [&](const Filter& filter, const Order& order = {}) {
    const ErrorCode by_query =
        error_of([&] {
          s.store->query({s.tasks, filter, order}, [](const Row&) { return true; });
        }).code();
    CHECK(error_of([&] { s.store->ids(s.tasks, filter, order); }).code() == by_query);
    return by_query;
  };
  const Error e = error_of([&] { s.store->ids(s.tasks, eq(field("stat"), "x"), {}); });
  CHECK(std::string(e.what()).find("stat") != std::string::npos);
  CHECK(refused(eq(field("stat"), "x")) == ErrorCode::invalid);
  CHECK(refused(eq(field("steps"), "x")) == ErrorCode::invalid);
  CHECK(refused(eq(field("state"), I{1})) == ErrorCode::invalid);
  CHECK(refused(eq(field("archived"), I{1})) == ErrorCode::invalid);
  CHECK(refused(eq(record_body(), "x")) == ErrorCode::invalid);
  CHECK(refused(pattern(Filter::Op::like, field("score"), "1")) == ErrorCode::invalid);
  CHECK(refused(pattern(Filter::Op::matches, field("state"), "(")) == ErrorCode::invalid);
  CHECK(refused(any("inputs", "name", {})) == ErrorCode::invalid);
  CHECK_THROWS_AS(s.store->ids(s.tasks, any("nix", "task", {}), {}), Error);
  CHECK(refused({}, {{field("nix"), false, false}}) == ErrorCode::invalid);
  CHECK(refused({}, {{record_body(), false, false}}) == ErrorCode::invalid);
  CHECK_THROWS_AS(s.store->ids(static_cast<CollectionId>(9999), {}, {}), Error);
  CHECK(error_of([&] { s.store->collection("nix"); }).code() == ErrorCode::not_found);
  CHECK(s.store->declaration(s.tasks).name == "tasks");
}

TEST_CASE("reading: over budget is too expensive, not wrong") {
  Sixty s;
  Budget small;
  small.records = 5;
  const Filter unserved = pattern(Filter::Op::matches, field("state"), "^x");
  CHECK(error_of([&] { s.store->ids(s.tasks, unserved, {}, small); }).code() ==
        ErrorCode::too_expensive);
  Query query{s.tasks, unserved};
  query.budget = small;
  CHECK(error_of([&] { s.store->query(query, [](const Row&) { return true; }); }).code() ==
        ErrorCode::too_expensive);
  Aggregate ask{s.tasks, unserved, {}, {{}}};
  ask.budget = small;
  CHECK(error_of([&] { s.store->aggregate(ask, [](auto, auto) { return true; }); }).code() ==
        ErrorCode::too_expensive);
  Budget enough;
  enough.records = 10000;
  CHECK(s.store->ids(s.tasks, unserved, {}, enough).empty());
}

TEST_CASE("reading: aggregate groups and folds") {
  Sixty s;
  using Kind = Aggregate::Fold::Kind;
  const auto ask = [&](Aggregate a) {
    std::string out;
    a.collection = s.tasks;
    s.store->aggregate(a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
      CHECK(values.size() == a.groups.size());
      CHECK(folds.size() == a.folds.size());
      for (const Cell& c : values) out += show(owned(c)) + " ";
      out += "|";
      for (const Cell& c : folds) out += " " + show(owned(c));
      out += "\n";
      return true;
    });
    return out;
  };
  const Aggregate::Fold counting{}, sum{Kind::sum, field("steps")}, min{Kind::min, field("score")},
      max{Kind::max, field("score")};
  Aggregate a;
  a.folds = {counting};
  CHECK(ask(a) == "| 60\n");
  a.groups = {field("state")};
  a.folds = {counting, min, max};
  CHECK(ask(a) ==
        "'failed' | 20 0.2 (real) 5.9 (real)\n'pending' | 20 0 (real) 5.7 (real)\n'running' | 20 "
        "0.1 (real) 5.8 (real)\n");
  a.descending = true;
  a.limit = 1;
  CHECK(ask(a) == "'running' | 20 0.1 (real) 5.8 (real)\n");
  a = {};
  a.groups = {field("steps")};
  a.folds = {counting, sum};
  a.order_by_fold = 1;
  a.descending = true;
  a.limit = 3;
  CHECK(ask(a) ==
        "6 | 8 48 (real)\n5 | 8 40 (real)\n4 | 8 32 (real)\n");  // 0 to 3 have 9, the rest 8
  a = {};
  a.groups = {entry("params", "lr")};
  a.folds = {counting, {Kind::sum, entry("params", "lr")}};
  a.filter = compare(field("start"), Compare::lt, I{1008});
  // By texts, as they are; what spells no number is not folded; missing is a group, and last.
  CHECK(ask(a) ==
        "'0.1' | 2 0.2 (real)\n'1e-1' | 2 0.2 (real)\n'adam' | 2 missing\nmissing | 2 missing\n");
  a = {};
  a.groups = {field("archived"), field("state")};
  a.folds = {counting};
  a.filter = compare(field("start"), Compare::lt, I{1006});
  CHECK(ask(a) ==
        "false 'failed' | 1\nfalse 'pending' | 1\nfalse 'running' | 2\ntrue 'failed' | 1\ntrue "
        "'pending' | 1\n");
  a = {};
  a.groups = {series("metrics", "loss", Statistic::count)};
  a.folds = {counting, {Kind::max, series("metrics", "loss")}};
  CHECK(ask(a) == "2 | 30 59 (real)\nmissing | 30 missing\n");
  a.filter = none();
  CHECK(ask(a).empty());
  a = {};
  a.groups = {field("nix")};
  CHECK(error_of([&] { ask(a); }).code() == ErrorCode::invalid);
  a = {};
  a.groups = {field("state")};
  a.folds = {counting};
  int groups = 0;
  a.collection = s.tasks;
  s.store->aggregate(a, [&](auto, auto) { return ++groups < 2; });
  CHECK(groups == 2);
}

TEST_CASE("reading: entries, and the keys of maps and series, are counted under any filter") {
  Sixty s;
  const Filter in_p = eq(field("project"), s.store->find(s.projects, "1"));
  const Filter live = eq(field("archived"), false);
  const std::vector<Filter> filters = {
      {},
      in_p,
      live,
      none(),
      all_of({in_p, live}),
      all_of({in_p, eq(field("archived"), true)}),
      all_of({in_p, live, in(field("state"), {Value{std::string("failed")}})}),
      all_of({in_p, compare(series("metrics", "acc"), Compare::gt, 3.0)}),
      all_of({live, not_(eq(entry("params", "lr"), std::string("adam")))}),
      any("inputs", "task", eq(field("name"), std::string("mnist")))};
  for (const Filter& filter : filters) {
    std::map<std::string, I> keys, texts, series_keys, notes, users;
    Query q{s.tasks, filter};
    q.columns = {whole_map("params"), whole_series("metrics"), whole_map("notes"),
                 value_of(field("state"))};
    s.store->query(q, [&](const Row& row) {
      for (const MapEntry& e : row.map(0)) ++keys[std::string(e.key)];
      for (const MapEntry& e : row.map(2)) ++notes[std::string(e.key)];
      for (const SeriesEntry& e : row.series(1))
        ++series_keys[std::string(e.key) + "@" + std::string(e.scope)];
      ++texts[row.map(0).empty() ? "" : std::string(row.map(0)[0].text)];
      ++users[std::string(std::get<std::string_view>(row.cell(3)))];
      return true;
    });
    const auto counted = [&](const Path& path) {
      std::map<std::string, I> out;
      Aggregate a{s.tasks, filter, {path}, {{}}};
      s.store->aggregate(a, [&](std::span<const Cell> values, std::span<const Cell> folds) {
        std::string name;
        if (const auto* text = std::get_if<std::string_view>(&values[0])) name = *text;
        if (path.kind == Path::Kind::series)
          name += "@" + std::string(std::get<std::string_view>(values[1]));
        out[name] += std::get<I>(folds[0]);
        return true;
      });
      return out;
    };
    CHECK(counted(entry("params", "")) == keys);
    CHECK(counted(entry("notes", "")) == notes);
    CHECK(counted(series("metrics", "")) == series_keys);
    CHECK(counted(entry("params", "lr")) == texts);
    CHECK(counted(field("state")) == users);
    // Without folds the same groups, each once.
    const auto distinct = [&](const Path& path, const Filter& asked) {
      std::map<std::string, I> out;
      s.store->aggregate({s.tasks, asked, {path}}, [&](std::span<const Cell> values, auto folds) {
        CHECK(folds.empty());
        std::string name;
        if (const auto* text = std::get_if<std::string_view>(&values[0])) name = *text;
        if (path.kind == Path::Kind::series)
          name += "@" + std::string(std::get<std::string_view>(values[1]));
        ++out[name];
        return true;
      });
      return out;
    };
    const auto once = [](std::map<std::string, I> groups) {
      for (auto& [name, n] : groups) n = 1;
      return groups;
    };
    CHECK(distinct(entry("params", ""), filter) == once(keys));
    CHECK(distinct(entry("notes", ""), filter) == once(notes));
    CHECK(distinct(series("metrics", ""), filter) == once(series_keys));
    CHECK(distinct(entry("params", "lr"), filter) == once(texts));
    CHECK(distinct(field("state"), filter) == once(users));
    const Filter has = all_of({filter, is_null(entry("params", "lr"), true)});
    texts.erase("");
    CHECK(distinct(entry("params", "lr"), has) == once(texts));
    CHECK(distinct(entry("params", "nobody's"),
                   all_of({filter, is_null(entry("params", "nobody's"), true)}))
              .empty());
    // How many have it.
    const auto having = [&](const Path& path) {
      I n = 0;
      s.store->aggregate({s.tasks, all_of({filter, is_null(path, true)}), {}, {{}}},
                         [&](auto, std::span<const Cell> folds) {
                           n = std::get<I>(folds[0]);
                           return true;
                         });
      return n;
    };
    I entries = 0;
    for (const auto& [text, n] : texts) entries += n;
    CHECK(having(entry("params", "lr")) == entries);
    CHECK(having(entry("params", "nobody's")) == 0);
    CHECK(having(series("metrics", "acc", Statistic::min, "val")) == series_keys["acc@val"]);
    CHECK(having(series("metrics", "loss")) == series_keys["loss@"]);
    CHECK(having(series("metrics", "loss", Statistic::last, "val")) == 0);
  }
  Aggregate two{s.tasks, {}, {entry("params", ""), field("state")}, {{}}};
  CHECK(error_of([&] { s.store->aggregate(two, [](auto, auto) { return true; }); }).code() ==
        ErrorCode::invalid);
}

TEST_CASE("reading: an empty store answers") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  CHECK(ids_of(*store, {tasks, {}, {{field("start"), true, false}}}).empty());
  CHECK(store->ids(tasks, not_(none()), {}).empty());
  CHECK(store->find(tasks, "a") == 0);
  CHECK(points_of(*store, {tasks, 1, "metrics", "acc", ""}).empty());
  CHECK(hear(*store, 0).empty());
  CHECK(error_of([&] {
          points_of(*store, {tasks, 1, "nix", "acc", ""});
        }).code() == ErrorCode::invalid);
}

}  // namespace podium::conformance
