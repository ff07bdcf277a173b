// Points: orders, ranges, paging, duplicates, overlapping chunks, samples, summaries.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "conformance.hpp"
#include "reference.hpp"

namespace podium::conformance {
namespace {

using I = std::int64_t;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
using By = PointsQuery::By;

bool same(const std::vector<Point>& a, const std::vector<Point>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), reference::same_point);
}

/// One task whose series "acc" is kept beside a vector that tells what must be in it.
struct Curve {
  Opened store;
  CollectionId tasks = store.id("tasks");
  Ordinal task = 0;
  std::vector<Point> expected;  ///< in the order of arrival

  Curve() {
    task = store->write([&](Transaction& t) { return insert(t, tasks, "t"); });
  }
  void append(const std::vector<Point>& batch, std::string_view scope = "") {
    store->transact([&](Transaction& t) {
      const SeriesPoints series{"acc", scope, batch};
      t.append(tasks, task, "metrics", {&series, 1});
      t.append(tasks, task, "system", {&series, 1});
    });
    if (!scope.empty()) return;
    for (const Point& p : batch)
      if (std::none_of(expected.begin(), expected.end(),
                       [&](const Point& q) { return reference::same_point(p, q); }))
        expected.push_back(p);
  }
  std::vector<Point> sorted(By by) const {
    std::vector<Point> points = expected;
    std::sort(points.begin(), points.end(),
              by == By::step ? reference::before_by_step : reference::before_by_time);
    return points;
  }
  PointsQuery all(By by = By::step) const {
    PointsQuery query{tasks, task, "metrics", "acc", ""};
    query.by = by;
    return query;
  }
  void check() {
    for (const By by : {By::step, By::time}) {
      const auto points = sorted(by);
      REQUIRE(same(points_of(*store, all(by)), points));
      PointsQuery paged = all(by);
      paged.limit = std::max<std::uint64_t>(1, points.size() / 3);
      std::vector<Point> got;
      while (true) {
        const auto page = points_of(*store, paged);
        CHECK(page.size() <= paged.limit);
        if (page.empty()) break;
        got.insert(got.end(), page.begin(), page.end());
        paged.after = page.back();
      }
      CHECK(same(got, points));
    }
    const Column columns[] = {whole_series("metrics"), whole_series("system")};
    store->get(tasks, {&task, 1}, columns, [&](const Row& row) {
      for (std::size_t i = 0; i < 2; ++i) {
        const Summary got = row.series(i).front().summary;
        const Summary want = reference::summary_of(
            expected, i == 0 ? LastRule::step_time_value : LastRule::time_step);
        INFO((i == 0 ? "step_time_value" : "time_step"));
        CHECK(got.count == want.count);
        CHECK(reference::same_point(got.first, want.first));
        CHECK(reference::same_point(got.last, want.last));
        CHECK(reference::same_point(got.min, want.min));
        CHECK(reference::same_point(got.max, want.max));
        CHECK((got.sum == Approx(want.sum) || (std::isnan(got.sum) && std::isnan(want.sum)) ||
               got.sum == want.sum));
      }
      return true;
    });
    CHECK(count(*store, tasks,
                eq(series("metrics", "acc", Statistic::count), static_cast<I>(expected.size()))) ==
          1);
  }
};

}  // namespace

TEST_CASE("points: single points and batches, through merges and a restart") {
  Curve curve;
  for (I i = 0; i < 20; ++i) curve.append({{i, 100 + i, 0.1 * static_cast<double>(i)}});
  curve.check();
  std::vector<Point> batch;
  for (I i = 20; i < 2500; ++i) batch.push_back({i, 100 + i, static_cast<double>(i % 17)});
  curve.append(batch);
  curve.check();
  for (I i = 2500; i < 2520; ++i) curve.append({{i, 100 + i, -1.0}});
  curve.check();
  curve.store.maintain();
  curve.check();
  curve.store.reopen();
  curve.check();
  curve.append({{-5, 0, 1000}});
  curve.check();
  curve.store.check_sound();
}

