// Inserting, updating, claiming.
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

TEST_CASE("writing: what is inserted is there") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  const std::string body = R"({"any": ["thing", "ü"]})";
  Ordinal project = 0, o = 0;
  store->transact([&](Transaction& t) {
    project = insert(t, projects, "", {{"name", "p"}});
    NewRecord record;
    record.id = "run-1";
    record.content.set("project", project).set("name", "ü\n'\"").set("archived", false);
    record.content.set("start", I{-1})
        .set("steps", std::numeric_limits<I>::min())
        .set("score", 0.1);
    record.content.set("label", "1e3")
        .put("params", "lr", "0.1")
        .put("params", "a.b/c d", "")
        .put("tags", "ü", "x");
    record.content.body = body;
    o = t.insert(tasks, record);
  });
  for (int opened = 0; opened < 2; ++opened) {
    CHECK(o > 0);
    CHECK(store->find(tasks, "run-1") == o);
    CHECK(cells(*store, tasks, o,
                {field("project"), field("name"), field("archived"), field("start"), field("steps"),
                 field("score"), field("label"), field("state"), field("parent"),
                 entry("params", "lr"), entry("params", "a.b/c d"), entry("params", "none"),
                 entry("tags", "ü"), record_id(), record_ordinal(), record_body(),
                 series("metrics", "acc")}) ==
          std::vector<Value>{project, "ü\n'\"", false, I{-1}, std::numeric_limits<I>::min(), 0.1,
                             "1e3", Value{}, Value{}, "0.1", "", Value{}, "x", "run-1", o, body,
                             Value{}});
    CHECK(map_of(*store, tasks, o, "params") == Map{{"lr", "0.1"}, {"a.b/c d", ""}});
    const Column column = whole_map("params");
    store->get(tasks, {&o, 1}, {&column, 1}, [](const Row& row) {
      CHECK(row.map(0)[0].key == "a.b/c d");
      CHECK_FALSE(row.map(0)[0].number.has_value());
      CHECK(row.map(0)[1].number == 0.1);
      return true;
    });
    store.reopen();
  }
  store.check_sound();
}

TEST_CASE("writing: an insert that does not fit is refused and leaves nothing") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  store->transact([&](Transaction& t) {
    insert(t, projects, "", {{"name", "taken"}});
    insert(t, tasks, "taken");
  });
  const Revision before = store->revision();
  const auto refused = [&](CollectionId c, std::string_view id, std::string_view name,
                           Value value) {
    return error_of([&] {
      store->transact([&](Transaction& t) {
        std::vector<Patch::Set> fields;
        if (!name.empty()) fields.push_back({name, value});
        insert(t, c, id, fields);
      });
    });
  };
  Error e = refused(tasks, "taken", "", {});
  CHECK(e.code() == ErrorCode::exists);
  CHECK(std::string(e.what()).find("taken") != std::string::npos);
  e = refused(projects, "", "name", "taken");
  CHECK(e.code() == ErrorCode::exists);
  CHECK(std::string(e.what()).find("by_name") != std::string::npos);
  CHECK(refused(tasks, "x", "project", I{4711}).code() == ErrorCode::not_found);
  CHECK(refused(tasks, "x", "nix", "a").code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "name", I{1}).code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "steps", "1").code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "archived", I{1}).code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "score", "1").code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "start", "now").code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "label", I{1}).code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "project", "p").code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "name", "\xff").code() == ErrorCode::invalid);
  CHECK(refused(tasks, "x", "name", std::string("a\0b", 3)).code() == ErrorCode::invalid);
  CHECK(refused(tasks, "\xff", "", {}).code() == ErrorCode::invalid);
  CHECK(refused(tasks, "", "", {}).code() == ErrorCode::invalid);
  CHECK(refused(projects, "7", "name", "x").code() == ErrorCode::invalid);
  const auto bad_content = [&](auto change) {
    return code(store, [&](Transaction& t) {
      NewRecord record;
      record.id = "x";
      change(record.content);
      t.insert(tasks, record);
    });
  };
  CHECK(bad_content([](Patch& p) { p.put("nix", "k", "v"); }) == ErrorCode::invalid);
  CHECK(bad_content([](Patch& p) { p.put("params", "\xff", "v"); }) == ErrorCode::invalid);
  CHECK(bad_content([](Patch& p) { p.put("params", "k", "\xff"); }) == ErrorCode::invalid);
  CHECK(bad_content([](Patch& p) { p.body = "\xff"; }) == ErrorCode::invalid);
  CHECK(store->find(tasks, "x") == 0);
  CHECK(count(*store, tasks) == 1);
  CHECK(store->revision() == before);
  CHECK(hear(*store, before).empty());
}

