// Points: orders, summaries, chunks, down-sampling.
#include "podium/storage_kit/points.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "support.hpp"

using namespace podium;
using namespace podium::kit;
using podium::test::error_of;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
constexpr auto highest = std::numeric_limits<std::int64_t>::max();

bool before(const Point& a, const Point& b) { return compare_by_step(a, b) < 0; }

bool same_bits(const Point& a, const Point& b) {
  return a.step == b.step && a.time == b.time &&
         std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

/// NaN equals NaN.
bool same(const Point& a, const Point& b) {
  return a.step == b.step && a.time == b.time &&
         (a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
}

void check_round_trip(std::vector<Point> points) {
  std::sort(points.begin(), points.end(), before);
  const std::string bytes = encode_chunk(points);
  std::vector<Point> back = {{1, 2, 3}};
  decode_chunk(bytes, static_cast<std::uint32_t>(points.size()), back);
  REQUIRE(back.size() == points.size() + 1);
  for (std::size_t i = 0; i < points.size(); ++i) REQUIRE(same_bits(back[i + 1], points[i]));
}

Point random_point(std::mt19937_64& random, bool extreme) {
  const double values[] = {0, -0.0, 1, -1, 0.5, nan_value, inf, -inf, 1e308, -1e-308, 42};
  const std::int64_t ends[] = {lowest, lowest + 1, -1, 0, 1, highest - 1, highest};
  const auto number = [&] {
    return extreme ? (random() % 2 ? ends[random() % 7] : static_cast<std::int64_t>(random()))
                   : static_cast<std::int64_t>(random() % 6);
  };
  return {number(), number(), values[random() % 11]};
}

}  // namespace

TEST_CASE("points have total orders") {
  CHECK(compare_by_step({1, 9, 9}, {2, 0, 0}) < 0);
  CHECK(compare_by_step({1, 1, 9}, {1, 2, 0}) < 0);
  CHECK(compare_by_step({1, 1, 1}, {1, 1, 2}) < 0);
  CHECK(compare_by_step({1, 1, 0.0}, {1, 1, -0.0}) == 0);
  CHECK(compare_by_step({1, 1, nan_value}, {1, 1, nan_value}) == 0);
  CHECK(compare_by_step({1, 1, 0}, {1, 1, nan_value}) < 0);
  CHECK(compare_by_step({1, 1, nan_value}, {1, 1, 1e-300}) < 0);
  CHECK(compare_by_step({1, 1, nan_value}, {1, 1, -1e-300}) > 0);
  CHECK(compare_by_time({9, 1, 9}, {0, 2, 0}) < 0);
  CHECK(compare_by_time({1, 1, 9}, {2, 1, 0}) < 0);
  CHECK(compare_by_time({1, 1, -inf}, {1, 1, nan_value}) < 0);
}

TEST_CASE("chunks come back bit by bit") {
  check_round_trip({});
  check_round_trip({{0, 0, 0}});
  check_round_trip({{lowest, highest, nan_value}, {highest, lowest, inf}});
  check_round_trip({{lowest, lowest, 1}, {0, highest, -inf}, {highest, lowest, -0.0}});
  std::vector<Point> payloads;
  for (const std::uint64_t bits : {0x7ff8000000000001ul, 0xfff8000000000000ul, 0x7ff0000000000001ul,
                                   0x7ffffffffffffffful, 0x0000000000000001ul})
    payloads.push_back(
        {static_cast<std::int64_t>(payloads.size()), 5, std::bit_cast<double>(bits)});
  check_round_trip(payloads);
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<Point> points;
    for (auto n = random() % 200; n > 0; --n)
      points.push_back(random_point(random, round % 2 == 0));
    check_round_trip(points);
  }
}

TEST_CASE("a usual chunk is small") {
  std::vector<Point> points;
  std::mt19937_64 random(2);
  std::int64_t time = 1764000000000;
  for (int i = 0; i < 1024; ++i)
    points.push_back({i, time += 100 + static_cast<std::int64_t>(random() % 20), 0.1 * i});
  CHECK(encode_chunk(points).size() < 1024 * 11);
}

TEST_CASE("a chunk must be sorted") {
  const std::vector<Point> wrong = {{2, 0, 0}, {1, 0, 0}};
  CHECK(error_of([&] { encode_chunk(wrong); }).code() == ErrorCode::misuse);
}

TEST_CASE("the range of a chunk") {
  const std::vector<Point> points = {{-3, 50, 1}, {0, 10, 1}, {7, 30, 1}};
  const ChunkRange r = range_of(points);
  CHECK(r.count == 3);
  CHECK(r.first_step == -3);
  CHECK(r.last_step == 7);
  CHECK(r.first_time == 10);
  CHECK(r.last_time == 50);
  CHECK(range_of({}).count == 0);
}

