// Transactions: all or nothing, groups, refusals, threads, snapshots.
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using test::error_of;

/// Holds the writer until it is opened, so that what is queued meanwhile meets in one group.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// Collects what `done` hears; waits for all.
class Outcomes {
 public:
  explicit Outcomes(std::size_t n) : outcomes_(n), calls_(n, 0) {}
  Store::Done done(std::size_t i) {
    return [this, i](const Error* e) {
      const std::lock_guard lock(mutex_);
      ++calls_[i];
      outcomes_[i] = e == nullptr ? std::optional<ErrorCode>() : std::optional(e->code());
      ++heard_;
      changed_.notify_all();
    };
  }
  void wait() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds(60),
                              [&] { return heard_ >= outcomes_.size(); }));
  }
  std::optional<ErrorCode> of(std::size_t i) {
    const std::lock_guard lock(mutex_);
    CHECK(calls_[i] == 1);
    return outcomes_[i];
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<ErrorCode>> outcomes_;
  std::vector<int> calls_;
  std::size_t heard_ = 0;
};

}  // namespace

TEST_CASE("transactions: all or nothing") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Revision before = store->revision();
  const Error e = error_of([&] {
    store->transact([&](Transaction& t) {
      const Ordinal o = insert(t, tasks, "a", {{"steps", I{1}}});
      t.update(tasks, {&o, 1}, {}, Patch().put("params", "k", "v"));
      const Point point{0, 0, 1};
      const SeriesPoints series{"acc", "", {&point, 1}};
      t.append(tasks, o, "metrics", {&series, 1});
      throw Error(ErrorCode::denied, "no").in("field").at(3).with("{\"a\":1}");
    });
  });
  CHECK(e.code() == ErrorCode::denied);
  CHECK(std::string(e.what()) == "no");
  CHECK(e.field() == "field");
  CHECK(e.position() == 3);
  CHECK(e.detail() == "{\"a\":1}");
  CHECK(count(*store, tasks) == 0);
  CHECK(hear(*store, before).empty());
  CHECK_THROWS(store->transact([&](Transaction& t) {
    insert(t, tasks, "b");
    throw std::runtime_error("not one of podium's");
  }));
  CHECK(count(*store, tasks) == 0);
  CHECK_NOTHROW(store->transact([&](Transaction& t) { insert(t, tasks, "a"); }));
  CHECK(count(*store, tasks) == 1);
  store.check_sound();
}

TEST_CASE("transactions: a group with refusals and a throw after a write") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), models = store.id("models");
  Gate gate;
  constexpr std::size_t n = 12;
  Outcomes outcomes(n + 1);
  store->commit([&](Transaction&) { gate.pass(); }, outcomes.done(n));
  for (std::size_t i = 0; i < n; ++i) {
    store->commit(
        [tasks, models, i](Transaction& t) {
          const std::string id = "t" + std::to_string(i);
          if (i % 4 == 1) throw Error(ErrorCode::denied, "refused before it wrote");
          if (i % 4 == 3) {
            // What it wrote must not be what others refuse by.
            insert(t, models, id, {{"name", "only one"}});
            throw Error(ErrorCode::conflict, "thrown after it wrote");
          }
          if (i == 8) {
            if (t.query(models, {"by_name", {Value("only one")}}, 1, {},
                        [](const Row&) { return true; }) > 0)
              throw Error(ErrorCode::exists, "saw what was undone");
          }
          insert(t, tasks, id);
        },
        outcomes.done(i));
  }
  gate.open();
  outcomes.wait();
  for (std::size_t i = 0; i < n; ++i) {
    INFO(i);
    const auto outcome = outcomes.of(i);
    if (i % 4 == 1)
      CHECK(outcome == ErrorCode::denied);
    else if (i % 4 == 3)
      CHECK(outcome == ErrorCode::conflict);
    else
      CHECK_FALSE(outcome.has_value());
  }
  CHECK(listed(*store, tasks, {}, {{record_ordinal(), false, false}}) == "t0 t2 t4 t6 t8 t10");
  CHECK(count(*store, models) == 0);
  store.reopen();
  CHECK(count(*store, tasks) == 6);
  store.check_sound();
}

