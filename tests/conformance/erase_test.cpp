// Erasing: cascades and clears, small and large.
#include <set>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using test::error_of;

/// A project with `n` tasks, each with an input that has tags, params, metrics and a parent in the
/// project.
struct Family {
  Ordinal project = 0;
  std::vector<Ordinal> tasks, inputs;
};

Family make(Opened& store, const std::string& name, I n, I metrics_points = 2) {
  return store->write([&](Transaction& t) {
    Family f;
    f.project = insert(t, store.id("projects"), "", {{"name", name}});
    std::vector<Point> points;
    for (I i = 0; i < metrics_points; ++i) points.push_back({i, i, 0.5});
    for (I i = 0; i < n; ++i) {
      const std::string id = name + std::to_string(i);
      const Ordinal task = insert(t, store.id("tasks"), id,
                                  {{"project", f.project},
                                   {"state", "done"},
                                   {"steps", i},
                                   {"parent", f.tasks.empty() ? Value{} : Value(f.tasks.front())}});
      f.tasks.push_back(task);
      t.update(store.id("tasks"), {&task, 1}, {},
               Patch().put("params", "lr", std::to_string(i)).put("tags", "k", "v"));
      const SeriesPoints series{"acc", "", points};
      t.append(store.id("tasks"), task, "metrics", {&series, 1});
      f.inputs.push_back(insert(t, store.id("inputs"), "in" + id,
                                {{"task", task}, {"name", "mnist"}, {"digest", "d"}}));
      t.update(store.id("inputs"), {&f.inputs.back(), 1}, {}, Patch().put("tags", "role", "train"));
    }
    return f;
  });
}

std::uint64_t erase(Opened& store, CollectionId c, Ordinal o, const Filter& still = {}) {
  return store->write([&](Transaction& t) { return t.erase(c, {&o, 1}, still); });
}

}  // namespace

TEST_CASE("erase: only what still fits") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Family f = make(store, "p", 3);
  const Ordinal asked[] = {f.tasks[0], f.tasks[1], 99999};
  CHECK(store->write(
            [&](Transaction& t) { return t.erase(tasks, asked, eq(field("steps"), I{1})); }) == 1);
  CHECK(listed(*store, tasks, {}) == "p0 p2");
  CHECK(store->write([&](Transaction& t) { return t.erase(tasks, asked); }) == 1);
  CHECK(store->write([&](Transaction& t) { return t.erase(tasks, asked); }) == 0);
  CHECK(listed(*store, tasks, {}) == "p2");
}

TEST_CASE("erase: cascade takes children with maps and series, clear lets go") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), inputs = store.id("inputs"),
                     models = store.id("models");
  const Family f = make(store, "p", 3), g = make(store, "q", 2);
  const Ordinal model = store->write([&](Transaction& t) {
    return insert(t, models, "m", {{"name", "m"}, {"task", f.tasks[0]}});
  });
  const I version = version_of(*store, models, model);
  const Revision before = store->revision();
  CHECK(erase(store, tasks, f.tasks[0]) == 1);
  for (int opened = 0; opened < 2; ++opened) {
    CHECK_FALSE(exists(*store, tasks, f.tasks[0]));
    CHECK_FALSE(exists(*store, inputs, f.inputs[0]));
    CHECK(listed(*store, inputs, {}) == "inp1 inp2 inq0 inq1");
    CHECK(cell(*store, tasks, f.tasks[1], field("parent")) == Value{});
    CHECK(cell(*store, models, model, field("task")) == Value{});
    CHECK(points_of(*store, {tasks, f.tasks[0], "metrics", "acc", ""}).empty());
    CHECK(listed(*store, tasks, eq(entry("params", "lr"), I{0})) == "q0");
    CHECK(count(*store, tasks, eq(series("metrics", "acc"), 0.5)) == 4);
    CHECK(count(*store, inputs, eq(entry("tags", "role"), "train")) == 4);
    store.maintain();
    store.reopen();
  }
  CHECK(version_of(*store, models, model) == version + 1);
  std::map<std::pair<std::string, char>, int> heard;
  for (const Heard& h : hear(*store, before))
    ++heard[{store->declaration(h.collection).name, h.kind == Change::Kind::erased ? '-' : '~'}];
  CHECK(heard ==
        std::map<std::pair<std::string, char>, int>{
            {{"inputs", '-'}, 1}, {{"models", '~'}, 1}, {{"tasks", '-'}, 1}, {{"tasks", '~'}, 2}});
  // Two levels down.
  CHECK(erase(store, store.id("projects"), f.project) == 1);
  CHECK(listed(*store, tasks, {}) == "q0 q1");
  CHECK(listed(*store, inputs, {}) == "inq0 inq1");
  CHECK(exists(*store, store.id("projects"), g.project));
  store.maintain();
  store.check_sound();
}