TEST_CASE("writing: sequences ascend and numbers are never used again") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  const auto id_of = [&](Ordinal o) {
    return std::get<std::string>(cell(*store, projects, o, record_id()));
  };
  const auto add = [&](std::string_view name) {
    return store->write([&](Transaction& t) {
      return insert(t, projects, "", {{"name", std::string(name)}});
    });
  };
  const Ordinal a = add("a"), b = add("b"), c = add("c");
  CHECK(id_of(a) == "0");
  CHECK(id_of(b) == "1");
  CHECK(id_of(c) == "2");
  CHECK(a < b);
  CHECK(b < c);
  CHECK(store->find(projects, "1") == b);
  CHECK(store->find(projects, "01") == 0);
  CHECK(store->find(projects, "x") == 0);
  CHECK(store->find(projects, "-1") == 0);
  const Ordinal task = store->write([&](Transaction& t) { return insert(t, tasks, "t"); });
  store->transact([&](Transaction& t) {
    const Ordinal both[] = {b, c};
    t.erase(projects, both);
    t.erase(tasks, {&task, 1});
  });
  const Ordinal d = add("d");
  CHECK(id_of(d) == "3");
  store->transact([&](Transaction& t) { t.erase(projects, {&d, 1}); });
  store.maintain();
  store.reopen();
  CHECK(id_of(add("e")) == "4");
  // The same id may come again, as another record.
  const Ordinal again = store->write([&](Transaction& t) { return insert(t, tasks, "t"); });
  CHECK(again > task);
  CHECK_FALSE(exists(*store, tasks, task));
}

TEST_CASE("writing: insert or keep") {
  Opened store;
  const CollectionId models = store.id("models"), versions = store.id("versions");
  const auto keep = [&](CollectionId c, std::string_view id, std::vector<Patch::Set> fields,
                        std::string_view key) {
    return store->write([&](Transaction& t) {
      NewRecord record;
      record.id = id;
      record.content.fields = fields;
      return t.insert_or_keep(c, record, key);
    });
  };
  const auto first = keep(models, "m1", {{"name", "resnet"}}, "by_name");
  CHECK(first.inserted);
  const auto same = keep(models, "m2", {{"name", "resnet"}}, "by_name");
  CHECK_FALSE(same.inserted);
  CHECK(same.ordinal == first.ordinal);
  CHECK(store->find(models, "m2") == 0);
  const auto by_id = keep(models, "m1", {{"name", "other"}}, "");
  CHECK_FALSE(by_id.inserted);
  CHECK(by_id.ordinal == first.ordinal);
  CHECK(cell(*store, models, first.ordinal, field("name")) == Value("resnet"));
  const auto version =
      keep(versions, "v1", {{"model", first.ordinal}, {"version", I{1}}}, "by_version");
  CHECK(version.inserted);
  CHECK_FALSE(
      keep(versions, "v2", {{"model", first.ordinal}, {"version", I{1}}}, "by_version").inserted);
  CHECK(keep(versions, "v3", {{"model", first.ordinal}, {"version", I{2}}}, "by_version").inserted);
  // Another key than the one named is still taken.
  CHECK(error_of([&] {
          keep(models, "m1", {{"name", "new"}}, "by_name");
        }).code() == ErrorCode::exists);
  CHECK(error_of([&] {
          keep(models, "m9", {{"name", "new"}}, "nix");
        }).code() == ErrorCode::invalid);
  // What is missing in a unique key does not collide.
  CHECK(keep(versions, "v4", {{"version", I{1}}}, "by_version").inserted);
  CHECK(keep(versions, "v5", {{"version", I{1}}}, "by_version").inserted);
}