TEST_CASE("transactions: done comes after the commit") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  std::promise<std::pair<Ordinal, std::uint64_t>> seen;
  auto made = std::make_shared<Ordinal>(0);
  Store& s = *store;
  // `done` must not block, so the look is taken by another thread that it wakes.
  std::promise<void> woken;
  std::thread reader([&] {
    woken.get_future().wait();
    seen.set_value({s.find(tasks, "a"), count(s, tasks)});
  });
  s.commit([made, tasks](Transaction& t) { *made = insert(t, tasks, "a"); },
           [&](const Error* e) {
             CHECK(e == nullptr);
             woken.set_value();
           });
  const auto [found, rows] = seen.get_future().get();
  reader.join();
  CHECK(found == *made);
  CHECK(rows == 1);
}

TEST_CASE("transactions: fn is run twice when asked, and its effects come once") {
  for (const bool twice : {true, false}) {
    Opened store(tracking(), twice);
    const CollectionId tasks = store.id("tasks");
    std::atomic<int> runs = 0;
    std::vector<Ordinal> given;
    store->transact([&](Transaction& t) {
      ++runs;
      given.push_back(insert(t, tasks, "a"));
      const Point point{1, 1, 1};
      const SeriesPoints series{"acc", "", {&point, 1}};
      t.append(tasks, given.back(), "metrics", {&series, 1});
    });
    CHECK(runs == (twice ? 2 : 1));
    CHECK(count(*store, tasks) == 1);
    CHECK(points_of(*store, {tasks, given.back(), "metrics", "acc", ""}).size() == 1);
    CHECK(version_of(*store, tasks, given.back()) > 0);
  }
}

TEST_CASE("transactions: a nested call is misuse") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  Store& s = *store;
  const auto inside = [&](FunctionRef<void()> call) {
    const Error e = error_of([&] { s.transact([&](Transaction&) { call(); }); });
    CHECK(e.code() == ErrorCode::misuse);
  };
  inside([&] { s.transact([](Transaction&) {}); });
  inside([&] { s.commit([](Transaction&) {}, [](const Error*) {}); });
  inside([&] { s.query({tasks}, [](const Row&) { return true; }); });
  inside([&] { s.ids(tasks, {}, {}); });
  inside([&] { s.find(tasks, "a"); });
  inside([&] { s.read([](const Reader&) {}); });
  CHECK_NOTHROW(s.transact([&](Transaction& t) { insert(t, tasks, "a"); }));
}

TEST_CASE("transactions: transact is refused on threads that must not block") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  std::optional<ErrorCode> refused;
  Outcomes outcomes(1);
  std::thread io([&] {
    Store::forbid_blocking();
    try {
      store->transact([&](Transaction& t) { insert(t, tasks, "a"); });
    } catch (const Error& e) {
      refused = e.code();
    }
    store->commit([tasks](Transaction& t) { insert(t, tasks, "b"); }, outcomes.done(0));
  });
  io.join();
  outcomes.wait();
  CHECK(refused == ErrorCode::misuse);
  CHECK(listed(*store, tasks, {}) == "b");
}

TEST_CASE("transactions: no update is lost between threads") {
  Opened store(tracking(), false);
  const CollectionId tasks = store.id("tasks");
  const Ordinal o = store->write([&](Transaction& t) {
    return insert(t, tasks, "n", {{"steps", I{0}}});
  });
  constexpr int threads = 6, rounds = 40;
  std::vector<std::thread> pool;
  std::atomic<int> refused = 0;
  for (int k = 0; k < threads; ++k)
    pool.emplace_back([&, k] {
      for (int i = 0; i < rounds; ++i) {
        try {
          store->transact([&](Transaction& t) {
            I steps = 0;
            const Column column = value_of(field("steps"));
            t.get(tasks, o, {&column, 1},
                  [&](const Row& row) { steps = std::get<I>(row.cell(0)); });
            if (i % 10 == 7 && k == 0) throw Error(ErrorCode::denied, "now and then one refuses");
            t.update(tasks, {&o, 1}, {}, Patch().set("steps", steps + 1));
            if (i % 10 == 3 && k == 1) throw Error(ErrorCode::denied, "or throws after it wrote");
          });
        } catch (const Error&) {
          ++refused;
        }
      }
    });
  // Readers beside them see whole states only.
  for (int i = 0; i < 50; ++i) {
    const auto seen = cells(*store, tasks, o, {field("steps"), record_version()});
    CHECK(std::get<I>(seen[0]) <= threads * rounds);
  }
  for (auto& thread : pool) thread.join();
  CHECK(refused == 8);
  CHECK(cell(*store, tasks, o, field("steps")) == Value(I{threads * rounds - 8}));
  store.check_sound();
}