TEST_CASE("erase: what refers to itself in a ring") {
  Collection c;
  c.name = "rings";
  c.fields = {{"next", Type::reference, "rings", OnErase::cascade}};
  Opened store({c});
  const CollectionId rings = store.id("rings");
  const Ordinal first = store->write([&](Transaction& t) {
    const Ordinal a = insert(t, rings, "a");
    const Ordinal b = insert(t, rings, "b", {{"next", a}});
    const Ordinal d = insert(t, rings, "c", {{"next", b}});
    t.update(rings, {&a, 1}, {}, Patch().set("next", d));
    const Ordinal self = insert(t, rings, "self");
    t.update(rings, {&self, 1}, {}, Patch().set("next", self));
    insert(t, rings, "other");
    return a;
  });
  CHECK(erase(store, rings, first) == 1);
  store.maintain();
  CHECK(listed(*store, rings, {}) == "self other");
  erase(store, rings, store->find(rings, "self"));
  store.maintain();
  CHECK(listed(*store, rings, {}) == "other");
  store.check_sound();
}

TEST_CASE("erase: a large cascade is hidden at once and purged behind") {
  Opened store;
  const CollectionId projects = store.id("projects"), tasks = store.id("tasks"),
                     inputs = store.id("inputs"), models = store.id("models");
  constexpr I n = 400;
  const Family f = make(store, "big", n), g = make(store, "small", 3);
  const Ordinal model = store->write([&](Transaction& t) {
    return insert(t, models, "m", {{"name", "m"}, {"task", f.tasks[7]}});
  });
  store.maintain();
  const Revision before = store->revision();
  CHECK(erase(store, projects, f.project) == 1);

  const auto gone = [&] {
    CHECK_FALSE(exists(*store, projects, f.project));
    for (const std::size_t i : {std::size_t{0}, std::size_t{7}, static_cast<std::size_t>(n - 1)}) {
      CHECK_FALSE(exists(*store, tasks, f.tasks[i]));
      CHECK_FALSE(exists(*store, inputs, f.inputs[i]));
      CHECK(points_of(*store, {tasks, f.tasks[i], "metrics", "acc", ""}).empty());
    }
    CHECK(store->find(tasks, "big7") == 0);
    CHECK(store->find(inputs, "inbig7") == 0);
    CHECK(listed(*store, tasks, eq(field("state"), "done")) == "small0 small1 small2");
    CHECK(listed(*store, tasks, {}, {{field("steps"), true, false}}) == "small2 small1 small0");
    CHECK(listed(*store, tasks, {}, {{series("metrics", "acc"), true, false}}) ==
          "small2 small1 small0");
    CHECK(listed(*store, tasks, compare(entry("params", "lr"), Compare::ge, I{2})) == "small2");
    CHECK(listed(*store, tasks, eq(field("project"), f.project)).empty());
    CHECK(listed(*store, inputs, eq(entry("tags", "role"), "train")) ==
          "insmall0 insmall1 insmall2");
    CHECK(listed(*store, inputs, eq(field("task"), f.tasks[7])).empty());
    CHECK(listed(*store, projects, any("tasks", "project", {})) == "1");
    Aggregate counting{inputs, {}, {}, {{}}};
    store->aggregate(counting, [](auto, std::span<const Cell> folds) {
      CHECK(std::get<I>(folds[0]) == 3);
      return true;
    });
    store->transact([&](Transaction& t) {
      CHECK(t.find(tasks, "big8") == 0);
      CHECK_FALSE(t.get(tasks, f.tasks[8], {}, [](const Row&) {}));
      CHECK_FALSE(t.get(inputs, f.inputs[8], {}, [](const Row&) {}));
      CHECK(t.update(tasks, {&f.tasks[8], 1}, {}, Patch().set("steps", I{0})) == 0);
      CHECK(t.erase(inputs, {&f.inputs[8], 1}) == 0);
      CHECK(t.query(tasks, {"by_state", {Value("done")}}, 1000, {},
                    [](const Row&) { return true; }) == 3);
    });
  };
  gone();
  // The root's unique key is free, and so is the id of what is hidden.
  const Family again = store->write([&](Transaction& t) {
    Family made;
    made.project = insert(t, projects, "", {{"name", "big"}});
    made.tasks.push_back(insert(t, tasks, "big3", {{"project", made.project}, {"state", "new"}}));
    return made;
  });
  CHECK(again.project > f.project);
  CHECK(again.tasks[0] > f.tasks.back());
  CHECK(store->find(tasks, "big3") == again.tasks[0]);
  CHECK(map_of(*store, tasks, again.tasks[0], "params").empty());
  CHECK(error_of([&] {
          store->transact([&](Transaction& t) { insert(t, tasks, "x", {{"project", f.project}}); });
        }).code() == ErrorCode::not_found);
  CHECK(error_of([&] {
          store->transact([&](Transaction& t) { insert(t, inputs, "x", {{"task", f.tasks[9]}}); });
        }).code() == ErrorCode::not_found);
  store.reopen();
  store->transact([&](Transaction& t) {
    t.erase(tasks, again.tasks);
    t.erase(projects, {&again.project, 1});
  });
  gone();
  store.maintain();
  gone();
  CHECK(cell(*store, models, model, field("task")) == Value{});
  CHECK(exists(*store, projects, g.project));
  // The feed tells of each that went, with its id.
  std::set<std::string> told;
  for (const Heard& h : hear(*store, before))
    if (h.kind == Change::Kind::erased && (h.collection == tasks || h.collection == inputs)) {
      CHECK(told.insert(h.id + "#" + std::to_string(h.ordinal)).second);
      if (h.collection == tasks && h.ordinal <= f.tasks.back()) CHECK(h.partition == f.project);
    }
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    CHECK(told.count("big" + std::to_string(i) + "#" + std::to_string(f.tasks[i])) == 1);
    CHECK(told.count("inbig" + std::to_string(i) + "#" + std::to_string(f.inputs[i])) == 1);
  }
  store.reopen();
  gone();
  store.check_sound();
}