TEST_CASE("writing: updates") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  Ordinal a = 0, b = 0;
  store->transact([&](Transaction& t) {
    a = insert(t, tasks, "a", {{"state", "running"}, {"steps", I{1}}, {"label", "5"}});
    b = insert(t, tasks, "b", {{"state", "failed"}});
    t.put(tasks, a, "params", entries({{"x", "1"}, {"y", "2"}}), PutMode::overwrite);
  });
  const Ordinal both[] = {a, b, 999999};
  const I version_a = version_of(*store, tasks, a), version_b = version_of(*store, tasks, b);

  Patch patch;
  patch.set("state", "completed").set("steps", I{2}).set("label", Value{});
  patch.put("params", "x", "3").remove("params", "y").remove("params", "none").put("tags", "t", "");
  patch.body = "{}";
  CHECK(store->write([&](Transaction& t) {
    return t.update(tasks, both, eq(field("state"), "running"), patch);
  }) == 1);
  CHECK(cells(*store, tasks, a, {field("state"), field("steps"), field("label"), record_body()}) ==
        std::vector<Value>{"completed", I{2}, Value{}, "{}"});
  CHECK(map_of(*store, tasks, a, "params") == Map{{"x", "3"}});
  CHECK(map_of(*store, tasks, a, "tags") == Map{{"t", ""}});
  CHECK(version_of(*store, tasks, a) == version_a + 1);
  CHECK(version_of(*store, tasks, b) == version_b);
  // What was indexed is found by its new value only.
  CHECK(listed(*store, tasks, eq(entry("params", "x"), I{3})) == "a");
  CHECK(listed(*store, tasks, eq(entry("params", "x"), I{1})).empty());
  CHECK(listed(*store, tasks, is_null(entry("params", "y"))) == "a b");
  CHECK(listed(*store, tasks, eq(field("state"), "running")).empty());

  CHECK(store->write([&](Transaction& t) {
    return t.update(tasks, both, {}, Patch().set("steps", I{7}));
  }) == 2);
  CHECK(listed(*store, tasks, eq(field("steps"), I{7})) == "a b");

  // A patch that changes nothing counts but leaves the version and the feed alone.
  const Revision before = store->revision();
  const I version = version_of(*store, tasks, a);
  Patch nothing;
  nothing.set("steps", I{7}).put("params", "x", "3").remove("params", "none").set("label", Value{});
  nothing.body = "{}";
  CHECK(store->write([&](Transaction& t) { return t.update(tasks, {&a, 1}, {}, nothing); }) == 1);
  CHECK(version_of(*store, tasks, a) == version);
  CHECK(hear(*store, before).empty());

  store->transact([&](Transaction& t) {
    t.put(tasks, a, "params", entries({{"p", "1"}, {"q", "2"}}), PutMode::overwrite);
    const Point point{0, 0, 1};
    const SeriesPoints series{"acc", "", {&point, 1}};
    t.append(tasks, a, "metrics", {&series, 1});
  });
  Patch clearing;
  clearing.clear("params").clear("metrics").put("params", "new", "v");
  store->transact([&](Transaction& t) { t.update(tasks, {&a, 1}, {}, clearing); });
  CHECK(map_of(*store, tasks, a, "params") == Map{{"new", "v"}});
  CHECK(cell(*store, tasks, a, series("metrics", "acc")) == Value{});
  CHECK(count(*store, tasks, eq(series("metrics", "acc"), 1.0)) == 0);
  CHECK(points_of(*store, {tasks, a, "metrics", "acc", ""}).empty());

  CHECK(code(store, [&](Transaction& t) { t.update(tasks, both, {}, Patch().set("nix", "x")); }) ==
        ErrorCode::invalid);
  CHECK(code(store, [&](Transaction& t) {
          t.update(tasks, both, {}, Patch().set("steps", "x"));
        }) == ErrorCode::invalid);
  CHECK(code(store, [&](Transaction& t) { t.update(tasks, both, {}, Patch().clear("nix")); }) ==
        ErrorCode::invalid);
  CHECK(code(store, [&](Transaction& t) {
          t.update(tasks, both, eq(field("nix"), "x"), Patch().set("steps", I{1}));
        }) == ErrorCode::invalid);
  CHECK(code(store, [&](Transaction& t) {
          t.update(tasks, both, {}, Patch().set("parent", I{424242}));
        }) == ErrorCode::not_found);
  store.check_sound();
}

TEST_CASE("writing: a unique key holds under updates") {
  Opened store;
  const CollectionId models = store.id("models");
  Ordinal a = 0, b = 0;
  store->transact([&](Transaction& t) {
    a = insert(t, models, "a", {{"name", "one"}});
    b = insert(t, models, "b", {{"name", "two"}});
  });
  const auto rename = [&](Ordinal o, Value name) {
    store->transact([&](Transaction& t) {
      t.update(models, {&o, 1}, {}, Patch().set("name", name));
    });
  };
  CHECK(error_of([&] { rename(b, "one"); }).code() == ErrorCode::exists);
  CHECK(cell(*store, models, b, field("name")) == Value("two"));
  CHECK_NOTHROW(rename(a, "three"));
  CHECK_NOTHROW(rename(b, "one"));
  CHECK_NOTHROW(rename(a, Value{}));
  CHECK_NOTHROW(rename(b, Value{}));
  CHECK(count(*store, models, is_null(field("name"))) == 2);
}

