// What a caller may not see is not there, whichever way it is asked for.
#include "fixture.hpp"
#include "services/core.hpp"
#include "services/records.hpp"

using namespace podium;
using namespace podium::test;

namespace {

/// Everybody sees the tasks of their own name only.
class OwnTasks final : public Access {
 public:
  Filter visible(const Principal& who, std::string_view collection) const override {
    who.mark_checked();
    return collection == "tasks" ? eq(field("name"), who.id) : none();
  }
  void require(const Principal&, std::string_view) const override {}
};

}  // namespace

TEST_CASE("every reading call and every write has what is visible ANDed in") {
  Host h;
  const auto tasks = h.tasks().collection();
  const auto make = [&](const char* name) {
    return h.store->write([&](Transaction& t) {
      NewTask n;
      n.project = 1;
      n.name = name;
      const Ordinal o = h.tasks().create(t, h.me, n);
      const Point p{1, 2, 3};
      const SeriesPoints s{"m", "", {&p, 1}};
      t.append(tasks, o, "metrics", {&s, 1});
      return o;
    });
  };
  const Ordinal hers = make("ann"), his = make("bob"), hers_too = make("ann");
  const auto id = [&](Ordinal o) { return std::get<std::string>(h.cell(tasks, o, record_id())); };

  OwnTasks access;
  host::IdMaker ids([] { return std::int64_t{1}; });
  host::Core core{*h.store,    h.blobs,
                  *h.language, access,
                  {},          [] { return std::int64_t{1}; },
                  "",          "",
                  ids,         host::Collections(*h.store)};
  const host::VisibleRecords records(core, tasks, "tasks");
  Principal ann;
  ann.id = "ann";

  CHECK(records.find(*h.store, ann, id(hers)) == hers);
  CHECK(records.find(*h.store, ann, id(his)) == 0);
  CHECK(records.get(*h.store, ann, hers, {}, [](const Row&) {}));
  CHECK_FALSE(records.get(*h.store, ann, his, {}, [](const Row&) {}));
  std::vector<Ordinal> got;
  const Ordinal all[] = {hers_too, his, hers, 999};
  records.get(*h.store, ann, all, {}, [&](const Row& row) {
    got.push_back(row.ordinal());
    return true;
  });
  CHECK(got == std::vector<Ordinal>{hers_too, hers});
  CHECK(records.ids(*h.store, ann, {}, {}, {}) == std::vector<Ordinal>{hers, hers_too});
  got.clear();
  records.query(*h.store, ann, {}, [&](const Row& row) {
    got.push_back(row.ordinal());
    return true;
  });
  CHECK(got == std::vector<Ordinal>{hers, hers_too});
  Aggregate count;
  count.folds = {{}};
  records.aggregate(*h.store, ann, count, [&](std::span<const Cell>, std::span<const Cell> folds) {
    CHECK(folds[0] == Cell{std::int64_t{2}});
    return true;
  });
  PointsQuery points;
  points.series = "metrics";
  points.key = "m";
  points.record = hers;
  std::size_t seen = 0;
  records.points(*h.store, ann, points, [&](std::span<const Point> p) {
    seen += p.size();
    return true;
  });
  CHECK(seen == 1);
  points.record = his;
  CHECK(error_of([&] {
          records.points(*h.store, ann, points, [](std::span<const Point>) { return true; });
        }).code() == ErrorCode::not_found);

  const Value version = h.cell(tasks, hers, record_version());
  const auto check = [&](Ordinal o) {
    h.store->write(
        [&](Transaction& t) { core.check_visible(t, ann, "tasks", tasks, o, "task", "x"); });
  };
  check(hers);
  CHECK(error_of([&] { check(his); }).code() == ErrorCode::not_found);
  CHECK(error_of([&] { check(0); }).code() == ErrorCode::not_found);
  CHECK(h.cell(tasks, hers, record_version()) == version);
}

TEST_CASE("a plugin's collection is its own unless it says who may read it") {
  Host h;
  Collection own, open;
  own.name = "acme.test/own";
  open.name = "acme.test/open";
  open.readers = "all";
  const Collection both[] = {own, open};
  h.store->declare(both);
  CHECK(h.services->access().visible(h.me, "acme.test/own") == none());
  CHECK(h.services->access().visible(h.me, "acme.test/open") == Filter{});
}