TEST_CASE("erase: a record with many points is purged behind, too") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Family f = make(store, "p", 2);
  for (int k = 0; k < 120; ++k)
    store->transact([&](Transaction& t) {
      std::vector<Point> points;
      for (I i = 0; i < 20; ++i) points.push_back({k * 20 + i, i, 1.0});
      const std::string key = "m" + std::to_string(k);
      const SeriesPoints series{key, "", points};
      t.append(tasks, f.tasks[0], "metrics", {&series, 1});
    });
  CHECK(erase(store, tasks, f.tasks[0]) == 1);
  const auto gone = [&] {
    CHECK_FALSE(exists(*store, tasks, f.tasks[0]));
    CHECK(points_of(*store, {tasks, f.tasks[0], "metrics", "m5", ""}).empty());
    CHECK(listed(*store, tasks, is_null(series("metrics", "m5"), true)).empty());
    CHECK(listed(*store, tasks, {}) == "p1");
    CHECK(listed(*store, store.id("inputs"), {}) == "inp1");
  };
  gone();
  const Ordinal again = store->write([&](Transaction& t) { return insert(t, tasks, "p0"); });
  CHECK(points_of(*store, {tasks, again, "metrics", "m5", ""}).empty());
  store->transact([&](Transaction& t) { t.erase(tasks, {&again, 1}); });
  store.maintain();
  gone();
  store.reopen();
  gone();
  store.check_sound();
}

}  // namespace podium::conformance
