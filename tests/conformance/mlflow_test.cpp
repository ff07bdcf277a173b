// The shapes that MLflow's entities take, as the compatibility layer will use them.
#include <limits>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using test::error_of;

std::string first_page(const Reader& reader, CollectionId c, const Filter& filter,
                       const Order& order, std::uint64_t n) {
  std::string ids;
  reader.query({c, filter, order, n}, [&](const Row& row) {
    ids += ids.empty() ? "" : " ";
    ids += row.id();
    return true;
  });
  return ids;
}

}  // namespace

TEST_CASE("mlflow: runs found by their inputs, which have tags of their own") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), inputs = store.id("inputs");
  store->transact([&](Transaction& t) {
    const auto input = [&](Ordinal task, std::string_view id, std::string name, std::string digest,
                           std::string context) {
      const Ordinal o =
          insert(t, inputs, id,
                 {{"task", task}, {"name", name}, {"digest", digest}, {"context", context}});
      const MapEntry tag{"mlflow.data.context", context};
      t.put(inputs, o, "tags", {&tag, 1}, PutMode::overwrite);
    };
    const Ordinal a = insert(t, tasks, "a", {{"start", I{3}}}),
                  b = insert(t, tasks, "b", {{"start", I{2}}}),
                  c = insert(t, tasks, "c", {{"start", I{1}}});
    insert(t, tasks, "d", {{"start", I{0}}});
    input(a, "1", "mnist", "d1", "train");
    input(a, "2", "cifar", "d2", "eval");
    input(b, "3", "mnist", "d1", "eval");
    input(c, "4", "cifar", "d2", "train");
  });
  const Order newest = {{field("start"), true, false}};
  const auto runs = [&](const Filter& filter) { return listed(*store, tasks, filter, newest); };
  CHECK(runs(any("inputs", "task", eq(field("name"), "mnist"))) == "a b");
  CHECK(runs(any("inputs", "task",
                 all_of({eq(field("name"), "mnist"),
                         eq(entry("tags", "mlflow.data.context"), "train")}))) == "a");
  // Two clauses of their own may hold of two inputs; one clause holds of one.
  CHECK(runs(all_of({any("inputs", "task", eq(field("name"), "mnist")),
                     any("inputs", "task", eq(field("context"), "eval"))})) == "a b");
  CHECK(runs(any("inputs", "task",
                 all_of({eq(field("name"), "cifar"), eq(field("context"), "eval")}))) == "a");
  CHECK(runs(not_(any("inputs", "task", {}))) == "d");
  CHECK(runs(not_(any("inputs", "task", eq(field("name"), "mnist")))) == "c d");
  CHECK(runs(any("inputs", "task", pattern(Filter::Op::ilike, field("name"), "MN%"))) == "a b");
  CHECK(runs(any("inputs", "task", not_(eq(field("name"), "mnist")))) == "a c");
  CHECK(runs(any("inputs", "task", in(field("digest"), {Value("d1"), Value("d9")}))) == "a b");
  // The same data set twice in a run is one input.
  const auto kept = store->write([&](Transaction& t) {
    NewRecord again;
    again.id = "5";
    again.content.set("task", t.find(tasks, "a")).set("name", "mnist").set("digest", "d1");
    return t.insert_or_keep(inputs, again, "by_dataset");
  });
  CHECK_FALSE(kept.inserted);
}

TEST_CASE("mlflow: traces found by the text of their spans") {
  Opened store;
  const CollectionId traces = store.id("traces"), spans = store.id("spans");
  store->transact([&](Transaction& t) {
    const Ordinal p = insert(t, store.id("projects"), "", {{"name", "p"}});
    for (I i = 0; i < 6; ++i) {
      const Ordinal trace =
          insert(t, traces, "tr" + std::to_string(i), {{"project", p}, {"time", i}});
      for (I k = 0; k < 3; ++k)
        insert(t, spans, "s" + std::to_string(i * 3 + k),
               {{"trace", trace},
                {"name", k == 0 ? "root" : "llm"},
                {"content", "{\"inputs\": \"Question " + std::to_string(i) +
                                (k == 1 && i % 2 == 0 ? ", was heißt das Öl?" : "") + "\"}" +
                                std::string(3000, ' ')}});
    }
  });
  CHECK(listed(*store, traces,
               any("spans", "trace", pattern(Filter::Op::like, field("content"), "%heißt%"))) ==
        "tr0 tr2 tr4");
  CHECK(listed(*store, traces,
               any("spans", "trace", pattern(Filter::Op::ilike, field("content"), "%DAS ÖL%"))) ==
        "tr0 tr2 tr4");
  CHECK(listed(*store, traces,
               any("spans", "trace",
                   all_of({eq(field("name"), "root"),
                           pattern(Filter::Op::like, field("content"), "%heißt%")})))
            .empty());
  CHECK(listed(*store, traces,
               any("spans", "trace",
                   pattern(Filter::Op::matches, field("content"), "Question [45]"))) == "tr4 tr5");
  // Oldest first, at most N: what delete-traces does.
  store->transact([&](Transaction& t) {
    const KeyRange old{"by_time", {Value(t.find(store.id("projects"), "0"))}, {}, Value(I{4})};
    std::vector<Ordinal> oldest;
    t.query(traces, old, 2, {}, [&](const Row& row) {
      oldest.push_back(row.ordinal());
      return true;
    });
    CHECK(oldest.size() == 2);
    t.erase(traces, oldest);
  });
  CHECK(listed(*store, traces, {}) == "tr2 tr3 tr4 tr5");
  CHECK(count(*store, spans) == 12);
}