TEST_CASE("writing: versions and compare-and-swap") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Ordinal o = store->write([&](Transaction& t) {
    return insert(t, tasks, "a", {{"steps", I{0}}});
  });
  const I version = version_of(*store, tasks, o);
  const auto swap = [&](I expected, I steps) {
    store->transact(
        [&](Transaction& t) { t.update_version(tasks, o, expected, Patch().set("steps", steps)); });
  };
  swap(version, 1);
  CHECK(error_of([&] { swap(version, 2); }).code() == ErrorCode::conflict);
  CHECK(cell(*store, tasks, o, field("steps")) == Value(I{1}));
  swap(version + 1, 1);  // changes nothing, and is no conflict
  CHECK(version_of(*store, tasks, o) == version + 1);
  swap(version + 1, 3);
  CHECK(cells(*store, tasks, o, {field("steps"), record_version()}) ==
        std::vector<Value>{I{3}, version + 2});
  const std::vector<MapEntry> entry_list = entries({{"k", "v"}});
  store->transact(
      [&](Transaction& t) { t.put(tasks, o, "params", entry_list, PutMode::overwrite); });
  CHECK(version_of(*store, tasks, o) == version + 3);
  const Point point{0, 0, 1};
  const SeriesPoints series{"acc", "", {&point, 1}};
  store->transact([&](Transaction& t) { t.append(tasks, o, "metrics", {&series, 1}); });
  CHECK(version_of(*store, tasks, o) == version + 3);  // points leave it alone
}

TEST_CASE("writing: ranges of a key, and claims") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  store->transact([&](Transaction& t) {
    for (I i = 0; i < 10; ++i) {
      const std::string id(1, static_cast<char>('a' + i));
      insert(t, tasks, id,
             {{"state", i % 2 == 0 ? "pending" : "running"},
              {"steps", (i * 7) % 10},
              {"score", i < 8 ? Value(0.5 * static_cast<double>(i)) : Value{}}});
    }
  });
  // pending: a 0, c 4, e 8, g 2, i 6; running: b 7, d 1, f 5, h 9, j 3
  const auto query = [&](const KeyRange& range, std::uint64_t limit = 100) {
    std::string ids;
    store->transact([&](Transaction& t) {
      ids.clear();
      const Column column = value_of(field("steps"));
      const auto rows = t.query(tasks, range, limit, {&column, 1}, [&](const Row& row) {
        ids += row.id();
        CHECK(std::holds_alternative<I>(row.cell(0)));
        return true;
      });
      CHECK(rows == ids.size());
    });
    return ids;
  };
  CHECK(query({"by_state", {Value("pending")}}) == "agcie");
  CHECK(query({"by_state", {Value("pending")}, {}, {}, true}) == "eicga");
  CHECK(query({"by_state", {Value("pending")}, Value(I{2}), Value(I{6})}) == "gci");
  CHECK(query({"by_state", {Value("pending")}, Value(I{3}), {}, true}) == "eic");
  CHECK(query({"by_state", {Value("pending")}, {}, Value(I{3})}) == "ag");
  CHECK(query({"by_state", {Value("pending"), Value(I{8})}}) == "e");
  CHECK(query({"by_state", {Value("nix")}}).empty());
  CHECK(query({"by_state", {}, Value("q"), {}}) == "djfbh");
  CHECK(query({"by_state", {}}, 7) == "agciedj");
  CHECK(query({"by_score", {}, Value(1.0), Value(2.0)}) == "cde");
  CHECK(query({"by_score", {Value(0.5)}}) == "b");
  CHECK(code(store, [&](Transaction& t) {
          t.query(tasks, {"nix", {}}, 1, {}, [](const Row&) { return true; });
        }) == ErrorCode::invalid);

  const auto claim = [&](const KeyRange& range, std::uint64_t limit) {
    std::string ids;
    const auto taken = store->write([&](Transaction& t) {
      return t.update(tasks, range, limit, Patch().set("state", "claimed"));
    });
    store->get(tasks, taken, {}, [&](const Row& row) {
      ids += row.id();
      return true;
    });
    return ids;
  };
  CHECK(claim({"by_state", {Value("pending")}}, 2) == "ag");
  CHECK(claim({"by_state", {Value("pending")}, {}, {}, true}, 1) == "e");
  CHECK(claim({"by_state", {Value("pending")}}, 10) == "ci");
  CHECK(claim({"by_state", {Value("pending")}}, 10).empty());
  CHECK(listed(*store, tasks, eq(field("state"), "claimed")) == "a c e g i");
  store.check_sound();
}