TEST_CASE("transactions: read keeps one snapshot") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  store->transact([&](Transaction& t) { insert(t, tasks, "a", {{"steps", I{1}}}); });
  store->read([&](const Reader& reader) {
    const Revision revision = reader.revision();
    CHECK(listed(reader, tasks, {}) == "a");
    std::thread writer([&] {
      store->transact([&](Transaction& t) {
        const Ordinal a = t.find(tasks, "a");
        t.update(tasks, {&a, 1}, {}, Patch().set("steps", I{2}));
        insert(t, tasks, "b");
      });
    });
    writer.join();
    CHECK(listed(reader, tasks, {}) == "a");
    CHECK(listed(reader, tasks, eq(field("steps"), I{1})) == "a");
    CHECK(reader.find(tasks, "b") == 0);
    CHECK(reader.revision() == revision);
    CHECK(hear(reader, revision).empty());
  });
  CHECK(listed(*store, tasks, {}) == "a b");
  CHECK_THROWS_AS(store->read([](const Reader&) { throw Error(ErrorCode::gone, "x"); }), Error);
}

TEST_CASE("transactions: watchers hear of commits") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  std::mutex mutex;
  std::condition_variable changed;
  Revision heard = 0;
  const int id = store->watch([&](Revision r) {
    const std::lock_guard lock(mutex);
    heard = std::max(heard, r);
    changed.notify_all();
  });
  for (int i = 0; i < 5; ++i)
    store->transact([&](Transaction& t) { insert(t, tasks, "t" + std::to_string(i)); });
  const Revision newest = store->revision();
  {
    std::unique_lock lock(mutex);
    CHECK(changed.wait_for(lock, std::chrono::seconds(60), [&] { return heard >= newest; }));
  }
  store->unwatch(id);
  store->transact([&](Transaction& t) { insert(t, tasks, "last"); });
  const std::lock_guard lock(mutex);
  CHECK(heard == newest);
}

TEST_CASE("transactions: revisions go up by commit, and survive") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  Revision before = store->revision();
  for (int i = 0; i < 3; ++i) {
    store->transact([&](Transaction& t) { insert(t, tasks, "t" + std::to_string(i)); });
    const Revision now = store->revision();
    CHECK(now > before);
    before = now;
  }
  store.reopen();
  CHECK(store->revision() == before);
  store->transact([&](Transaction& t) { insert(t, tasks, "next"); });
  CHECK(store->revision() > before);
  CHECK(hear(*store, before).size() == 1);
}

TEST_CASE("transactions: a backup is made while the store is in use") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  store->transact([&](Transaction& t) { insert(t, tasks, "a"); });
  const std::filesystem::path to = store.fresh_path();
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i)
      store->transact([&](Transaction& t) { insert(t, tasks, "t" + std::to_string(i)); });
  });
  store->backup(to);
  writer.join();
  CHECK(std::filesystem::exists(to));
  CHECK(count(*store, tasks) == 21);
  // What is there is never written over.
  CHECK_THROWS_AS(store->backup(to), Error);
  CHECK_THROWS_AS(store->backup(to.parent_path() / "no such folder" / "x"), Error);
}

TEST_CASE("transactions: a check tells how far it is, and can be stopped") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  store->transact([&](Transaction& t) {
    for (int i = 0; i < 100; ++i) insert(t, tasks, "t" + std::to_string(i));
  });
  double last = 0;
  store->check([&](double progress) {
    CHECK(progress >= last);
    CHECK(progress <= 1);
    last = progress;
    return true;
  });
  int asked = 0;
  store->check([&](double) { return ++asked < 2; });
  CHECK(asked <= 2);
}

}  // namespace podium::conformance
