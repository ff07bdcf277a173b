// The change feed.
#include <set>

#include "conformance.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
using Kind = Change::Kind;

/// "+" inserted, "~" updated, "-" erased, then the ordinal's place in `names`.
std::string spell(const std::vector<Heard>& heard,
                  const std::vector<std::pair<Ordinal, std::string>>& names) {
  std::string out;
  for (const Heard& h : heard) {
    if (!out.empty()) out += ' ';
    out += h.kind == Kind::inserted ? '+' : h.kind == Kind::updated ? '~' : '-';
    std::string name = "?";
    for (const auto& [ordinal, text] : names)
      if (ordinal == h.ordinal) name = text;
    out += name;
  }
  return out;
}

}  // namespace

TEST_CASE("changes: each record once, in the order of revisions, kinds merged") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  Ordinal p = 0, q = 0, a = 0, b = 0;
  const Revision r0 = store->revision();
  store->transact([&](Transaction& t) {
    p = insert(t, projects, "", {{"name", "p"}});
    q = insert(t, projects, "", {{"name", "q"}});
  });
  const Revision r1 = store->revision();
  store->transact([&](Transaction& t) { a = insert(t, tasks, "a", {{"project", p}}); });
  store->transact([&](Transaction& t) { b = insert(t, tasks, "b", {{"project", p}}); });
  const Revision r2 = store->revision();
  store->transact([&](Transaction& t) {
    t.update(tasks, {&a, 1}, {}, Patch().set("steps", I{1}));
  });
  const Revision r3 = store->revision();
  const std::vector<std::pair<Ordinal, std::string>> names = {{a, "a"}, {b, "b"}};
  for (int round = 0; round < 3; ++round) {
    const CollectionId only[] = {tasks};
    CHECK(spell(hear(*store, r0, only), names) == "+b +a");
    CHECK(spell(hear(*store, r1, only), names) == "+b +a");
    // Housekeeping merges kinds upwards, so who knows the record may hear that it came.
    const std::string again = spell(hear(*store, r2, only), names);
    CHECK((again == "~a" || again == "+a"));
    CHECK(hear(*store, r3, only).empty());
    CHECK(hear(*store, r0).size() == 4);
    // In small pages a record comes once a page, and last where it changed last.
    CHECK(hear(*store, r0, only, 1).back().revision == r3);
    CHECK(hear(*store, r0, only, 1).back().ordinal == a);
    const CollectionId others[] = {projects, store.id("models")};
    CHECK(hear(*store, r0, others).size() == 2);
    const auto heard = hear(*store, r2, only);
    CHECK(heard.front().revision == r3);
    CHECK(heard.front().collection == tasks);
    CHECK(heard.front().id.empty());
    CHECK(heard.front().old_partition == 0);
    if (round == 0) store.maintain();
    if (round == 1) store.reopen();
  }
  // Points and map entries are heard of too.
  const Point point{0, 0, 1};
  const SeriesPoints series{"acc", "", {&point, 1}};
  store->transact([&](Transaction& t) { t.append(tasks, b, "metrics", {&series, 1}); });
  CHECK(spell(hear(*store, r3), names) == "~b");
  const Revision r4 = store->revision();
  const MapEntry entry_one{"k", "v"};
  store->transact([&](Transaction& t) {
    t.put(tasks, a, "tags", {&entry_one, 1}, PutMode::overwrite);
  });
  CHECK(spell(hear(*store, r4), names) == "~a");
  CHECK(spell(hear(*store, r3), names) == "~b ~a");
}