TEST_CASE("mlflow: model versions and aliases") {
  Opened store;
  const CollectionId models = store.id("models"), versions = store.id("versions"),
                     aliases = store.id("aliases");
  Ordinal resnet = 0, bert = 0;
  store->transact([&](Transaction& t) {
    resnet = insert(t, models, "resnet", {{"name", "resnet"}});
    bert = insert(t, models, "bert", {{"name", "bert"}});
  });
  // The next version is the greatest and one; absence is held by the unique key.
  const auto next_version = [&](Ordinal model) {
    return store->write([&](Transaction& t) {
      I next = 1;
      const Column column = value_of(field("version"));
      t.query(versions, {"by_version", {Value(model)}, {}, {}, true}, 1, {&column, 1},
              [&](const Row& row) {
                next = std::get<I>(row.cell(0)) + 1;
                return true;
              });
      return insert(t, versions, std::to_string(model) + "/" + std::to_string(next),
                    {{"model", model}, {"version", next}});
    });
  };
  const Ordinal r1 = next_version(resnet), r2 = next_version(resnet), b1 = next_version(bert);
  CHECK(cell(*store, versions, r2, field("version")) == Value(I{2}));
  CHECK(cell(*store, versions, b1, field("version")) == Value(I{1}));
  CHECK(error_of([&] {
          store->transact([&](Transaction& t) {
            insert(t, versions, "dup", {{"model", resnet}, {"version", I{2}}});
          });
        }).code() == ErrorCode::exists);
  const auto set_alias = [&](Ordinal model, Ordinal version, std::string name) {
    store->transact([&](Transaction& t) {
      NewRecord record;
      const std::string id = std::to_string(model) + "@" + name;
      record.id = id;
      record.content.set("model", model).set("alias", name).set("version", version);
      const auto kept = t.insert_or_keep(aliases, record, "by_alias");
      if (!kept.inserted)
        t.update(aliases, {&kept.ordinal, 1}, {}, Patch().set("version", version));
    });
  };
  set_alias(resnet, r1, "champion");
  set_alias(resnet, r2, "champion");
  set_alias(resnet, r1, "old");
  set_alias(bert, b1, "champion");
  CHECK(listed(*store, versions, any("aliases", "version", eq(field("alias"), "champion"))) ==
        std::to_string(resnet) + "/2 " + std::to_string(bert) + "/1");
  store->transact([&](Transaction& t) { t.erase(versions, {&r1, 1}); });
  CHECK(count(*store, aliases) == 2);
  store->transact([&](Transaction& t) { t.erase(models, {&resnet, 1}); });
  CHECK(count(*store, aliases) == 1);
  CHECK(count(*store, versions) == 1);
  store.check_sound();
}

TEST_CASE("mlflow: metrics of a model by data set") {
  Opened store;
  const CollectionId models = store.id("models");
  store->transact([&](Transaction& t) {
    for (I i = 0; i < 3; ++i) {
      const std::string id = "m" + std::to_string(i);
      const Ordinal o = insert(t, models, id, {{"name", id}});
      const Point plain{0, 0, static_cast<double>(i)}, scoped{0, 0, static_cast<double>(9 - i)};
      const SeriesPoints points[] = {{"acc", "", {&plain, 1}}, {"acc", "mnist@d1", {&scoped, 1}}};
      t.append(models, o, "metrics", std::span(points).first(i == 1 ? 1 : 2));
    }
  });
  const Path on_mnist = series("metrics", "acc", Statistic::last, "mnist@d1");
  CHECK(listed(*store, models, {}, {{series("metrics", "acc"), true, false}}) == "m2 m1 m0");
  CHECK(listed(*store, models, {}, {{on_mnist, true, false}}) == "m0 m2 m1");
  CHECK(listed(*store, models, compare(on_mnist, Compare::gt, 8.0)) == "m0");
  Column by_key = whole_series("metrics");
  by_key.path.key = "acc";
  const Ordinal m0 = store->find(models, "m0");
  store->get(models, {&m0, 1}, {&by_key, 1}, [](const Row& row) {
    CHECK(row.series(0).size() == 2);
    CHECK(row.series(0)[1].scope == "mnist@d1");
    return true;
  });
}

