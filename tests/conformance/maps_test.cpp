// Maps: the three modes of put, and moving maps and series to another record.
#include <limits>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using test::error_of;
using Map = std::map<std::string, std::string>;

ErrorCode code(Opened& store, FunctionRef<void(Transaction&)> fn) {
  return error_of([&] { store->transact(fn); }).code();
}

/// Keys and texts of entries, for `put`.
std::vector<MapEntry> entries(
    std::initializer_list<std::pair<std::string_view, std::string_view>> list) {
  std::vector<MapEntry> out;
  for (const auto& [key, text] : list) out.push_back({key, text});
  return out;
}

}  // namespace

TEST_CASE("writing: maps in three modes") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Ordinal o = store->write([&](Transaction& t) { return insert(t, tasks, "a"); });
  const auto put = [&](std::initializer_list<std::pair<std::string_view, std::string_view>> list,
                       PutMode mode, std::string_view map = "params") {
    const auto given = entries(list);
    store->transact([&](Transaction& t) { t.put(tasks, o, map, given, mode); });
  };
  put({{"a", "1"}, {"b", "2"}, {"a", "3"}}, PutMode::overwrite);  // the last wins
  CHECK(map_of(*store, tasks, o, "params") == Map{{"a", "3"}, {"b", "2"}});
  put({{"a", "x"}, {"c", "4"}, {"c", "5"}}, PutMode::keep);  // the first stays
  CHECK(map_of(*store, tasks, o, "params") == Map{{"a", "3"}, {"b", "2"}, {"c", "4"}});
  put({{"a", "3"}, {"d", "6"}, {"d", "6"}}, PutMode::equal_or_fail);
  CHECK(map_of(*store, tasks, o, "params") == Map{{"a", "3"}, {"b", "2"}, {"c", "4"}, {"d", "6"}});

  bool thrown = false;
  try {
    put({{"new", "1"}, {"b", "other"}, {"a", "3"}, {"c", "4.0"}}, PutMode::equal_or_fail);
  } catch (const ConflictError& e) {
    thrown = true;
    CHECK(e.code() == ErrorCode::conflict);
    REQUIRE(e.conflicts().size() == 2);
    CHECK(e.conflicts()[0].key == "b");
    CHECK(e.conflicts()[0].old_text == "2");
    CHECK(e.conflicts()[0].new_text == "other");
    CHECK(e.conflicts()[1].key == "c");
    CHECK(e.conflicts()[1].old_text == "4");
    CHECK(e.conflicts()[1].new_text == "4.0");
  }
  CHECK(thrown);
  CHECK(map_of(*store, tasks, o, "params").count("new") == 0);
  CHECK_THROWS_AS(put({{"z", "1"}, {"z", "2"}}, PutMode::equal_or_fail), ConflictError);
  CHECK(map_of(*store, tasks, o, "params").count("z") == 0);

  const I version = version_of(*store, tasks, o);
  const Revision before = store->revision();
  put({{"a", "3"}}, PutMode::overwrite);
  put({{"a", "4"}}, PutMode::keep);
  put({{"a", "3"}}, PutMode::equal_or_fail);
  CHECK(version_of(*store, tasks, o) == version);
  CHECK(hear(*store, before).empty());
  put({{"a", "3"}}, PutMode::overwrite, "notes");
  CHECK(version_of(*store, tasks, o) == version + 1);
  CHECK(map_of(*store, tasks, o, "notes") == Map{{"a", "3"}});
  CHECK(error_of([&] {
          put({{"a", "b"}}, PutMode::overwrite, "nix");
        }).code() == ErrorCode::invalid);
  CHECK(error_of([&] { put({{"a", "\xff"}}, PutMode::overwrite); }).code() == ErrorCode::invalid);
  CHECK(error_of([&] {
          put({{"a", "b"}, {"\xff", "c"}}, PutMode::keep);
        }).code() == ErrorCode::invalid);
  const auto given = entries({{"a", "b"}});
  CHECK(code(store, [&](Transaction& t) {
          t.put(tasks, 4711, "params", given, PutMode::overwrite);
        }) == ErrorCode::not_found);

  // Long texts: alike in their first 64 characters, told apart behind them.
  const std::string stem(80, 'x'), one = stem + "1", two = stem + "2";
  put({{"long", one}}, PutMode::overwrite);
  CHECK(listed(*store, tasks, eq(entry("params", "long"), one)) == "a");
  CHECK(listed(*store, tasks, eq(entry("params", "long"), two)).empty());
  CHECK(listed(*store, tasks, compare(entry("params", "long"), Compare::lt, two)) == "a");
  CHECK(listed(*store, tasks, compare(entry("params", "long"), Compare::ge, two)).empty());
  CHECK(listed(*store, tasks, pattern(Filter::Op::like, entry("params", "long"), "%1")) == "a");
  store.check_sound();
}

