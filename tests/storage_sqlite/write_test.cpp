// The writing side by what the file then holds; what every store must do is the conformance
// suite's.
#include <fmt/format.h>

#include <atomic>
#include <random>
#include <thread>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::error_of;
using podium::test::TemporaryFolder;

namespace {

std::vector<Point> rising(std::int64_t from, std::int64_t count, std::int64_t step = 0) {
  std::vector<Point> points;
  for (std::int64_t i = from; i < from + count; ++i)
    points.push_back({step == 0 ? i : 0, 1000 + i, static_cast<double>(i) * 0.5});
  return points;
}

}  // namespace

TEST_CASE("a store is opened again with what was written") {
  TemporaryFolder folder;
  Ordinal task = 0;
  {
    Opened a(folder.path());
    const Ordinal project = a.project("vision");
    task = a.task("t1", project);
    a.store->write([&](Transaction& t) {
      const MapEntry entries[] = {{"lr", "0.1"}, {"opt", "adam"}};
      t.put(a.tasks, task, "params", entries, PutMode::equal_or_fail);
    });
    a.log_points(task, "loss", rising(0, 20));
    REQUIRE(a.faults().empty());
  }
  Opened b(folder.path());
  b.store->write([&](Transaction& t) {
    CHECK(t.find(b.tasks, "t1") == task);
    const Column columns[] = {value_of(entry("params", "lr")), whole_map("params"),
                              value_of(series("metrics", "loss", Statistic::count))};
    REQUIRE(t.get(b.tasks, task, columns, [&](const Row& row) {
      CHECK(row.version() == 2);
      CHECK(std::get<std::string_view>(row.cell(0)) == "0.1");
      REQUIRE(row.map(1).size() == 2);
      CHECK(row.map(1)[0].key == "lr");
      CHECK(std::get<std::int64_t>(row.cell(2)) == 20);
    }));
  });
  CHECK(b.task("t2", 1) == task + 1);
  CHECK(b.faults().empty());
}

TEST_CASE("a second store of the same folder is refused") {
  TemporaryFolder folder;
  Opened a(folder.path());
  CHECK(error_of([&] { Opened b(folder.path()); }).code() == ErrorCode::unavailable);
}

TEST_CASE("what is no store is named and not served") {
  TemporaryFolder folder;
  const auto file = folder.path() / "podium.db";
  const auto write = [&](const std::string& text) {
    std::FILE* out = std::fopen(file.c_str(), "wb");
    std::fwrite(text.data(), 1, text.size(), out);
    std::fclose(out);
  };
  SECTION("not a database") {
    write(std::string(5000, 'x'));
    CHECK(error_of([&] { Opened a(folder.path()); }).code() == ErrorCode::corrupt);
  }
  SECTION("another's database") {
    {
      sqlite::Connection other(file, sqlite::Connection::Role::writer);
      other.execute("CREATE TABLE theirs (x)");
    }
    CHECK(error_of([&] { Opened a(folder.path()); }).code() == ErrorCode::corrupt);
  }
  SECTION("of a newer format") {
    { Opened a(folder.path()); }
    {
      sqlite::Connection other(file, sqlite::Connection::Role::writer);
      other.execute("UPDATE meta SET value = 99 WHERE key = 'format'");
    }
    CHECK(error_of([&] { Opened a(folder.path()); }).code() == ErrorCode::unsupported);
  }
  SECTION("cut short") {
    {
      Opened a(folder.path());
      const Ordinal project = a.project("p");
      for (int i = 0; i < 200; ++i) a.task(fmt::format("task-{}", i), project);
    }
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    CHECK(error_of([&] { Opened a(folder.path()); }).code() == ErrorCode::corrupt);
  }
  SECTION("with pages overwritten") {
    {
      Opened a(folder.path());
      const Ordinal project = a.project("p");
      for (int i = 0; i < 200; ++i) a.task(fmt::format("task-{}", i), project);
    }
    std::FILE* out = std::fopen(file.c_str(), "r+b");
    std::fseek(out, 4096, SEEK_SET);
    const std::string garbage(static_cast<std::size_t>(std::filesystem::file_size(file)) - 4096,
                              '\x5a');
    std::fwrite(garbage.data(), 1, garbage.size(), out);
    std::fclose(out);
    CHECK(error_of([&] { Opened a(folder.path()); }).code() == ErrorCode::corrupt);
  }
}

