// Every plan against looking at every record: seeded, over an engine in memory that keeps the
// contract.
#include "podium/storage_kit/planner.hpp"

#include <limits>

#include "questions.hpp"
#include "support.hpp"

using namespace podium;
using podium::test::brute_force;
using podium::test::MemoryEngine;
using podium::test::MemoryRecord;
using podium::test::MemoryStore;
using podium::test::Questions;

namespace {

std::vector<Ordinal> page(const MemoryStore& store, const Filter& f, const Order& order,
                          const kit::Cursor* behind, std::uint64_t limit) {
  MemoryEngine engine(store, "tasks");
  kit::Meter meter{Budget{}};
  std::vector<Ordinal> found;
  kit::Planner(engine, f, order, meter).run(behind, limit, [&](std::span<const Ordinal> block) {
    found.insert(found.end(), block.begin(), block.end());
    return true;
  });
  return found;
}

void compare_all(Questions& q, const MemoryStore& store, int questions) {
  for (int i = 0; i < questions; ++i) {
    const Filter f = q.chance(10) ? Filter{} : q.filter(2);
    const Order order = q.order();
    INFO("question " << i << ": " << kit::to_json(f));
    for (const OrderKey& key : order)
      UNSCOPED_INFO("by " << int(key.path.kind) << " " << key.path.name << " " << key.path.key
                          << (key.descending ? " down" : " up"));
    const auto expected = brute_force(store, f, order);
    REQUIRE(page(store, f, order, nullptr, std::numeric_limits<std::uint64_t>::max()) == expected);
    // The same in pages.
    const std::uint64_t size = q.chance(50) ? 7 : 31;
    std::vector<Ordinal> paged;
    std::optional<kit::Cursor> cursor;
    for (;;) {
      const auto rows = page(store, f, order, cursor ? &*cursor : nullptr, size);
      paged.insert(paged.end(), rows.begin(), rows.end());
      if (rows.size() < size || paged.size() > expected.size()) break;
      MemoryEngine engine(store, "tasks");
      cursor = kit::Cursor{kit::Planner::keys_of(engine, order, rows.back()), rows.back()};
    }
    REQUIRE(paged == expected);
  }
}

}  // namespace

TEST_CASE("plans answer as looking at every record does") {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Questions q(seed);
    const MemoryStore store = q.store(200);
    compare_all(q, store, 400);
  }
}

TEST_CASE("plans do not show hidden records") {
  Questions q(11);
  MemoryStore store = q.store(120);
  for (const auto& [name, records] : store.records)
    for (const MemoryRecord& r : records)
      if (q.chance(20)) store.hidden.insert({name, r.ordinal});
  compare_all(q, store, 300);
}

TEST_CASE("a page along an index reads little") {
  Questions q(5);
  const MemoryStore store = q.store(3000);
  MemoryEngine engine(store, "tasks");
  kit::Meter meter{Budget{}};
  const Filter f = all_of({eq(field("project"), std::int64_t{1}), eq(field("archived"), false)});
  const Order order = {{field("start"), true, false}};
  std::size_t rows = 0;
  kit::Planner(engine, f, order, meter).run(nullptr, 20, [&](std::span<const Ordinal> block) {
    rows += block.size();
    return true;
  });
  CHECK(rows == 20);
  CHECK(engine.read <= 64);

  SECTION("and a range on the ordering path bounds the walk") {
    const Filter bounded = all_of({eq(field("project"), std::int64_t{1}),
                                   compare(series("metrics", "acc"), Compare::lt, 0.05)});
    const auto expected = brute_force(store, bounded, {{series("metrics", "acc"), true, false}});
    MemoryEngine other(store, "tasks");
    kit::Planner(other, bounded, {{series("metrics", "acc"), true, false}}, meter)
        .run(nullptr, 1000, [](std::span<const Ordinal>) { return true; });
    CHECK(other.read == expected.size());
  }
}

TEST_CASE("a read stops at its budget") {
  Questions q(6);
  const MemoryStore store = q.store(3000);
  MemoryEngine engine(store, "tasks");
  kit::Meter meter{Budget{500, {}}};
  const Filter f = eq(field("note"), std::string("no such"));
  const Error e = test::error_of([&] {
    kit::Planner(engine, f, {}, meter).run(nullptr, 10, [](std::span<const Ordinal>) {
      return true;
    });
  });
  CHECK(e.code() == ErrorCode::too_expensive);
}