TEST_CASE("points: duplicates are dropped, wherever they are") {
  Curve curve;
  std::vector<Point> batch;
  for (I i = 0; i < 1500; ++i) batch.push_back({i, i, 1.0});
  batch.push_back({7, 7, 1.0});  // within a batch
  curve.append(batch);
  curve.append(batch);  // a retried batch
  curve.append({{3, 3, 1.0}});
  curve.append(
      {{3, 3, 1.5}, {3, 4, 1.0}, {3, 3, 1.5}});  // another value, another time: no duplicates
  curve.append({{5000, 1, not_a_number}, {5000, 1, not_a_number}, {5000, 1, 0.0}, {5000, 1, -0.0}});
  curve.append({{5000, 1, not_a_number}});
  curve.check();
  CHECK(curve.expected.size() == 1504);
  curve.store.maintain();
  curve.append(batch);
  curve.append({{5000, 1, not_a_number}, {5000, 1, -0.0}});
  curve.check();
  CHECK(curve.expected.size() == 1504);
  curve.store.check_sound();
}

TEST_CASE("points: everything at step 0") {
  std::mt19937_64 random(3);
  for (const int shape : {0, 1, 2}) {
    Curve curve;
    I clock = 0;
    for (int round = 0; round < 12; ++round) {
      std::vector<Point> batch;
      for (int i = 0; i < 150; ++i) {
        const I time = shape == 0 ? ++clock : shape == 1 ? 5 : static_cast<I>(random() % 1000);
        batch.push_back({0, time, static_cast<double>(random() % 100000)});
      }
      curve.append(batch);
      if (round == 6) curve.store.maintain();
    }
    INFO("shape " << shape);
    curve.check();
    curve.store.maintain();
    curve.check();
    curve.store.check_sound();
  }
}

TEST_CASE("points: chunks that overlap in step and in time") {
  Curve curve;
  std::mt19937_64 random(4);
  for (int round = 0; round < 8; ++round) {
    std::vector<Point> batch;
    for (I i = 0; i < 400; ++i)
      batch.push_back(
          {i * 8 + (round * 3) % 8, static_cast<I>(random() % 5000), static_cast<double>(round)});
    std::shuffle(batch.begin(), batch.end(), random);
    curve.append(batch);
    curve.append({{static_cast<I>(random() % 4000), static_cast<I>(random() % 4000), 0.5}});
  }
  curve.check();
  for (const By by : {By::step, By::time}) {
    const auto points = curve.sorted(by);
    for (int round = 0; round < 20; ++round) {
      PointsQuery query = curve.all(by);
      query.from = static_cast<I>(random() % 4000);
      query.to = query.from + static_cast<I>(random() % 1500);
      if (round % 3 == 0) query.limit = random() % 40 + 1;
      if (round % 2 == 0) query.after = points[random() % points.size()];
      std::vector<Point> want;
      const auto before = by == By::step ? reference::before_by_step : reference::before_by_time;
      for (const Point& p : points) {
        const I at = by == By::step ? p.step : p.time;
        if (at < query.from || at > query.to || (query.after && !before(*query.after, p))) continue;
        if (want.size() < query.limit) want.push_back(p);
      }
      INFO("round " << round << " by " << (by == By::step ? "step" : "time"));
      CHECK(same(points_of(*curve.store, query), want));
    }
  }
  curve.store.maintain();
  curve.check();
  curve.store.check_sound();
}

