// The one order of values, comparing, cursors.
#include "podium/storage_kit/values.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "podium/storage_kit/text.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::kit;
using podium::test::error_of;
using namespace std::string_view_literals;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

Seen plain(Cell cell) { return {cell, std::nullopt, false}; }
Seen dual(std::string_view text) { return {Cell(text), number_of(text), true}; }
Seen missing() { return {}; }

/// The operators that hold, e.g. "ne lt le".
std::string which(const Seen& left, const Value& right) {
  constexpr std::pair<Compare, const char*> ops[] = {{Compare::eq, "eq"}, {Compare::ne, "ne"},
                                                     {Compare::lt, "lt"}, {Compare::le, "le"},
                                                     {Compare::gt, "gt"}, {Compare::ge, "ge"}};
  std::string out;
  for (const auto& [op, word] : ops)
    if (kit::compare(left, op, right)) out += out.empty() ? word : std::string(" ") + word;
  return out;
}

const std::string equal = "eq le ge", less = "ne lt le", greater = "ne gt ge", different = "ne", no;

}  // namespace

TEST_CASE("comparing, as a table") {
  const std::int64_t one = 1, big = (std::int64_t{1} << 53) + 1;
  constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  struct Row {
    Seen left;
    Value right;
    std::string holds;
  };
  const std::vector<Row> table = {{missing(), one, no},
                                  {missing(), "a", no},
                                  {missing(), nan_value, no},
                                  {missing(), true, no},
                                  {missing(), Value{}, no},
                                  {plain(one), Value{}, no},
                                  {plain(one), one, equal},
                                  {plain(one), std::int64_t{2}, less},
                                  {plain(one), 0.5, greater},
                                  {plain(one), 1.0, equal},
                                  {plain(1.0), one, equal},
                                  {plain(0.5), one, less},
                                  {plain(big), 9007199254740992.0, greater},
                                  {plain(9007199254740992.0), big, less},
                                  {plain(highest), 9223372036854775808.0, less},
                                  {plain(lowest), -9223372036854775808.0, equal},
                                  {plain(-9223372036854775808.0), lowest, equal},
                                  {plain(one), inf, less},
                                  {plain(one), -inf, greater},
                                  {plain(lowest), -inf, greater},
                                  {plain(std::int64_t{-1}), -1.5, greater},
                                  {plain(std::int64_t{-2}), -1.5, less},
                                  {plain(inf), inf, equal},
                                  {plain(-inf), inf, less},
                                  {plain(-0.0), 0.0, equal},
                                  {plain(nan_value), nan_value, different},
                                  {plain(nan_value), 1.0, different},
                                  {plain(nan_value), one, different},
                                  {plain(1.0), nan_value, different},
                                  {plain(one), nan_value, different},
                                  {plain(inf), nan_value, different},
                                  {plain("b"sv), "b", equal},
                                  {plain("b"sv), "c", less},
                                  {plain("ü"sv), "z", greater},
                                  {plain(""sv), "a", less},
                                  {plain("b"sv), one, no},
                                  {plain("1"sv), one, no},
                                  {plain(true), true, equal},
                                  {plain(false), true, less},
                                  {plain(true), one, no},
                                  {plain(one), true, no},
                                  {plain(one), "1", no},
                                  {plain(1.0), "1", no},
                                  {plain(1.0), true, no},
                                  {dual("0.1"), 0.1, equal},
                                  {dual("1e-1"), 0.1, equal},
                                  {dual("1e-1"), "0.1", greater},
                                  {dual("0.1"), "0.1", equal},
                                  {dual("10"), 9.0, greater},
                                  {dual("10"), "9", less},
                                  {dual("3"), std::int64_t{3}, equal},
                                  {dual("3.5"), std::int64_t{3}, greater},
                                  {dual("adam"), 1.0, no},
                                  {dual("adam"), one, no},
                                  {dual("adam"), nan_value, no},
                                  {dual("1"), nan_value, different},
                                  {dual("nan"), nan_value, no},
                                  {dual("adam"), "adam", equal},
                                  {dual(""), "", equal},
                                  {dual("1"), true, no}};
  for (std::size_t i = 0; i < table.size(); ++i) {
    INFO("row " << i);
    CHECK(which(table[i].left, table[i].right) == table[i].holds);
  }
}