TEST_CASE("changes: moves tell the old partition, erasures tell id and partition") {
  Opened store;
  const CollectionId tasks = store.id("tasks"), projects = store.id("projects");
  Ordinal p = 0, q = 0, a = 0;
  store->transact([&](Transaction& t) {
    p = insert(t, projects, "", {{"name", "p"}});
    q = insert(t, projects, "", {{"name", "q"}});
    a = insert(t, tasks, "a", {{"project", p}});
  });
  const Revision before = store->revision();
  store->transact([&](Transaction& t) { t.update(tasks, {&a, 1}, {}, Patch().set("project", q)); });
  auto heard = hear(*store, before);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == Kind::updated);
  CHECK(heard[0].old_partition == p);
  // It stays told when the record changes again.
  store->transact([&](Transaction& t) {
    t.update(tasks, {&a, 1}, {}, Patch().set("steps", I{1}));
  });
  heard = hear(*store, before);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].old_partition == p);

  const Revision moved = store->revision();
  store->transact([&](Transaction& t) { t.erase(tasks, {&a, 1}); });
  heard = hear(*store, moved);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == Kind::erased);
  CHECK(heard[0].ordinal == a);
  CHECK(heard[0].id == "a");
  CHECK(heard[0].partition == q);
  // The same id again is another record: two entries.
  const Ordinal again = store->write([&](Transaction& t) {
    return insert(t, tasks, "a", {{"project", p}});
  });
  const std::vector<std::pair<Ordinal, std::string>> names = {{a, "old"}, {again, "new"}};
  for (int round = 0; round < 3; ++round) {
    CHECK(spell(hear(*store, moved), names) == "-old +new");
    if (round == 0) store.maintain();
    if (round == 1) store.reopen();
  }
}

TEST_CASE("changes: who saw a record come hears it go") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Revision r0 = store->revision();
  const Ordinal a = store->write([&](Transaction& t) { return insert(t, tasks, "a"); });
  const Revision r1 = store->revision();
  store->transact([&](Transaction& t) {
    t.update(tasks, {&a, 1}, {}, Patch().set("steps", I{1}));
  });
  const Revision r2 = store->revision();
  store->transact([&](Transaction& t) { t.erase(tasks, {&a, 1}); });
  for (int round = 0; round < 3; ++round) {
    for (const Revision since : {r1, r2}) {
      const auto heard = hear(*store, since);
      REQUIRE(heard.size() == 1);
      CHECK(heard[0].kind == Kind::erased);
      CHECK(heard[0].id == "a");
    }
    // Who never saw it may be told that it is gone, never that it is there.
    for (const Heard& h : hear(*store, r0)) CHECK(h.kind == Kind::erased);
    if (round == 0) store.maintain();
    if (round == 1) store.reopen();
  }
}

TEST_CASE("changes: pages end at whole revisions and nothing is missed") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Revision start = store->revision();
  for (int k = 0; k < 6; ++k)
    store->transact([&](Transaction& t) {
      for (int i = 0; i < 10; ++i) insert(t, tasks, "t" + std::to_string(k * 10 + i));
    });
  const auto all = hear(*store, start);
  CHECK(all.size() == 60);
  for (const std::uint64_t limit : {1, 7, 10, 15, 1000}) {
    std::set<Ordinal> seen;
    Revision since = start;
    while (true) {
      std::set<Revision> revisions;
      const Changes page = store->changes(since, {}, limit, [&](const Change& c) {
        CHECK(c.revision > since);
        CHECK(seen.insert(c.ordinal).second);
        revisions.insert(c.revision);
      });
      for (const Revision r : revisions) {
        CHECK(r <= page.through);
        std::size_t whole = 0, got = 0;
        for (const Heard& h : all)
          if (h.revision == r) {
            ++whole;
            got += seen.count(h.ordinal);
          }
        CHECK(whole == got);
      }
      if (!page.more) {
        CHECK(page.through == store->revision());
        break;
      }
      REQUIRE(page.through > since);
      since = page.through;
    }
    CHECK(seen.size() == 60);
  }
  // A reader of quiet collections moves on with the store.
  const CollectionId quiet[] = {store.id("models")};
  const Changes none =
      store->changes(start, quiet, 10, [](const Change&) { FAIL("nothing changed there"); });
  CHECK(none.through == store->revision());
  CHECK_FALSE(none.more);
}

