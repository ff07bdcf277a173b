#include "plugin/order.hpp"

#include "support.hpp"

using podium::host::load_order;
using Ids = std::vector<std::string>;

TEST_CASE("plugins come behind what they need, ties by id") {
  const auto order =
      load_order({{"a", {"c"}}, {"b", {}}, {"c", {"d"}}, {"d", {}}, {"e", {"a", "b"}}});
  CHECK(order.ids == Ids{"b", "d", "c", "a", "e"});
  CHECK(order.cycles.empty());
}

TEST_CASE("needs that are not there, and needs named twice, do not count") {
  CHECK(load_order({{"a", {"absent", "b", "b"}}, {"b", {}}}).ids == Ids{"b", "a"});
  CHECK(load_order({}).ids.empty());
}

TEST_CASE("cycles are named from each of their members, and no one else is refused") {
  const auto order =
      load_order({{"a", {"b"}}, {"b", {"c"}}, {"c", {"a"}}, {"d", {"a"}}, {"e", {}}, {"s", {"s"}}});
  CHECK(order.cycles.size() == 4);
  CHECK(order.cycles.at("a") == "a -> b -> c -> a");
  CHECK(order.cycles.at("b") == "b -> c -> a -> b");
  CHECK(order.cycles.at("s") == "s -> s");
  CHECK(order.ids == Ids{"d", "e"});
}

TEST_CASE("the shortest cycle is named") {
  const auto order = load_order({{"a", {"b", "c"}}, {"b", {"c"}}, {"c", {"a"}}});
  CHECK(order.cycles.at("a") == "a -> c -> a");
}