TEST_CASE("points go to the tail or to chunks, and merging keeps them") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal task = a.task("t", a.project("p"));
  const auto tail = [&] { return a.number("SELECT count(*) FROM p2_metrics"); };
  const auto chunks = [&] { return a.number("SELECT count(*) FROM c2_metrics"); };

  for (std::int64_t i = 0; i < 30; ++i) a.log_points(task, "loss", rising(i, 1));
  CHECK(tail() == 30);
  a.log_points(task, "loss", rising(100, 50));
  CHECK(chunks() == 1);
  CHECK(tail() == 30);
  a.log_points(task, "loss", rising(1000, 2500));
  CHECK(chunks() == 4);
  CHECK(a.faults().empty());
  while (a.store->maintain()) {
  }
  CHECK(tail() == 0);
  CHECK(chunks() == 4);
  CHECK(a.faults().empty());
  CHECK(a.number("SELECT n FROM s2_metrics") == 30 + 50 + 2500);

  SECTION("a thousand loose points are sealed at once") {
    for (std::int64_t i = 5000; i < 6030; ++i) a.log_points(task, "acc", rising(i, 1));
    CHECK(a.number("SELECT max(n) FROM c2_metrics WHERE sid = (SELECT max(sid) FROM s2_metrics)") ==
          1024);
    CHECK(tail() == 6);
    CHECK(a.faults().empty());
  }
  SECTION("repeats are dropped wherever the first is") {
    for (std::int64_t i = 0; i < 30; ++i) a.log_points(task, "loss", rising(i, 1));
    a.log_points(task, "loss", rising(100, 50));
    a.log_points(task, "loss", rising(3400, 110));
    CHECK(a.number("SELECT n FROM s2_metrics") == 30 + 50 + 2510);
    while (a.store->maintain()) {
    }
    CHECK(a.faults().empty());
  }
}

TEST_CASE("random points, however they arrive, are kept once") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal task = a.task("t", a.project("p"));
  std::mt19937 random(7);
  std::vector<Point> expected;
  for (int round = 0; round < 200; ++round) {
    std::vector<Point> points;
    const auto count = std::uniform_int_distribution<int>(1, round % 10 == 0 ? 300 : 12)(random);
    for (int i = 0; i < count; ++i)
      points.push_back({std::uniform_int_distribution<int>(0, 40)(random),
                        std::uniform_int_distribution<int>(0, 20)(random),
                        random() % 9 == 0 ? std::nan("") : static_cast<double>(random() % 5)});
    a.store->write([&](Transaction& t) {
      const SeriesPoints one{"m", "", points};
      t.append(a.tasks, task, round % 2 == 0 ? "metrics" : "system", {&one, 1});
    });
    if (round % 50 == 49)
      while (a.store->maintain()) {
      }
  }
  CHECK(a.faults().empty());
}