TEST_CASE("decoding takes only what encode made") {
  std::mt19937_64 random(3);
  std::vector<Point> points;
  for (int i = 0; i < 100; ++i) points.push_back({i * 3, 1000 + i * i, 0.5 * i});
  const std::string good = encode_chunk(points);
  std::vector<Point> out = {{1, 1, 1}};
  const auto refused = [&](const std::string& bytes, std::uint32_t count) {
    const Error e = error_of([&] { decode_chunk(bytes, count, out); });
    CHECK(e.code() == ErrorCode::corrupt);
    CHECK(out.size() == 1);
  };
  refused(good, 99);
  refused(good, 101);
  refused(good, 0);
  refused(good, std::numeric_limits<std::uint32_t>::max());
  refused("", 0);
  refused("", 1);
  refused(good + "x", 100);
  refused("x" + good, 100);
  for (std::size_t n = 0; n < good.size(); ++n) refused(good.substr(0, n), 100);
  refused(std::string("\x01\x80\x00\x00", 4) + std::string(8, '\0'),
          1);                                    // a varint longer than need be
  refused("\x01" + std::string(30, '\xff'), 1);  // one without an end
  refused("\x01" + std::string(9, '\xff') + std::string("\x7f\x00", 2) + std::string(8, '\0'), 1);

  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = good;
    if (round % 3 == 0) {  // random bytes
      bytes.resize(random() % 64);
      for (char& c : bytes) c = static_cast<char>(random());
      if (!bytes.empty()) bytes[0] = 1;
    } else {
      for (auto n = 1 + random() % 4; n > 0; --n)
        bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto count = static_cast<std::uint32_t>(round % 3 == 0 ? random() % 6 : 100);
    std::vector<Point> decoded;
    try {
      decode_chunk(bytes, count, decoded);
      ++accepted;
      // What is taken is exactly what encode would write: there is one spelling of each chunk.
      REQUIRE(decoded.size() == count);
      REQUIRE(encode_chunk(decoded) == bytes);
    } catch (const Error& e) {
      REQUIRE(e.code() == ErrorCode::corrupt);
      REQUIRE(decoded.empty());
    }
  }
  CHECK(accepted > 0);  // values may be any bits
}

TEST_CASE("summaries: one by one as all at once") {
  std::mt19937_64 random(4);
  for (const LastRule rule : {LastRule::step_time_value, LastRule::time_step}) {
    for (int round = 0; round < 2000; ++round) {
      std::vector<Point> points;
      for (auto n = 1 + random() % 12; n > 0; --n) {
        const Point p = random_point(random, round % 5 == 0);
        if (std::none_of(points.begin(), points.end(),
                         [&](const Point& q) { return compare_by_step(p, q) == 0; }))
          points.push_back(p);
      }
      Summary one;
      for (const Point& p : points) add(one, p, rule);
      const Summary all = summarize(points, rule);
      INFO("round " << round << " rule " << static_cast<int>(rule));
      REQUIRE(one.count == all.count);
      REQUIRE(same(one.last, all.last));
      REQUIRE(same(one.first, all.first));
      REQUIRE(same(one.min, all.min));
      REQUIRE(same(one.max, all.max));
      REQUIRE((one.sum == Approx(all.sum) || (std::isnan(one.sum) && std::isnan(all.sum)) ||
               std::isinf(all.sum)));
    }
  }
  CHECK(summarize({}, LastRule::time_step).count == 0);
}

TEST_CASE("summaries by hand") {
  Summary s;
  add(s, {5, 100, nan_value}, LastRule::step_time_value);
  CHECK(s.count == 1);
  CHECK(std::isnan(s.min.value));
  CHECK(s.sum == 0);
  add(s, {3, 200, nan_value}, LastRule::step_time_value);
  CHECK(s.min.step == 3);
  CHECK(s.first.step == 3);
  CHECK(s.last.step == 5);
  add(s, {9, 50, 2}, LastRule::step_time_value);
  add(s, {1, 60, 2}, LastRule::step_time_value);
  CHECK(s.min.step == 1);
  CHECK(s.max.step == 1);
  CHECK(s.last.step == 9);
  CHECK(s.sum == 4);
  CHECK(s.count == 4);
  add(s, {9, 50, -1}, LastRule::step_time_value);
  CHECK(s.last.value == 2);
  add(s, {9, 50, nan_value}, LastRule::step_time_value);  // as 0
  CHECK(s.last.value == 2);
  add(s, {9, 50, 3}, LastRule::step_time_value);
  CHECK(s.last.value == 3);

  Summary t;
  add(t, {9, 50, 9}, LastRule::time_step);
  add(t, {1, 60, 4}, LastRule::time_step);
  CHECK(t.last.step == 1);
  CHECK(t.first.step == 9);
  add(t, {1, 60, 2}, LastRule::time_step);  // a later arrival
  CHECK(t.last.value == 2);
}