TEST_CASE("points: NaN, infinities and the ends of int64") {
  constexpr I lowest = std::numeric_limits<I>::min(), highest = std::numeric_limits<I>::max();
  Curve curve;
  curve.append({{0, 0, not_a_number}});
  curve.check();
  curve.append({{lowest, highest, infinity},
                {highest, lowest, -infinity},
                {0, 0, 0.0},
                {0, 0, 5e-324},
                {0, 0, -5e-324}});
  curve.append(
      {{highest, highest, not_a_number}, {lowest, lowest, std::numeric_limits<double>::max()}});
  std::vector<Point> many;
  for (I i = 0; i < 40; ++i)
    many.push_back({i % 2 == 0 ? lowest + i : highest - i, i % 3 == 0 ? highest - i : lowest + i,
                    i % 5 == 0 ? not_a_number : 1.5});
  curve.append(many);
  curve.check();
  PointsQuery query = curve.all();
  query.from = highest;
  CHECK(points_of(*curve.store, query).size() == 2);
  query = curve.all(By::time);
  query.to = lowest;
  CHECK(points_of(*curve.store, query).size() == 2);
  query = curve.all();
  query.from = 1;
  query.to = 0;
  CHECK(points_of(*curve.store, query).empty());
  curve.store.maintain();
  curve.check();
  curve.store.reopen();
  curve.check();
  curve.store.check_sound();
}

TEST_CASE("points: buckets keep what a curve shows") {
  Curve curve;
  std::vector<Point> batch;
  std::mt19937_64 random(5);
  for (I i = 0; i < 3000; ++i)
    batch.push_back({i, i * 2,
                     i == 1234     ? 1e9
                     : i % 50 == 0 ? not_a_number
                                   : static_cast<double>(random() % 100)});
  curve.append(batch);
  for (I i = 3000; i < 3030; ++i) curve.append({{i, i * 2, -1e9}});
  for (const By by : {By::step, By::time})
    for (const std::uint32_t buckets : {1u, 7u, 100u, 3030u, 5000u}) {
      PointsQuery query = curve.all(by);
      query.buckets = buckets;
      const auto points = curve.sorted(by);
      std::vector<Point> want;
      for (std::uint32_t b = 0; b < buckets; ++b) {
        std::vector<std::size_t> kept;
        std::size_t first = points.size(), last = 0, min = points.size(), max = points.size();
        for (std::size_t i = points.size() * b / buckets == 0 ? 0 : points.size() * b / buckets - 1;
             i < points.size() && i * buckets / points.size() <= b; ++i) {
          if (i * buckets / points.size() != b) continue;
          first = std::min(first, i);
          last = i;
          if (std::isnan(points[i].value)) continue;
          if (min == points.size() || points[i].value < points[min].value) min = i;
          if (max == points.size() || points[i].value > points[max].value) max = i;
        }
        if (first == points.size()) continue;
        kept = {first, last};
        if (min != points.size()) kept.insert(kept.end(), {min, max});
        std::sort(kept.begin(), kept.end());
        kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
        for (const std::size_t i : kept) want.push_back(points[i]);
      }
      INFO(buckets << " buckets");
      CHECK(same(points_of(*curve.store, query), want));
    }
  // Of a range, too.
  PointsQuery query = curve.all();
  query.from = 1200;
  query.to = 1299;
  query.buckets = 2;
  const auto sampled = points_of(*curve.store, query);
  CHECK(sampled.front().step == 1200);
  CHECK(sampled.back().step == 1299);
  CHECK(std::any_of(sampled.begin(), sampled.end(), [](const Point& p) { return p.value == 1e9; }));
  CHECK(sampled.size() <= 8);
}