TEST_CASE("a hundred thousand points at step 0 with the clock running look at no chunk") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal task = a.task("t", a.project("p"));
  for (std::int64_t i = 0; i < 100; ++i) a.log_points(task, "loss", rising(i * 1000, 1000, 1));
  CHECK(a.number("SELECT n FROM s2_metrics") == 100'000);
  while (a.store->maintain()) {
  }
  CHECK(a.number("SELECT n FROM s2_metrics") == 100'000);
}

TEST_CASE("a large cascade vanishes at once and is purged behind") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal project = a.project("big"), other = a.project("other");
  std::vector<Ordinal> tasks;
  a.store->write([&](Transaction& t) {
    for (int i = 0; i < 150; ++i) {
      NewRecord record;
      const std::string id = fmt::format("t{}", i), slug = fmt::format("s{}", i);
      record.id = id;
      record.content.set("project", project)
          .set("slug", slug)
          .put("params", "lr", "0.1")
          .put("tags", "a", "b");
      tasks.push_back(t.insert(a.tasks, record));
      NewRecord input;
      input.id = id;
      input.content.set("task", tasks.back()).put("params", "x", "1");
      t.insert(a.inputs, input);
    }
    NewRecord child;
    child.id = "child";
    child.content.set("project", other).set("parent", tasks[3]);
    t.insert(a.tasks, child);
  });
  for (const Ordinal task : tasks) a.log_points(task, "loss", rising(0, 3));

  a.store->write([&](Transaction& t) {
    CHECK(t.erase(a.projects, {&project, 1}) == 1);
    // Within the same write they are gone already.
    CHECK(t.find(a.tasks, "t7") == 0);
    CHECK_FALSE(t.get(a.inputs, 1, {}, [](const Row&) {}));
    CHECK(t.query(a.tasks, KeyRange{"start", {Value{project}}}, 1000, {},
                  [](const Row&) { return true; }) == 0);
    CHECK(t.update(a.tasks, tasks, {}, Patch().set("state", std::string("x"))) == 0);
    NewRecord late;
    late.id = "late";
    late.content.set("project", project);
    CHECK(error_of([&] { t.insert(a.tasks, late); }).code() == ErrorCode::not_found);
  });
  CHECK(a.number("SELECT count(*) FROM tombstones") == 1);
  CHECK(a.number("SELECT count(*) FROM t1") == 1);
  CHECK(a.faults().empty());

  SECTION("an insert that meets a hidden one's id purges it first") {
    CHECK(a.task("t7", other) > tasks.back());
    CHECK(a.number("SELECT count(*) FROM t2 WHERE id = 't7'") == 1);
    CHECK(a.number("SELECT count(*) FROM t3 WHERE id = 't7'") == 0);
  }
  SECTION("it survives a restart in the middle") {
    CHECK(a.store->maintain());
    a.store.reset();
    Opened again(folder.path());
    while (again.store->maintain()) {
    }
    CHECK(again.number("SELECT count(*) FROM t2") == 1);
    CHECK(again.faults().empty());
  }
  if (!a.store) return;
  while (a.store->maintain()) {
  }
  CHECK(a.number("SELECT count(*) FROM tombstones") == 0);
  CHECK(a.number("SELECT count(*) FROM t2 WHERE f_project = " + std::to_string(project)) == 0);
  CHECK(a.number("SELECT count(*) FROM t2 WHERE id = 'child' AND f_parent IS NULL AND ver = 2") ==
        1);
  CHECK(a.number("SELECT count(*) FROM m3_params") == 0);
  CHECK(a.number("SELECT count(*) FROM x2_params") == 0);
  CHECK(a.number("SELECT count(*) FROM p2_metrics") == 0);
  CHECK(a.faults().empty());
}

TEST_CASE("ordinals and sequence ids are never given again") {
  TemporaryFolder folder;
  Ordinal last = 0;
  {
    Opened a(folder.path());
    a.project("a");
    last = a.project("b");
    a.store->write([&](Transaction& t) { t.erase(a.projects, {&last, 1}); });
  }
  Opened b(folder.path());
  CHECK(b.project("c") == last + 1);
}