TEST_CASE("down-sampling keeps first, min, max and last of equal runs") {
  const auto sample = [](const std::vector<Point>& points, std::uint32_t buckets,
                         std::size_t block) {
    Downsampler sampler(points.size(), buckets);
    std::vector<Point> out;
    for (std::size_t i = 0; i < points.size(); i += block)
      sampler.add(std::span(points).subspan(i, std::min(block, points.size() - i)), out);
    sampler.finish(out);
    return out;
  };
  const std::vector<Point> eight = {{0, 0, 1},         {1, 0, 9},         {2, 0, -9},
                                    {3, 0, 2},         {4, 0, nan_value}, {5, 0, nan_value},
                                    {6, 0, nan_value}, {7, 0, nan_value}};
  std::vector<std::int64_t> steps;
  for (const Point& p : sample(eight, 2, 3)) steps.push_back(p.step);
  CHECK(steps == std::vector<std::int64_t>{0, 1, 2, 3, 4, 7});

  std::mt19937_64 random(5);
  for (int round = 0; round < 500; ++round) {
    std::vector<Point> points;
    for (std::int64_t i = 0, n = static_cast<std::int64_t>(random() % 300); i < n; ++i)
      points.push_back({i, 0, random() % 10 == 0 ? nan_value : static_cast<double>(random() % 50)});
    const auto buckets = static_cast<std::uint32_t>(1 + random() % 60);
    // The obvious way: bucket of row i is i * buckets / total.
    std::vector<Point> expected;
    for (std::uint32_t b = 0; b < buckets; ++b) {
      std::vector<std::size_t> rows, kept;
      for (std::size_t i = 0; i < points.size(); ++i)
        if (i * buckets / points.size() == b) rows.push_back(i);
      if (rows.empty()) continue;
      kept = {rows.front(), rows.back()};
      const auto pick = [&](auto better) {
        std::size_t best = points.size();
        for (const std::size_t i : rows)
          if (!std::isnan(points[i].value) &&
              (best == points.size() || better(points[i].value, points[best].value)))
            best = i;
        if (best != points.size()) kept.push_back(best);
      };
      pick(std::less<>());
      pick(std::greater<>());
      std::sort(kept.begin(), kept.end());
      kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
      for (const std::size_t i : kept) expected.push_back(points[i]);
    }
    const auto got = sample(points, buckets, 1 + random() % 50);
    INFO("round " << round << ": " << points.size() << " points, " << buckets << " buckets");
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) REQUIRE(same(got[i], expected[i]));
  }
  CHECK(error_of([] { Downsampler(5, 0); }).code() == ErrorCode::misuse);
}

TEST_CASE("evenly spaced rows") {
  using Rows = std::vector<std::uint64_t>;
  CHECK(evenly_spaced(0, 5).empty());
  CHECK(evenly_spaced(5, 0).empty());
  CHECK(evenly_spaced(5, 1) == Rows{4});
  CHECK(evenly_spaced(5, 2) == Rows{0, 4});
  CHECK(evenly_spaced(5, 3) == Rows{0, 2, 4});
  CHECK(evenly_spaced(5, 5) == Rows{0, 1, 2, 3, 4});
  CHECK(evenly_spaced(3, 100) == Rows{0, 1, 2});
  CHECK(evenly_spaced(10, 4) == Rows{0, 3, 6, 9});
  CHECK(evenly_spaced(8, 3) == Rows{0, 3, 7});
  CHECK(evenly_spaced(11, 4) == Rows{0, 3, 6, 10});
  const auto many = evenly_spaced(std::numeric_limits<std::uint64_t>::max(), 3);
  CHECK(many.back() == std::numeric_limits<std::uint64_t>::max() - 1);
  for (std::uint64_t total = 1; total < 60; ++total)
    for (std::uint32_t n = 2; n < 60; ++n) {
      const auto rows = evenly_spaced(total, n);
      REQUIRE(rows.size() == std::min<std::uint64_t>(total, n));
      REQUIRE(rows.front() == 0);
      REQUIRE(rows.back() == total - 1);
      REQUIRE(std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end());
    }
}