TEST_CASE("the one order, as a table, in both directions") {
  // Ascending; what stands in one row is equal. Descending turns values round, and within their
  // rank only: NaN and missing stay behind.
  const std::vector<std::vector<Seen>> entries = {{dual("-1e300")},
                                                  {dual("-1")},
                                                  {dual("0"), dual("-0")},
                                                  {dual("0.1"), dual("1e-1")},
                                                  {dual("9")},
                                                  {dual("10")},
                                                  {dual("")},
                                                  {dual("9a")},
                                                  {dual("Z")},
                                                  {dual("a")},
                                                  {dual("aa")},
                                                  {dual("nan")},
                                                  {dual("ü")},
                                                  {missing()}};
  const std::vector<std::vector<Seen>> reals = {{plain(-inf)},
                                                {plain(-1.0)},
                                                {plain(0.0), plain(-0.0), plain(std::int64_t{0})},
                                                {plain(0.5)},
                                                {plain(std::int64_t{1}), plain(1.0)},
                                                {plain(9007199254740992.0)},
                                                {plain((std::int64_t{1} << 53) + 1)},
                                                {plain(inf)},
                                                {plain(nan_value), plain(-nan_value)},
                                                {missing()}};
  const std::vector<std::vector<Seen>> texts = {{plain(""sv)},  {plain("10"sv)}, {plain("9"sv)},
                                                {plain("a"sv)}, {plain("ü"sv)},  {missing()}};
  const std::vector<std::vector<Seen>> flags = {{plain(false)}, {plain(true)}, {missing()}};
  for (const auto& table : {entries, reals, texts, flags}) {
    for (std::size_t i = 0; i < table.size(); ++i)
      for (std::size_t j = 0; j < table.size(); ++j)
        for (const Seen& a : table[i])
          for (const Seen& b : table[j]) {
            INFO(i << " against " << j);
            const SortKey x = sort_key(a, false), y = sort_key(b, false);
            const int up = kit::compare(x, y, false), down = kit::compare(x, y, true);
            CHECK((up < 0) == (i < j));
            CHECK((up == 0) == (i == j));
            if (x.rank != y.rank) CHECK(up == down);
            if (x.rank == y.rank) CHECK((down < 0) == (i > j));
            if (x.rank == y.rank) CHECK((down == 0) == (i == j));
          }
  }
}

TEST_CASE("as_text orders entries as texts") {
  const auto order = [](std::string_view a, std::string_view b) {
    return kit::compare(sort_key(dual(a), true), sort_key(dual(b), true), false);
  };
  CHECK(order("10", "9") < 0);
  CHECK(order("0.1", "1e-1") < 0);
  CHECK(order("9", "a") < 0);
  CHECK(order("!", "9") < 0);
  CHECK(kit::compare(sort_key(dual("zz"), true), sort_key(missing(), true), false) < 0);
  CHECK(kit::compare(sort_key(dual("zz"), true), sort_key(missing(), true), true) < 0);
}

TEST_CASE("ties go by the ordinal") {
  const Order none_, up = {{field("a"), false, false}}, down = {{field("a"), true, false}};
  const auto keys = [](const Seen& s) { return std::vector<SortKey>{sort_key(s, false)}; };
  CHECK(kit::compare({}, 1, {}, 2, none_) < 0);
  CHECK(kit::compare({}, 2, {}, 2, none_) == 0);
  CHECK(kit::compare(keys(plain(1.0)), 1, keys(plain(1.0)), 2, up) < 0);
  CHECK(kit::compare(keys(plain(1.0)), 1, keys(plain(1.0)), 2, down) > 0);
  CHECK(kit::compare(keys(plain(nan_value)), 1, keys(plain(nan_value)), 2, down) < 0);
  CHECK(kit::compare(keys(missing()), 1, keys(missing()), 2, down) < 0);
  CHECK(kit::compare(keys(dual("")), 1, keys(dual("")), 2, down) > 0);
  CHECK(kit::compare(keys(dual("a")), 1, keys(dual("a")), 2, down) > 0);
  CHECK(kit::compare(keys(plain(2.0)), 1, keys(plain(1.0)), 2, down) < 0);

  const Order two = {{field("a"), true, false}, {field("b"), false, false}};
  const auto pair = [](const Seen& a, const Seen& b) {
    return std::vector<SortKey>{sort_key(a, false), sort_key(b, false)};
  };
  CHECK(kit::compare(pair(plain(2.0), plain(9.0)), 1, pair(plain(1.0), plain(0.0)), 2, two) < 0);
  CHECK(kit::compare(pair(plain(1.0), plain(9.0)), 1, pair(plain(1.0), plain(0.0)), 2, two) > 0);
  CHECK(kit::compare(pair(plain(1.0), plain(9.0)), 1, pair(plain(1.0), plain(9.0)), 2, two) < 0);
}