TEST_CASE("mlflow: the order of a search page") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  store->transact([&](Transaction& t) {
    const Ordinal p = insert(t, store.id("projects"), "", {{"name", "p"}});
    for (I i = 0; i < 9; ++i) {
      const std::string id(1, static_cast<char>('a' + i));
      const Ordinal o =
          insert(t, tasks, id, {{"project", p}, {"archived", false}, {"start", i / 2}});
      const char* const lr[] = {"0.1", "10", "9", "adam"};
      if (i < 8) t.update(tasks, {&o, 1}, {}, Patch().put("params", "lr", lr[i % 4]));
      const Point point{
          0, 0, i == 4 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(i % 3)};
      const SeriesPoints points{"acc", "", {&point, 1}};
      if (i != 7) t.append(tasks, o, "metrics", {&points, 1});
    }
  });
  const Filter active = all_of(
      {eq(field("project"), store->find(store.id("projects"), "0")), eq(field("archived"), false)});
  const OrderKey newest{field("start"), true, false}, by_id{record_id(), false, false};
  CHECK(first_page(*store, tasks, active, {newest, by_id}, 4) == "i g h e");
  CHECK(first_page(*store, tasks, active, {{series("metrics", "acc"), true, false}, newest, by_id},
                   9) == "i f c b g d a e h");
  CHECK(first_page(*store, tasks, active, {{series("metrics", "acc"), false, false}, newest, by_id},
                   9) == "g d a b i f c e h");
  // Params are ordered as the texts they are.
  CHECK(first_page(*store, tasks, active, {{entry("params", "lr"), false, true}, newest, by_id},
                   9) == "e a f b g c h d i");
}

TEST_CASE("mlflow: an experiment's many runs are archived in slices, which may be interrupted") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  constexpr I n = 2000;
  const Ordinal p = store->write([&](Transaction& t) {
    const Ordinal project = insert(t, projects, "", {{"name", "p"}});
    for (I i = 0; i < n; ++i)
      insert(t, tasks, "t" + std::to_string(i),
             {{"project", project}, {"archived", i % 10 == 0}, {"start", i}});
    return project;
  });
  // The flag that keeps newcomers out is committed first, then the ordinals are taken, once.
  store->transact([&](Transaction& t) {
    t.update(projects, {&p, 1}, {}, Patch().set("archived", true));
  });
  const std::vector<Ordinal> all = store->ids(tasks, eq(field("project"), p), {});
  CHECK(all.size() == n);
  std::size_t done = 0, changed = 0;
  const auto slice = [&](std::size_t size, bool fails) {
    const auto part = std::span(all).subspan(done, std::min(size, all.size() - done));
    const auto count = store->write([&](Transaction& t) {
      const auto updated =
          t.update(tasks, part, eq(field("archived"), false), Patch().set("archived", true));
      if (fails) throw Error(ErrorCode::cancelled, "interrupted");
      return updated;
    });
    done += part.size();
    changed += count;
  };
  while (done < 900) slice(300, false);
  CHECK_THROWS_AS(slice(300, true), Error);
  CHECK(count(*store, tasks, eq(field("archived"), true)) == 900 + 110);
  // One goes meanwhile, and one is archived by somebody else.
  store->transact([&](Transaction& t) {
    t.erase(tasks, {&all[1500], 1});
    t.update(tasks, {&all[1501], 1}, {}, Patch().set("archived", true));
  });
  store.reopen();
  while (done < all.size()) slice(300, false);
  CHECK(count(*store, tasks, eq(field("archived"), true)) == n - 1);
  CHECK(changed == n - n / 10 - 1);  // 1500 was archived before it went; 1501 was somebody else's
  std::string last;
  store->transact([&](Transaction& t) {
    t.query(tasks, {"by_start", {Value(p), Value(true)}, {}, {}, true}, 1, {}, [&](const Row& row) {
      last = row.id();
      return true;
    });
  });
  CHECK(last == "t1999");
  store.check_sound();
}

}  // namespace podium::conformance
