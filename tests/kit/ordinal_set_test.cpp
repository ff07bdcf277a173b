#include "podium/storage_kit/ordinal_set.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "support.hpp"

using podium::Ordinal;
using podium::kit::OrdinalSet;

namespace {

std::set<Ordinal> draw(std::mt19937& random, std::size_t n, Ordinal from, Ordinal to) {
  std::uniform_int_distribution<Ordinal> pick(from, to);
  std::set<Ordinal> set;
  for (std::size_t i = 0; i < n; ++i) set.insert(pick(random));
  return set;
}

OrdinalSet of(const std::set<Ordinal>& set, std::mt19937& random) {
  std::vector<Ordinal> all(set.begin(), set.end());
  if (!all.empty()) all.push_back(all.front());
  std::shuffle(all.begin(), all.end(), random);
  return OrdinalSet::of(all);
}

std::vector<Ordinal> list(const std::set<Ordinal>& set) { return {set.begin(), set.end()}; }

}  // namespace

TEST_CASE("sets of ordinals combine like sets, dense and sparse") {
  std::mt19937 random(7);
  const std::vector<std::set<Ordinal>> shapes = {
      {},
      {1},
      draw(random, 40, 1, 1000000),
      draw(random, 900, 1, 1000),
      draw(random, 3000, 400, 20000),
      draw(random, 500, 1, Ordinal{1} << 40),
      draw(random, 2000, 100000, 103000),
  };
  for (const auto& a : shapes)
    for (const auto& b : shapes) {
      const OrdinalSet x = of(a, random), y = of(b, random);
      std::vector<Ordinal> expected;
      std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(expected));
      CHECK((x & y).to_vector() == expected);
      expected.clear();
      std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(expected));
      CHECK((x | y).to_vector() == expected);
      CHECK((x | y).size() == expected.size());
      expected.clear();
      std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(expected));
      CHECK((x - y).to_vector() == expected);
      CHECK((x - y).size() == expected.size());
    }
}

TEST_CASE("a set knows its members and walks them in order") {
  std::mt19937 random(8);
  for (const Ordinal most : {Ordinal{2000}, Ordinal{2000000}}) {
    const auto members = draw(random, 700, 1, most);
    const OrdinalSet set = of(members, random);
    CHECK(set.size() == members.size());
    for (Ordinal o = 0; o < 4000; ++o) CHECK(set.contains(o) == (members.count(o) != 0));
    CHECK_FALSE(set.contains(-1));
    CHECK_FALSE(set.contains(most + 100));
    std::vector<Ordinal> first;
    set.for_each([&](Ordinal o) {
      first.push_back(o);
      return first.size() < 10;
    });
    auto expected = list(members);
    expected.resize(10);
    CHECK(first == expected);
  }
}