TEST_CASE("cursors come back and foreign ones are refused") {
  const Filter filter = eq(field("a"), std::int64_t{1});
  const Order order = {{field("a"), true, false}};
  const std::uint64_t print = fingerprint("tasks", filter, order);
  const std::vector<SortKey> keys = {
      sort_key(plain(std::numeric_limits<std::int64_t>::min()), false),
      sort_key(plain(-0.0), false),
      sort_key(plain(nan_value), false),
      sort_key(plain(-inf), false),
      sort_key(missing(), false),
      sort_key(dual("1e-1"), false),
      sort_key(dual(""), false),
      sort_key(dual("ü\n\""), false),
      sort_key(plain(true), false),
      sort_key(plain(""sv), false)};
  for (const Ordinal ordinal : {Ordinal{0}, Ordinal{1}, std::numeric_limits<Ordinal>::max()}) {
    const std::string text = encode_cursor(print, keys, ordinal);
    for (const char c : text) CHECK((c > ' ' && c < 127));
    const Cursor back = decode_cursor(text, print);
    CHECK(back.ordinal == ordinal);
    REQUIRE(back.keys.size() == keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      INFO(i);
      CHECK(kit::compare(back.keys[i], keys[i], false) == 0);
      CHECK(back.keys[i].rank == keys[i].rank);
      CHECK(back.keys[i].exact == keys[i].exact);
      CHECK(back.keys[i].integer == keys[i].integer);
      CHECK(std::isnan(back.keys[i].number) == std::isnan(keys[i].number));
      CHECK(std::signbit(back.keys[i].number) == std::signbit(keys[i].number));
      CHECK(back.keys[i].text == keys[i].text);
    }
    for (const std::uint64_t other :
         {fingerprint("task", filter, order), fingerprint("tasks", {}, order),
          fingerprint("tasks", filter, {}), fingerprint("tasks", eq(field("a"), 1.0), order),
          fingerprint("tasks", eq(field("a"), std::int64_t{2}), order),
          fingerprint("tasks", filter, {{field("a"), false, false}}),
          fingerprint("tasks", filter, {{field("a"), true, true}}), print + 1})
      CHECK(error_of([&] { decode_cursor(text, other); }).code() == ErrorCode::invalid);
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed = text;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      CHECK(error_of([&] { decode_cursor(changed, print); }).code() == ErrorCode::invalid);
      CHECK(error_of([&] { decode_cursor(text.substr(0, i), print); }).code() ==
            ErrorCode::invalid);
    }
  }
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string garbage;
    for (auto n = random() % 60; n > 0; --n) garbage.push_back(static_cast<char>(random()));
    CHECK(error_of([&] { decode_cursor(garbage, print); }).code() == ErrorCode::invalid);
  }
  CHECK(decode_cursor(encode_cursor(print, {}, 5), print).ordinal == 5);
}

TEST_CASE("a fingerprint tells filters apart by shape") {
  const auto print = [](const Filter& f) { return fingerprint("c", f, {}); };
  const Filter a = eq(field("a"), "x"), b = eq(field("b"), "y");
  CHECK(print(all_of({a, b})) == print(all_of({a, b})));
  CHECK(print(all_of({a, b})) != print(any_of({a, b})));
  CHECK(print(all_of({a, b})) != print(all_of({b, a})));
  CHECK(print(not_(a)) != print(a));
  CHECK(print(eq(entry("m", "ab"), "c")) != print(eq(entry("ma", "b"), "c")));
  CHECK(print(in(field("a"), {Value("x")})) != print(in(field("a"), {Value("x")}, true)));
}