TEST_CASE("changes: a reader that follows sees each record's last state") {
  // Writes and readings interleaved with housekeeping; a copy kept by the feed alone equals the
  // store.
  Opened store;
  const CollectionId tasks = store.id("tasks");
  std::map<Ordinal, Value> copy;
  Revision since = store->revision();
  std::vector<Ordinal> alive;
  unsigned random = 1;
  const auto next = [&](unsigned n) {
    return (random = random * 1664525u + 1013904223u) / 65536u % n;
  };
  for (int round = 0; round < 120; ++round) {
    const unsigned what = next(10);
    if (what < 4 || alive.empty()) {
      alive.push_back(store->write([&](Transaction& t) {
        return insert(t, tasks, "t" + std::to_string(round), {{"steps", I{round}}});
      }));
    } else {
      const std::size_t i = next(static_cast<unsigned>(alive.size()));
      const Ordinal o = alive[i];
      if (what < 8) {
        store->transact([&](Transaction& t) {
          t.update(tasks, {&o, 1}, {}, Patch().set("steps", I{1000 + round}));
        });
      } else {
        store->transact([&](Transaction& t) { t.erase(tasks, {&o, 1}); });
        alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    if (next(3) == 0) store.maintain();
    if (next(4) != 0) continue;
    const Changes page = store->changes(since, {}, 3, [&](const Change& c) {
      if (c.kind == Kind::erased) {
        copy.erase(c.ordinal);
        return;
      }
      // The record may have changed again or gone since; then a later entry tells.
      copy[c.ordinal] = Value{};
    });
    since = page.through;
    for (auto& [ordinal, steps] : copy)
      if (exists(*store, tasks, ordinal)) steps = cell(*store, tasks, ordinal, field("steps"));
  }
  for (const Heard& h : hear(*store, since)) {
    if (h.kind == Kind::erased)
      copy.erase(h.ordinal);
    else
      copy[h.ordinal] = cell(*store, tasks, h.ordinal, field("steps"));
  }
  std::map<Ordinal, Value> truth;
  for (const Ordinal o : store->ids(tasks, {}, {}))
    truth[o] = cell(*store, tasks, o, field("steps"));
  CHECK(copy == truth);
}

TEST_CASE("changes: what one transaction makes and unmakes is nobody's news") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Revision before = store->revision();
  store->transact([&](Transaction& t) {
    const Ordinal o = insert(t, tasks, "a");
    t.erase(tasks, {&o, 1});
    insert(t, tasks, "b");
  });
  for (const Heard& h : hear(*store, before)) {
    if (h.kind == Kind::erased) continue;
    CHECK(h.kind == Kind::inserted);
    CHECK(h.ordinal == store->find(tasks, "b"));
  }
}

TEST_CASE("changes: below the horizon it is too old, never wrong") {
  Opened store(tracking(), true, 0);
  const CollectionId tasks = store.id("tasks");
  const Revision start = store->revision();
  const Ordinal a = store->write([&](Transaction& t) { return insert(t, tasks, "a"); });
  store->transact([&](Transaction& t) { insert(t, tasks, "b"); });
  const Revision before = store->revision();
  store->transact([&](Transaction& t) { t.erase(tasks, {&a, 1}); });
  const Revision after = store->revision();
  store.maintain();
  for (int opened = 0; opened < 2; ++opened) {
    for (const Revision since : {start, before})
      CHECK(test::error_of([&] { hear(*store, since); }).code() == ErrorCode::too_old);
    CHECK(hear(*store, after).empty());
    CHECK(store->revision() == after);
    store.reopen();
  }
  store->transact([&](Transaction& t) { insert(t, tasks, "c"); });
  CHECK(hear(*store, after).size() == 1);
  store.check_sound();
}

}  // namespace podium::conformance
