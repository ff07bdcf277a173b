// Groups of writes in one commit: who shares it, and what becomes of the others when one throws.
#include <fmt/format.h>

#include <atomic>
#include <future>
#include <thread>

#include "fixture.hpp"

using namespace podium;
using podium::sqlite::test::Opened;
using podium::test::error_of;
using podium::test::TemporaryFolder;

namespace {

/// Holds the writer inside a write, so that what is queued meanwhile becomes one group.
class Held {
 public:
  explicit Held(Opened& store) : store_(store) {
    store.store->commit(
        [this](Transaction&) {
          entered_.set_value();
          go_.get_future().wait();
        },
        [](const Error*) {});
    entered_.get_future().wait();
  }
  /// Queues a write; its outcome comes with `release`.
  void queue(std::function<void(Transaction&)> fn) {
    outcomes_.push_back(std::make_unique<std::promise<std::string>>());
    auto* outcome = outcomes_.back().get();
    store_.store->commit([fn = std::move(fn)](Transaction& t) { fn(t); },
                         [outcome](const Error* e) {
                           outcome->set_value(e == nullptr ? "" : std::string(name(e->code())));
                         });
  }
  std::vector<std::string> release() {
    go_.set_value();
    std::vector<std::string> result;
    for (auto& outcome : outcomes_) result.push_back(outcome->get_future().get());
    return result;
  }

 private:
  Opened& store_;
  std::promise<void> entered_, go_;
  std::vector<std::unique_ptr<std::promise<std::string>>> outcomes_;
};

std::function<void(Transaction&)> inserting(Opened& a, std::string name, int* runs = nullptr,
                                            ErrorCode then_throw = {}) {
  return [&a, name = std::move(name), runs, then_throw](Transaction& t) {
    if (runs != nullptr) ++*runs;
    NewRecord record;
    record.content.set("name", name);
    t.insert(a.projects, record);
    if (then_throw != ErrorCode{}) throw Error(then_throw, "after a write");
  };
}
std::function<void(Transaction&)> refusing(int* runs) {
  return [runs](Transaction&) {
    ++*runs;
    throw Error(ErrorCode::denied, "before a write");
  };
}
using Outcomes = std::vector<std::string>;

}  // namespace

TEST_CASE("what waits is one commit") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Revision before = a.store->revision();
  Held held(a);
  int refused = 0;
  for (int i = 0; i < 20; ++i) held.queue(inserting(a, fmt::format("p{}", i)));
  held.queue(refusing(&refused));
  Outcomes expected(20);
  expected.emplace_back("denied");
  CHECK(held.release() == expected);
  CHECK(a.store->revision() == before + 1);
  CHECK(refused == 1);
  CHECK(a.number("SELECT count(*) FROM t1") == 20);
}

TEST_CASE("a throw after a write undoes its own only") {
  TemporaryFolder folder;
  Opened a(folder.path());
  int first = 0, second = 0, third = 0, refused = 0;
  Held held(a);
  held.queue(inserting(a, "a", &first));
  held.queue(refusing(&refused));
  SECTION("one thrower: the others run again, it runs alone") {
    held.queue(inserting(a, "b", &second, ErrorCode::conflict));
    held.queue(inserting(a, "c", &third));
    CHECK(held.release() == Outcomes{"", "denied", "conflict", ""});
    CHECK(first == 2);
    CHECK(refused == 2);
    CHECK(second == 2);
    CHECK(third == 1);
    CHECK(a.number("SELECT count(*) FROM t1") == 2);
  }
  SECTION("a second thrower among the others: one by one") {
    int runs = 0;
    held.queue([&](Transaction& t) {
      // Well behaved in the first run only.
      inserting(a, "d", nullptr, ++runs == 1 ? ErrorCode{} : ErrorCode::exists)(t);
    });
    held.queue(inserting(a, "b", &second, ErrorCode::conflict));
    held.queue(inserting(a, "c", &third));
    CHECK(held.release() == Outcomes{"", "denied", "exists", "conflict", ""});
    CHECK(first == 3);
    CHECK(a.number("SELECT count(*) FROM t1") == 2);
  }
  SECTION("what it threw because of another's write, it does not throw alone") {
    held.queue([&](Transaction& t) {
      ++second;
      inserting(a, fmt::format("own{}", second))(t);
      if (second == 1) throw Error(ErrorCode::conflict, "only once");
    });
    CHECK(held.release() == Outcomes{"", "denied", ""});
    CHECK(second == 2);
  }
  CHECK(a.number("SELECT max(rid) FROM t1") == a.number("SELECT count(*) FROM t1"));
  CHECK(a.faults().empty());
}