TEST_CASE("writing: a transaction sees what it wrote") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  store->transact([&](Transaction& t) {
    const Ordinal p = insert(t, projects, "", {{"name", "p"}});
    const Ordinal o =
        insert(t, tasks, "a", {{"project", p}, {"state", "pending"}, {"steps", I{1}}});
    CHECK(t.find(tasks, "a") == o);
    CHECK(t.find(tasks, "b") == 0);
    t.update(tasks, {&o, 1}, {}, Patch().set("steps", I{5}).put("params", "k", "v"));
    const Point point{3, 4, 0.5};
    const SeriesPoints series_points{"acc", "", {&point, 1}};
    t.append(tasks, o, "metrics", {&series_points, 1});
    const Column columns[] = {value_of(field("steps")), value_of(entry("params", "k")),
                              value_of(series("metrics", "acc")), whole_map("params")};
    CHECK(t.get(tasks, o, columns, [&](const Row& row) {
      CHECK(owned(row.cell(0)) == Value(I{5}));
      CHECK(owned(row.cell(1)) == Value("v"));
      CHECK(owned(row.cell(2)) == Value(0.5));
      CHECK(row.map(3).size() == 1);
      CHECK(row.id() == "a");
    }));
    CHECK(t.query(tasks, {"by_state", {Value("pending"), Value(I{5})}}, 10, {},
                  [](const Row&) { return true; }) == 1);
    // A reference's own index goes by the field's name.
    CHECK(t.query(tasks, {"project", {p}}, 10, {}, [](const Row&) { return true; }) == 1);
    CHECK(t.query(tasks, {"project", {p + 1}}, 10, {}, [](const Row&) { return true; }) == 0);
    CHECK(t.query(tasks, {"by_state", {Value("pending"), Value(I{1})}}, 10, {},
                  [](const Row&) { return true; }) == 0);
    CHECK(t.update(tasks, {&o, 1}, eq(series("metrics", "acc"), 0.5), Patch().set("steps", I{6})) ==
          1);
    CHECK(t.update(tasks, {&o, 1}, eq(entry("params", "k"), "other"), Patch().set("steps", I{7})) ==
          0);
    CHECK(t.erase(tasks, {&o, 1}) == 1);
    CHECK(t.find(tasks, "a") == 0);
    CHECK_FALSE(t.get(tasks, o, {}, [](const Row&) {}));
    insert(t, tasks, "a", {{"project", p}, {"steps", I{9}}});
  });
  CHECK(cell(*store, tasks, store->find(tasks, "a"), field("steps")) == Value(I{9}));
  CHECK(map_of(*store, tasks, store->find(tasks, "a"), "params").empty());
  CHECK(count(*store, tasks) == 1);
  store.check_sound();
}

TEST_CASE("writing: derived fields change without the version") {
  Collection c;
  c.name = "acme.lab/runs";
  c.fields = {{"name", Type::text}, {"reached", Type::integer}, {"good", Type::boolean}};
  c.fields[1].derived = c.fields[2].derived = true;
  c.maps = {{"tags"}};
  c.body = true;
  Opened store({c});
  const CollectionId runs = store.id("acme.lab/runs");
  Ordinal o = 0;
  store->transact([&](Transaction& t) { o = insert(t, runs, "a", {{"name", "n"}}); });
  const I version = version_of(*store, runs, o);
  const auto change = [&](const Patch& patch) {
    const Revision before = store->revision();
    store->transact([&](Transaction& t) { t.update(runs, {&o, 1}, {}, patch); });
    std::size_t heard = 0;
    store->changes(before, {&runs, 1}, 10, [&](const Change& heard_of) {
      CHECK(heard_of.ordinal == o);
      ++heard;
    });
    return heard;
  };
  CHECK(change(Patch().set("reached", I{3}).set("good", true)) == 1);
  CHECK(cells(*store, runs, o, {field("reached"), field("good")}) ==
        std::vector<Value>{I{3}, true});
  CHECK(version_of(*store, runs, o) == version);
  CHECK(change(Patch().set("reached", I{3}).set("good", true)) == 0);
  CHECK(change(Patch().set("good", Value{})) == 1);
  CHECK(version_of(*store, runs, o) == version);
  // Together with anything else it is a change like others.
  CHECK(change(Patch().set("reached", I{4}).set("name", "m")) == 1);
  CHECK(version_of(*store, runs, o) == version + 1);
  CHECK(change(Patch().set("reached", I{5}).put("tags", "k", "v")) == 1);
  CHECK(version_of(*store, runs, o) == version + 2);
  Patch body;
  body.body = "{}";
  CHECK(change(body.set("reached", I{6})) == 1);
  CHECK(version_of(*store, runs, o) == version + 3);
  store.reopen({c});
  CHECK(store->declaration(store.id("acme.lab/runs")).fields[1].derived);
}

}  // namespace podium::conformance
