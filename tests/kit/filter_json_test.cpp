// Filters as JSON and back, by property.
#include <cmath>
#include <limits>
#include <random>

#include "podium/storage_kit/declaration.hpp"
#include "support.hpp"

using namespace podium;
using namespace podium::kit;
using podium::test::error_of;

namespace {

using Random = std::mt19937_64;

std::string random_text(Random& random) {
  static const char* const pieces[] = {"a", "NaN", "Infinity", "\"", "\\", "\n",
                                       "ü", "日",  "\x01",     "",   "1",  "null"};
  std::string text;
  for (auto n = random() % 3; n > 0; --n) text += pieces[random() % 12];
  return text;
}

Value random_value(Random& random) {
  switch (random() % 7) {
    case 0:
      return std::monostate{};
    case 1:
      return random() % 2 == 0;
    case 2:
      return static_cast<std::int64_t>(random());
    case 3:
      return static_cast<std::int64_t>(random() % 3);
    case 4:
      return static_cast<double>(random() % 3);
    case 5: {
      const double values[] = {-0.0,
                               0.1,
                               1e300,
                               5e-324,
                               1e22,
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(),
                               123456789.125};
      return values[random() % 8];
    }
    default:
      return random_text(random);
  }
}

Filter random_filter(Random& random, int depth) {
  Filter f;
  f.op = static_cast<Filter::Op>(1 + random() % 12);
  f.cmp = static_cast<Compare>(1 + random() % 6);
  f.negated = random() % 2 == 0;
  if (random() % 2 == 0)
    f.path = {static_cast<Path::Kind>(1 + random() % 7), random_text(random), random_text(random),
              random_text(random), static_cast<Statistic>(1 + random() % 12)};
  for (auto n = random() % 3; n > 0; --n) f.values.push_back(random_value(random));
  if (random() % 3 == 0) f.child = random_text(random);
  if (depth > 0)
    for (auto n = random() % 3; n > 0; --n) f.children.push_back(random_filter(random, depth - 1));
  return f;
}

}  // namespace

TEST_CASE("filters survive JSON, kinds of numbers included") {
  Random random(11);
  for (int round = 0; round < 3000; ++round) {
    const Filter f = random_filter(random, 4);
    const std::string text = to_json(f);
    INFO(text);
    const Filter back = filter_from_json(text);
    REQUIRE(back == f);
    REQUIRE(to_json(back) == text);
  }
}

TEST_CASE("the numbers that JSON has not") {
  const auto back = [](double v) {
    return std::get<double>(filter_from_json(to_json(eq(field("x"), v))).values.at(0));
  };
  CHECK(std::isnan(back(std::numeric_limits<double>::quiet_NaN())));
  CHECK(back(-std::numeric_limits<double>::infinity()) == -std::numeric_limits<double>::infinity());
  CHECK(std::signbit(back(-0.0)));
  CHECK(std::holds_alternative<std::string>(
      filter_from_json(to_json(eq(field("x"), "NaN"))).values[0]));
}

TEST_CASE("what is no filter is refused") {
  std::string deep = R"({"op":"all"})";
  for (int i = 0; i < 64; ++i) deep = R"({"op":"not","children":[)" + deep + "]}";
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"),
        std::string("{\"op\":1}"), std::string(R"({"op":"nix"})"),
        std::string(R"({"op":"all","more":1})"), std::string(R"({"op":"compare","values":1})"),
        std::string(R"({"op":"compare","values":[[1]]})"),
        std::string(R"({"op":"compare","values":[{"real":"x"}]})"),
        std::string(R"({"op":"compare","values":[{}]})"),
        std::string(R"({"op":"compare","values":[18446744073709551615]})"),
        std::string(R"({"op":"compare","path":{"kind":"nix"}})"),
        std::string(R"({"op":"compare","path":[]})"),
        std::string(R"({"op":"compare","path":{"dotted":"a"}})"),
        std::string(R"({"op":"and","children":{}})"),
        std::string("{\"op\":\"all\",\"child\":\"\xff\"}"), deep, std::string(200000, '[')}) {
    INFO(text.substr(0, 80));
    CHECK(error_of([&] { filter_from_json(text); }).code() == ErrorCode::invalid);
  }
}