TEST_CASE("writing: rehome moves maps and series") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), models = store.id("models");
  Ordinal task = 0, model = 0, other = 0;
  std::vector<Point> points;
  for (I i = 0; i < 3000; ++i) points.push_back({i, i * 10, static_cast<double>(i)});
  store->transact([&](Transaction& t) {
    const Ordinal p = insert(t, store.id("projects"), "", {{"name", "p"}});
    task = insert(t, tasks, "t", {{"project", p}});
    model = insert(t, models, "m");
    other = insert(t, models, "n");
    const auto given = entries({{"lr", "0.1"}, {"opt", "adam"}});
    t.put(models, model, "params", given, PutMode::overwrite);
    const SeriesPoints all[] = {{"acc", "", points}, {"acc", "ds", std::span(points).first(3)}};
    t.append(models, model, "metrics", all);
  });
  const Revision before = store->revision();
  const I version = version_of(*store, tasks, task);
  const std::string_view names[] = {"params", "metrics"};
  store->transact([&](Transaction& t) { t.rehome(models, model, tasks, task, names); });
  for (int opened = 0; opened < 2; ++opened) {
    CHECK(map_of(*store, tasks, task, "params") == Map{{"lr", "0.1"}, {"opt", "adam"}});
    CHECK(map_of(*store, models, model, "params").empty());
    CHECK(points_of(*store, {tasks, task, "metrics", "acc", ""}) == points);
    CHECK(points_of(*store, {tasks, task, "metrics", "acc", "ds"}).size() == 3);
    CHECK(points_of(*store, {models, model, "metrics", "acc", ""}).empty());
    CHECK(cell(*store, models, model, series("metrics", "acc")) == Value{});
    CHECK(listed(*store, tasks, eq(series("metrics", "acc"), 2999.0)) == "t");
    CHECK(listed(*store, tasks, eq(entry("params", "lr"), 0.1)) == "t");
    CHECK(listed(*store, models, is_null(series("metrics", "acc"), true)).empty());
    CHECK(listed(*store, models, eq(entry("params", "lr"), 0.1)).empty());
    if (opened == 0) store.maintain();
    store.reopen();
  }
  CHECK(version_of(*store, tasks, task) == version + 1);
  CHECK(hear(*store, before).size() == 2);
  // The points go on where they are now.
  const Point next{3000, 0, 7};
  const SeriesPoints more{"acc", "", {&next, 1}};
  store->transact([&](Transaction& t) { t.append(tasks, task, "metrics", {&more, 1}); });
  CHECK(cell(*store, tasks, task, series("metrics", "acc", Statistic::count)) == Value(I{3001}));
  // The other must have none of them, and declare them.
  const auto given = entries({{"k", "v"}});
  store->transact(
      [&](Transaction& t) { t.put(models, other, "params", given, PutMode::overwrite); });
  CHECK_THROWS_AS(
      store->transact([&](Transaction& t) { t.rehome(tasks, task, models, other, names); }), Error);
  const std::string_view tags[] = {"tags"};
  CHECK(code(store, [&](Transaction& t) { t.rehome(tasks, task, models, model, tags); }) ==
        ErrorCode::invalid);
  CHECK(code(store, [&](Transaction& t) { t.rehome(tasks, task, models, 4711, names); }) ==
        ErrorCode::not_found);
  CHECK(map_of(*store, tasks, task, "params").size() == 2);
  store.check_sound();
}

}  // namespace podium::conformance