TEST_CASE("an exception that is no Error reaches the caller") {
  TemporaryFolder folder;
  Opened a(folder.path());
  CHECK_THROWS_AS(a.store->transact([](Transaction&) { throw std::out_of_range("no"); }),
                  std::out_of_range);
  const Ordinal task = a.task("t", a.project("p"));
  const MapEntry one{"k", "v"}, other{"k", "w"};
  a.store->transact([&](Transaction& t) {
    t.put(a.tasks, task, "params", {&one, 1}, PutMode::equal_or_fail);
  });
  try {
    a.store->transact([&](Transaction& t) {
      t.put(a.tasks, task, "params", {&other, 1}, PutMode::equal_or_fail);
    });
    FAIL("no conflict");
  } catch (const ConflictError& e) {
    REQUIRE(e.conflicts().size() == 1);
    CHECK(e.conflicts()[0].old_text == "v");
  }
}

TEST_CASE("with run_twice every write runs twice and counts once") {
  TemporaryFolder folder;
  Opened a(folder.path(), true);
  int runs = 0;
  a.store->transact(inserting(a, "p", &runs));
  CHECK(runs == 2);
  CHECK(a.number("SELECT count(*) FROM t1") == 1);
  CHECK(a.number("SELECT max(rid) FROM t1") == 1);
  CHECK(a.store->revision() == 2);
}

TEST_CASE("calls from where they must not come are misuse") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const auto code_in_write = [&](std::function<void()> call) {
    ErrorCode code{};
    a.store->transact([&](Transaction&) { code = error_of(call).code(); });
    return code;
  };
  CHECK(code_in_write([&] { a.store->transact([](Transaction&) {}); }) == ErrorCode::misuse);
  CHECK(code_in_write([&] { a.store->commit([](Transaction&) {}, {}); }) == ErrorCode::misuse);
  CHECK(code_in_write([&] { a.store->find(a.tasks, "x"); }) == ErrorCode::misuse);
  CHECK(code_in_write([&] { a.store->maintain(); }) == ErrorCode::misuse);

  std::promise<ErrorCode> in_done;
  a.store->commit([](Transaction&) {},
                  [&](const Error*) {
                    try {
                      a.store->transact([](Transaction&) {});
                      in_done.set_value({});
                    } catch (const Error& e) {
                      in_done.set_value(e.code());
                    }
                  });
  CHECK(in_done.get_future().get() == ErrorCode::misuse);

  std::thread io([&] {
    Store::forbid_blocking();
    CHECK(error_of([&] { a.store->transact([](Transaction&) {}); }).code() == ErrorCode::misuse);
    std::promise<void> done;
    a.store->commit([](Transaction&) {}, [&](const Error*) { done.set_value(); });
    done.get_future().wait();
  });
  io.join();
}

TEST_CASE("a write that holds the writer is logged, watchers hear of commits") {
  TemporaryFolder folder;
  Opened a(folder.path());
  std::promise<Revision> told;
  std::atomic<bool> first = true;
  const int id = a.store->watch([&](Revision r) {
    if (r >= 2 && first.exchange(false))
      told.set_value(r);  // that of the declaration may come late
  });
  a.project("p");
  CHECK(told.get_future().get() == 2);
  a.store->unwatch(id);
  a.store->transact([](Transaction&) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(60);
    while (std::chrono::steady_clock::now() < until) {
    }
  });
  CHECK(a.log().size() == 1);
  CHECK(a.log().front().find("held the writer's thread") != std::string::npos);
}

TEST_CASE("many threads write at once") {
  TemporaryFolder folder;
  Opened a(folder.path());
  const Ordinal project = a.project("p");
  std::vector<std::thread> threads;
  for (int n = 0; n < 8; ++n)
    threads.emplace_back([&, n] {
      const Ordinal task = a.task(fmt::format("t{}", n), project);
      for (std::int64_t i = 0; i < 200; ++i) a.log_points(task, "loss", {{i, i, 1.0}});
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(a.number("SELECT sum(n) FROM s2_metrics") == 1600);
  CHECK(a.faults().empty());
}

TEST_CASE("what is queued when the store closes is still written") {
  TemporaryFolder folder;
  std::atomic<int> answered = 0;
  {
    Opened a(folder.path());
    for (int i = 0; i < 50; ++i)
      a.store->commit(inserting(a, fmt::format("p{}", i)),
                      [&](const Error* e) { answered += e == nullptr; });
  }
  CHECK(answered == 50);
  Opened b(folder.path());
  CHECK(b.number("SELECT count(*) FROM t1") == 50);
}
