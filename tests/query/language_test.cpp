// Filters as they are, bindings, orders, limits.
#include <cmath>

#include "fixture.hpp"
#include "query/times.hpp"
#include "support.hpp"

using namespace podium;

namespace {

std::string repeat(std::string_view piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

}  // namespace

TEST_CASE("a text becomes a filter") {
  const test::World world;
  CHECK(world.parse("") == Filter{});
  CHECK(world.parse(" \n\t") == Filter{});
  CHECK(world.parse("metrics.acc.max@mnist >= 1") ==
        compare(series("metrics", "acc", Statistic::max, "mnist"), Compare::ge, 1.0));
  CHECK(world.parse("params.Args/lr.x = 0.1") == eq(entry("params", "Args/lr.x"), 0.1));
  CHECK(world.parse("params.lr = '0.1'") == eq(entry("params", "lr"), std::string("0.1")));
  CHECK(world.parse("iteration = 1") == eq(field("iteration"), std::int64_t{1}));
  CHECK(world.parse("score = 1") == eq(field("score"), 1.0));
  CHECK(world.parse("not archived") == not_(eq(field("archived"), true)));
  CHECK(world.parse("started >= '2026-11-24T10:00:00Z'") ==
        compare(field("started"), Compare::ge, test::now));
  CHECK(world.parse("state not in ('failed', 'draft')") ==
        in(field("state"), {Value{std::string("failed")}, Value{std::string("draft")}}, true));
  CHECK(world.parse("name not ilike 'X%'") ==
        pattern(Filter::Op::ilike, field("name"), "X%", true));
  CHECK(world.parse("user is not null") == is_null(field("user"), true));
  CHECK(world.parse("dataset.name = 'mnist'") ==
        any("inputs", "task", eq(field("name"), std::string("mnist"))));
  CHECK(world.parse("archived or archived and not archived") ==
        any_of({eq(field("archived"), true),
                all_of({eq(field("archived"), true), not_(eq(field("archived"), true))})}));
  CHECK(world.parse("project = 'vision'") == eq(field("project"), Ordinal{11}));
  CHECK(world.parse("tags not ('a', null)") ==
        all_of({is_null(entry("tags", "a")), is_null(entry("tags", ""), true)}));
  const Filter nan = world.parse("score != nan");
  CHECK(std::isnan(std::get<double>(nan.values.at(0))));
}

TEST_CASE("values are bound by name, never pasted") {
  const test::World world;
  QueryLanguage::Binding user{"user", {}};
  user.value.text = "eve' or archived";
  QueryLanguage::Binding low{"low", {}};
  low.value.number = 0.5;
  const std::array bindings{user, low};
  CHECK(world.language->parse("user = :user and metrics.acc > :low", world.tasks, bindings) ==
        all_of({eq(field("user"), std::string("eve' or archived")),
                compare(series("metrics", "acc"), Compare::gt, 0.5)}));
  CHECK(world.language->parse("user in ('a',:user)", world.tasks, bindings).values.size() == 2);
  const auto misspelled =
      test::error_of([&] { world.language->parse("user = :usr", world.tasks, bindings); });
  CHECK(misspelled.position() == 7);
  CHECK(misspelled.what() == std::string("no value is given for ':usr'; did you mean ':user'?"));
  const auto wrong =
      test::error_of([&] { world.language->parse("metrics.acc > :user", world.tasks, bindings); });
  CHECK(wrong.position() == 14);
  user.value.text = "\xff";
  const std::array invalid{user};
  CHECK(test::error_of([&] {
          world.language->parse("user = :user", world.tasks, invalid);
        }).position() == 7);
}

TEST_CASE("orders") {
  const test::World world;
  const auto order = [&](std::string_view text) {
    return world.language->parse_order(text, world.tasks);
  };
  CHECK(order("metrics.acc.min desc") ==
        OrderKey{series("metrics", "acc", Statistic::min), true, false});
  CHECK(order(" started ASC ") == OrderKey{field("started"), false, false});
  CHECK(order("params.`a b`") == OrderKey{entry("params", "a b"), false, false});
  CHECK(order("project desc") == OrderKey{field("project"), true, false});
  for (const char* text : {"metrics.acc.min desc", "params.`a b`", "project desc", "`any`"})
    CHECK(print(order(text), world.tasks) == text);
  CHECK(test::error_of([&] { order(""); }).position() == 0);
  CHECK(test::error_of([&] { order("name up"); }).position() == 5);
  CHECK(test::error_of([&] { order("name desc desc"); }).position() == 10);
  CHECK(test::error_of([&] { order("nam"); }).what() ==
        std::string("tasks have no 'nam'; did you mean 'name'?"));
}

TEST_CASE("nesting has a limit, chains have none") {
  const test::World world;
  const auto nested = [](std::size_t n) { return repeat("(", n) + "archived" + repeat(")", n); };
  CHECK_NOTHROW(world.parse(nested(64)));
  CHECK(test::error_of([&] { world.parse(nested(65)); }).position() == 64);
  CHECK_NOTHROW(world.parse(repeat("not ", 63) + "archived"));
  CHECK(test::error_of([&] { world.parse(repeat("not ", 64) + "archived"); }).position() == 0);
  CHECK(test::error_of([&] { world.parse(repeat("not ", 100'000) + "archived"); }).position() ==
        256);
  CHECK(test::error_of([&] { world.parse(nested(100'000)); }).position() == 64);
  // Parentheses that nest a conjunction in a disjunction make two levels of filter each.
  CHECK_THROWS_AS(
      world.parse(repeat("archived or archived and (", 40) + "archived" + repeat(")", 40)), Error);
  CHECK(world.parse("archived" + repeat(" and archived", 50'000)).children.size() == 50'001);
}

TEST_CASE("long texts") {
  const test::World world;
  const std::size_t limit = std::size_t{1} << 20;
  // Each of these is linear: a quadratic way would take hours.
  for (const char* piece :
       {"'",          "\"",   "`",   "(",  ")",  ",",    "a",   ".", "-",
        "not ",       "any ", "a.`", "1e", "''", "((`'", "in(", "é", "tags any (",
        "a='b' and ", "<",    "/*",  "--", ";",  ":",    "'\\"}) {
    const std::string text = repeat(piece, limit / std::string_view(piece).size());
    INFO(piece);
    CHECK_THROWS_AS(world.parse(text), Error);
  }
  const auto refused = test::error_of([&] { world.parse(repeat(" ", limit + 1)); });
  CHECK(refused.position() == static_cast<std::int64_t>(limit));
  const std::string list = "id in ('x'" + repeat(",'x'", 200'000) + ")";
  CHECK(world.parse(list).values.size() == 200'001);
  // A long piece is cut in the sentence, between characters.
  const std::string sentence =
      test::error_of([&] { world.parse(repeat("é", 1000) + " = 1"); }).what();
  CHECK(sentence.size() < 400);
  CHECK(sentence.find("\xc3...") == std::string::npos);
}

TEST_CASE("texts that are not UTF-8 are refused") {
  const test::World world;
  CHECK_THROWS_AS(world.parse("name = '\xff'"), Error);
  CHECK_THROWS_AS(world.parse(std::string_view("name = '\0'", 10)), Error);
}

TEST_CASE("durations are read as people write them") {
  using host::query::duration_text;
  using host::query::read_duration;
  CHECK(read_duration("2h") == 7'200'000);
  CHECK(read_duration("1h30m") == 5'400'000);
  CHECK(read_duration("1w") == 604'800'000);
  CHECK(read_duration("90s") == 90'000);
  CHECK(read_duration("250ms") == 250);
  for (const char* text : {"", "2", "h", "2x", "1m1h", "1h1h", "-2h", "1.5h", "2 h", "1234567890s"})
    CHECK(!read_duration(text));
  for (const std::int64_t length : {0, 1, 999, 1000, 61'001, 86'399'999, 90'000'000, 2'000'000'000})
    CHECK(read_duration(duration_text(length)) == length);
  CHECK(duration_text(5'400'000) == "1h30m");
  CHECK(duration_text(-1).empty());
}

TEST_CASE("moments") {
  using host::query::read_time;
  using host::query::time_text;
  CHECK(read_time("2026-11-24T10:00:00Z", 0) == test::now);
  CHECK(read_time("2026-11-24 11:00+01:00", 0) == test::now);
  CHECK(read_time("2026-11-24T04:30:00-05:30", 0) == test::now);
  CHECK(read_time("2024-02-29", 0).has_value());
  CHECK(read_time("now", 5) == 5);
  CHECK(read_time("-1w", test::now) == test::now - 604'800'000);
  CHECK(read_time("+250ms", 0) == 250);
  for (const char* wrong : {"", "2026", "2026-02-29", "2026-11-24T", "2026-11-24T25:00",
                            "2026-11-24T10:60", "2026-11-24T10:00:60", "2026-11-24T10:00:00.",
                            "2026-11-24T10:00:00ZZ", "2026-11-24T10:00+1", "2026-11-24x", "-d",
                            "-7", "-7y", "-7 d", "+-7d", "-99999999999999999999d", "7d", "Now"}) {
    INFO(wrong);
    CHECK_FALSE(read_time(wrong, test::now).has_value());
  }
  for (const std::int64_t at :
       {std::int64_t{0}, std::int64_t{-1}, test::now, std::int64_t{-62'167'219'200'000},
        std::int64_t{253'402'300'799'999}})
    CHECK(read_time(time_text(at), 0) == at);
  CHECK(time_text(test::now) == "2026-11-24T10:00:00Z");
  CHECK(time_text(253'402'300'800'000).empty());
}