TEST_CASE("points: evenly spaced rows") {
  Curve curve;
  std::vector<Point> batch;
  for (I i = 0; i < 2500; ++i) batch.push_back({i, 5000 - i, static_cast<double>(i)});
  curve.append(batch);
  for (I i = 2500; i < 2510; ++i) curve.append({{i, 5000 - i, static_cast<double>(i)}});
  for (const By by : {By::step, By::time}) {
    const auto points = curve.sorted(by);
    for (const std::uint32_t n : {1u, 2u, 3u, 10u, 320u, 2510u, 9999u}) {
      PointsQuery query = curve.all(by);
      query.evenly = n;
      std::vector<Point> want;
      const std::uint64_t rows = std::min<std::uint64_t>(n, points.size());
      for (std::uint64_t i = 0; i + 1 < rows; ++i)
        want.push_back(points[i * (points.size() / rows) + std::min(i, points.size() % rows)]);
      want.push_back(points.back());
      INFO(n << " rows");
      CHECK(same(points_of(*curve.store, query), want));
    }
  }
  PointsQuery both = curve.all();
  both.evenly = 5;
  both.buckets = 5;
  CHECK_THROWS_AS(points_of(*curve.store, both), Error);
}

TEST_CASE("points: a sink may stop") {
  Curve curve;
  std::vector<Point> batch;
  for (I i = 0; i < 5000; ++i) batch.push_back({i, i, 0.5});
  curve.append(batch);
  int blocks = 0;
  curve.store->points(curve.all(), [&](std::span<const Point>) {
    ++blocks;
    return false;
  });
  CHECK(blocks == 1);
}

TEST_CASE("points: keys and scopes are apart") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Ordinal task = store->write([&](Transaction& t) { return insert(t, tasks, "t"); });
  const Point one{1, 1, 1}, two{2, 2, 2}, three{3, 3, 3};
  store->transact([&](Transaction& t) {
    const SeriesPoints series[] = {{"acc", "", {&one, 1}},
                                   {"acc", "ds", {&two, 1}},
                                   {"a.cc/ü %", "", {&three, 1}},
                                   {"acc", "", {&two, 1}}};
    t.append(tasks, task, "metrics", series);
    t.append(tasks, task, "system", std::span(series).first(1));
  });
  CHECK(points_of(*store, {tasks, task, "metrics", "acc", ""}) == std::vector<Point>{one, two});
  CHECK(points_of(*store, {tasks, task, "metrics", "acc", "ds"}) == std::vector<Point>{two});
  CHECK(points_of(*store, {tasks, task, "metrics", "a.cc/ü %", ""}) == std::vector<Point>{three});
  CHECK(points_of(*store, {tasks, task, "system", "acc", ""}) == std::vector<Point>{one});
  CHECK(points_of(*store, {tasks, task, "metrics", "none", ""}).empty());
  CHECK(points_of(*store, {tasks, task + 1, "metrics", "acc", ""}).empty());
  CHECK(test::error_of([&] {
          store->transact([&](Transaction& t) {
            const SeriesPoints bad{"\xff", "", {&one, 1}};
            t.append(tasks, task, "metrics", {&bad, 1});
          });
        }).code() == ErrorCode::invalid);
  CHECK(test::error_of([&] {
          store->transact([&](Transaction& t) {
            const SeriesPoints good{"acc", "", {&one, 1}};
            t.append(tasks, 4711, "metrics", {&good, 1});
          });
        }).code() == ErrorCode::not_found);
}

TEST_CASE("points: a later arrival is last by time_step") {
  Opened store;
  const CollectionId tasks = store.id("tasks");
  const Ordinal task = store->write([&](Transaction& t) { return insert(t, tasks, "t"); });
  const auto append = [&](const Point& p) {
    store->transact([&](Transaction& t) {
      const SeriesPoints series{"cpu", "", {&p, 1}};
      t.append(tasks, task, "system", {&series, 1});
    });
    return std::get<double>(cell(*store, tasks, task, series("system", "cpu")));
  };
  CHECK(append({9, 100, 5}) == 5);
  CHECK(append({1, 200, 4}) == 4);
  CHECK(append({1, 200, 3}) == 3);
  CHECK(append({1, 200, 7}) == 7);
  CHECK(append({0, 200, 8}) == 7);
  CHECK(append({5, 150, 9}) == 7);
}

}  // namespace podium::conformance