TEST_CASE("the feed keeps one entry a record and forgets old erasures") {
  TemporaryFolder folder;
  {
    Opened a(folder.path());
    const Ordinal project = a.project("p");
    const Ordinal task = a.task("t", project), gone = a.task("gone", project);
    for (std::int64_t i = 0; i < 50; ++i) a.log_points(task, "loss", rising(i, 1));
    a.store->write([&](Transaction& t) { t.erase(a.tasks, {&gone, 1}); });
    CHECK(a.number("SELECT count(*) FROM feed") == 54);
    while (a.store->maintain()) {
    }
    CHECK(a.number("SELECT count(*) FROM feed") == 3);
    CHECK(a.number("SELECT kind FROM feed WHERE rid = " + std::to_string(task) + " AND cid = 2") ==
          1);
    CHECK(a.number("SELECT kind FROM feed WHERE rid = " + std::to_string(gone) + " AND cid = 2") ==
          3);
    CHECK(a.store->revision() == 55);  // the declaration has one too
    CHECK(a.faults().empty());
  }
  {
    sqlite::Connection file(folder.path() / "podium.db", sqlite::Connection::Role::writer);
    file.execute("UPDATE feed_clock SET time = time - 8 * 24 * 3600000");
  }
  Opened b(folder.path());
  while (b.store->maintain()) {
  }
  CHECK(b.number("SELECT count(*) FROM feed") == 2);
  CHECK(b.number("SELECT value FROM meta WHERE key = 'horizon'") == 55);
  CHECK(b.store->revision() == 55);
  CHECK(b.faults().empty());
  b.store.reset();
  Opened c(folder.path());
  CHECK(c.store->revision() == 55);
}

