// Declaring and migrating collections.
#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using test::error_of;

Collection first_version() {
  Collection c;
  c.name = "acme.lab/samples";
  c.fields = {{"name", Type::text},
              {"batch", Type::integer},
              {"parent", Type::reference, "acme.lab/samples", OnErase::clear}};
  c.keys = {{"by_name", {"name"}, true}};
  c.maps = {{"tags"}};
  return c;
}

Collection third_version() {
  Collection c = first_version();
  c.version = 3;
  c.fields.push_back({"weight", Type::real});
  c.fields.push_back({"label", Type::scalar});
  c.fields.push_back({"origin", Type::reference, "acme.lab/samples", OnErase::cascade});
  c.keys.push_back({"by_batch", {"batch", "weight"}, false});
  c.maps.push_back({"extra"});
  c.series.push_back({"signal", LastRule::time_step});
  c.steps = {{2, {"weight"}, {"by_batch"}, {}, {}},
             {3, {"label", "origin"}, {}, {"extra"}, {"signal"}}};
  return c;
}

std::string by_key(Opened& store, CollectionId c, const KeyRange& range) {
  std::string ids;
  store->transact([&](Transaction& t) {
    ids.clear();
    t.query(c, range, 100, {}, [&](const Row& row) {
      ids += row.id();
      return true;
    });
  });
  return ids;
}

}  // namespace

TEST_CASE("declare: again and again") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  store->transact([&](Transaction& t) { insert(t, tasks, "a"); });
  const auto all = tracking();
  store->declare(all);
  CHECK(store.id("tasks") == tasks);
  const Collection one[] = {all[0]};
  store->declare(one);
  CHECK(listed(*store, tasks, {}) == "a");
  store.reopen();
  CHECK(listed(*store, store.id("tasks"), {}) == "a");
  CHECK(store->declaration(store.id("inputs")).fields[0].target == "tasks");
  store->declare(std::span<const Collection>());
}

TEST_CASE("declare: a migration adds fields, keys, maps and series to what is there") {
  Opened store({first_version()});
  CollectionId c = store.id("acme.lab/samples");
  store->transact([&](Transaction& t) {
    for (I i = 0; i < 40; ++i) {
      const std::string id(1, static_cast<char>('A' + i));
      const Ordinal o = insert(t, c, id, {{"name", "n" + id}, {"batch", i % 4}});
      t.update(c, {&o, 1}, {}, Patch().put("tags", "i", std::to_string(i)));
    }
  });
  store.reopen({third_version()});
  for (int opened = 0; opened < 2; ++opened) {
    c = store.id("acme.lab/samples");
    CHECK(store->declaration(c).version == 3);
    CHECK(count(*store, c) == 40);
    CHECK(count(*store, c, is_null(field("weight"))) == 40);
    CHECK(count(*store, c, is_null(entry("extra", "x"))) == 40);
    CHECK(count(*store, c, is_null(series("signal", "x"))) == 40);
    CHECK(listed(*store, c, eq(field("batch"), I{3}), {{entry("tags", "i"), true, false}}) ==
          "h d ` \\ X T P L H D");
    store.reopen();
  }
  CHECK(by_key(store, c, {"by_batch", {Value(I{1})}}).size() == 10);
  const Ordinal a = store->find(c, "A");
  const Point point{1, 2, 3};
  store->transact([&](Transaction& t) {
    Patch patch;
    patch.set("weight", 2.5)
        .set("label", "7")
        .set("origin", store->declaration(c).version == 3 ? Value(a) : Value{});
    patch.put("extra", "x", "y");
    t.update(c, {&a, 1}, {}, patch);
    const SeriesPoints signal{"s", "", {&point, 1}};
    t.append(c, a, "signal", {&signal, 1});
  });
  store.reopen();
  c = store.id("acme.lab/samples");
  CHECK(listed(*store, c, eq(field("weight"), 2.5)) == "A");
  CHECK(listed(*store, c, eq(field("label"), 7.0)) == "A");
  CHECK(listed(*store, c, eq(entry("extra", "x"), "y")) == "A");
  CHECK(listed(*store, c, eq(series("signal", "s"), 3.0)) == "A");
  CHECK(by_key(store, c, {"by_batch", {Value(I{0})}, Value(2.0), Value(3.0)}) == "A");
  CHECK(error_of([&] {
          store->transact([&](Transaction& t) { insert(t, c, "new", {{"name", "nB"}}); });
        }).code() == ErrorCode::exists);
  store.check_sound();

  // Back to an older podium: refused by name and versions, and nothing is lost by the attempt.
  const Error e = error_of([&] { store.reopen({first_version()}); });
  CHECK(e.code() == ErrorCode::unsupported);
  for (const char* part : {"acme.lab/samples", "3", "1"})
    CHECK(std::string(e.what()).find(part) != std::string::npos);
  store.reopen({third_version()});
  CHECK(count(*store, store.id("acme.lab/samples")) == 40);
}

TEST_CASE("declare: what contradicts itself or the store is refused") {
  Opened store({first_version()});
  const auto refused = [&](auto change) {
    Collection c = first_version();
    change(c);
    return error_of([&] { store->declare({&c, 1}); }).code();
  };
  CHECK(refused([](Collection& c) {
          c.fields.push_back({"more", Type::text});
        }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) { c.fields[1].type = Type::text; }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) { c.keys[0].unique = false; }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) { c.sequence = true; }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) { c.version = 2; }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) {
          c.version = 2;
          c.steps = {{2, {"nix"}, {}, {}, {}}};
        }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) { c.name = "Bad Name"; }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) {
          c.name = "other";
          c.fields.push_back({"to", Type::reference, "nowhere"});
        }) == ErrorCode::invalid);
  CHECK(refused([](Collection& c) {
          c.name = "other";
          c.keys[0].fields = {"nix"};
        }) == ErrorCode::invalid);
  CHECK(error_of([&] { store->collection("other"); }).code() == ErrorCode::not_found);
  store->transact([&](Transaction& t) {
    insert(t, store.id("acme.lab/samples"), "a", {{"name", "x"}});
  });
  store.reopen();
  CHECK(count(*store, store.id("acme.lab/samples")) == 1);
}

TEST_CASE("declare: a unique key cannot be added over equal values") {
  Opened store({first_version()});
  CollectionId c = store.id("acme.lab/samples");
  store->transact([&](Transaction& t) {
    insert(t, c, "a", {{"name", "x"}, {"batch", I{1}}});
    insert(t, c, "b", {{"name", "y"}, {"batch", I{1}}});
  });
  Collection unique = first_version();
  unique.version = 2;
  unique.keys.push_back({"one_batch", {"batch"}, true});
  unique.steps = {{2, {}, {"one_batch"}, {}, {}}};
  const Error e = error_of([&] { store.reopen({unique}); });
  CHECK(std::string(e.what()).find("one_batch") != std::string::npos);
  store.reopen({first_version()});
  c = store.id("acme.lab/samples");
  const Ordinal b = store->find(c, "b");
  store->transact([&](Transaction& t) { t.update(c, {&b, 1}, {}, Patch().set("batch", I{2})); });
  store.reopen({unique});
  c = store.id("acme.lab/samples");
  CHECK(error_of([&] {
          store->transact([&](Transaction& t) {
            insert(t, c, "d", {{"name", "z"}, {"batch", I{2}}});
          });
        }).code() == ErrorCode::exists);
}

}  // namespace podium::conformance