TEST_CASE("a backup taken while writes go on is a store of its own") {
  TemporaryFolder folder, copies;
  Opened a(folder.path());
  const Ordinal task = a.task("t", a.project("p"));
  a.log_points(task, "loss", rising(0, 5000));
  std::atomic<bool> stop = false;
  std::thread writing([&] {
    for (std::int64_t i = 10'000; !stop; ++i) a.log_points(task, "loss", rising(i, 1));
  });
  a.store->backup(copies.path() / "podium.db");
  stop = true;
  writing.join();
  CHECK(error_of([&] { a.store->backup(copies.path() / "podium.db"); }).code() ==
        ErrorCode::exists);
  Opened b(copies.path());
  CHECK(b.number("SELECT n FROM s2_metrics") >= 5000);
  CHECK(b.faults().empty());
}

TEST_CASE("a store is looked at beside its owner, and not written") {
  TemporaryFolder folder, empty;
  StoreOptions options;
  options.directory = empty.path();
  CHECK(error_of([&] {
          podium::sqlite::SqliteStore(options, podium::sqlite::SqliteStore::Look());
        }).code() == ErrorCode::not_found);
  CHECK(std::filesystem::is_empty(empty.path()));
  Opened a(folder.path());
  const Ordinal task = a.task("t", a.project("p"));
  a.log_points(task, "loss", rising(0, 100));
  options.directory = folder.path();
  const podium::sqlite::SqliteStore look(options, podium::sqlite::SqliteStore::Look());
  CHECK(look.revision() == a.store->revision());
  CHECK(look.check([](double) { return true; }).empty());
  // What is written meanwhile is seen.
  a.task("late", a.project("q"));
  Query query;
  query.collection = look.collection("tasks");
  CHECK(look.query(query, [](const Row&) { return true; }).rows == 2);
  CHECK(error_of([&] {
          const_cast<podium::sqlite::SqliteStore&>(look).transact([](Transaction&) {});
        }).code() == ErrorCode::unsupported);
}

TEST_CASE("a backup that is told to stop leaves nothing") {
  TemporaryFolder folder, copies;
  Opened a(folder.path());
  a.task("t", a.project("p"));
  CHECK(error_of([&] {
          a.store->backup(copies.path() / "podium.db", [](double) { return false; });
        }).code() == ErrorCode::cancelled);
  CHECK(std::filesystem::is_empty(copies.path()));
}

TEST_CASE("check finds what does not agree") {
  TemporaryFolder folder;
  {
    Opened a(folder.path());
    const Ordinal task = a.task("t", a.project("p"));
    a.log_points(task, "loss", rising(0, 20));
    a.store->write([&](Transaction& t) {
      const MapEntry entries[] = {{"lr", "0.1"}};
      t.put(a.tasks, task, "params", entries, PutMode::overwrite);
    });
  }
  const auto faults_after = [&](const std::string& damage) {
    {
      sqlite::Connection file(folder.path() / "podium.db", sqlite::Connection::Role::writer);
      file.execute(damage);
    }
    Opened a(folder.path());
    return a.faults().size();
  };
  CHECK(faults_after("SELECT 1") == 0);
  SECTION("count") { CHECK(faults_after("UPDATE s2_metrics SET n = n + 1") > 0); }
  SECTION("sum") { CHECK(faults_after("UPDATE s2_metrics SET total = total + 1") > 0); }
  SECTION("last") { CHECK(faults_after("UPDATE s2_metrics SET last_value = 7") > 0); }
  SECTION("index of last") { CHECK(faults_after("UPDATE y2_metrics SET value = 7") > 0); }
  SECTION("chunk") { CHECK(faults_after("UPDATE c2_metrics SET data = zeroblob(50)") > 0); }
  SECTION("chunk's range") { CHECK(faults_after("UPDATE c2_metrics SET s1 = 5") > 0); }
  SECTION("value index") { CHECK(faults_after("UPDATE x2_params SET num = 7") > 0); }
  SECTION("map") { CHECK(faults_after("DELETE FROM m2_params") > 0); }
  SECTION("number") { CHECK(faults_after("UPDATE m2_params SET txt = '0.2'") > 0); }
  SECTION("feed") { CHECK(faults_after("DELETE FROM feed WHERE cid = 2") > 0); }
  SECTION("reference") { CHECK(faults_after("UPDATE t2 SET f_parent = 99") > 0); }
}

TEST_CASE("a key's range comes in order, numbers first, then NaN, then missing") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal project = a.project("p");
  const auto add = [&](const std::string& id, Value score, const std::string& size) {
    a.store->write([&](Transaction& t) {
      NewRecord record;
      record.id = id;
      record.content.set("project", project);
      if (score.index() != 0) record.content.set("score", score);
      if (!size.empty()) record.content.set("size", size);
      t.insert(a.tasks, record);
    });
  };
  add("nan", std::nan(""), "big");
  add("none", {}, "");
  add("two", 2.0, "10");
  add("one", 1.0, "9");
  add("inf", std::numeric_limits<double>::infinity(), "small");
  const auto ids = [&](KeyRange range) {
    std::string result;
    a.store->write([&](Transaction& t) {
      result.clear();
      t.query(a.tasks, range, 100, {}, [&](const Row& row) {
        result += (result.empty() ? "" : " ") + std::string(row.id());
        return true;
      });
    });
    return result;
  };
  CHECK(ids({.key = "score", .equal = {Value{project}}}) == "one two inf nan none");
  CHECK(ids({.key = "score", .equal = {Value{project}}, .descending = true}) ==
        "inf two one nan none");
  CHECK(ids({.key = "score", .equal = {Value{project}}, .from = Value{2.0}}) == "two inf");
  CHECK(ids({.key = "score", .equal = {Value{project}, Value{std::nan("")}}}) == "nan");
  CHECK(ids({.key = "score", .equal = {Value{project}, Value{}}}) == "none");
  CHECK(ids({.key = "size"}) == "one two nan inf none");
  CHECK(ids({.key = "size", .descending = true}) == "two one inf nan none");
  CHECK(ids({.key = "size", .to = Value{std::string("9.5")}}) == "one");
  CHECK(ids({.key = "size", .from = Value{std::string("c")}}) == "inf");
}

TEST_CASE("an ordinal that was erased is not given again, also in the transaction that erases it") {
  TemporaryFolder folder;
  Ordinal last = 0;
  {
    Opened a(folder.path());
    const Ordinal project = a.project("p");
    a.task("first", project);
    last = a.task("last", project);
  }
  Opened b(folder.path());  // which ordinal comes next is not known yet
  b.store->write([&](Transaction& t) {
    t.erase(b.tasks, {&last, 1});
    CHECK(t.insert(b.tasks, {"next", {}}) == last + 1);
  });
  CHECK(b.faults().empty());
}
