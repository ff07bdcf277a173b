// Random writes and random questions, against the reference; before and after a restart.
#include <cstdlib>

#include "twin.hpp"

namespace podium::conformance {

TEST_CASE("property: random writes and questions answer as the reference does") {
  // PODIUM_SEED runs one seed again, PODIUM_ROUNDS runs more of them.
  const char* one = std::getenv("PODIUM_SEED");
  const char* rounds = std::getenv("PODIUM_ROUNDS");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t n = one != nullptr      ? 1
                          : rounds != nullptr ? std::strtoull(rounds, nullptr, 10)
                                              : 4;
  for (std::uint64_t seed = first; seed < first + n; ++seed) {
    INFO("PODIUM_SEED=" << seed);
    Twin twin(seed);
    for (int era = 0; era < 3; ++era) {
      for (int i = 0; i < 40; ++i) twin.write();
      for (int i = 0; i < 60; ++i) twin.ask();
      if (era == 1) twin.store().maintain();
      twin.compare_all();
      twin.store().check_sound();
      twin.store().reopen();
      twin.compare_all();
      for (int i = 0; i < 30; ++i) twin.ask();
    }
  }
}

TEST_CASE("property: many records, few of them in one project") {
  const char* one = std::getenv("PODIUM_SEED");
  const std::uint64_t seed = one != nullptr ? std::strtoull(one, nullptr, 10) : 4711;
  INFO("PODIUM_SEED=" << seed);
  Twin twin(seed);
  for (int i = 0; i < 20; ++i) twin.write();
  twin.grow(700);
  for (int i = 0; i < 30; ++i) twin.ask();
  for (int i = 0; i < 30; ++i) twin.write();
  twin.store().maintain();
  twin.grow(700);
  for (int i = 0; i < 30; ++i) twin.ask();
  twin.store().reopen();
  for (int i = 0; i < 30; ++i) twin.ask();
}

TEST_CASE("property: one history, asked before and after a restart") {
  Twin twin(20261124);
  for (int i = 0; i < 150; ++i) {
    twin.write();
    if (i % 10 == 0) twin.ask();
    if (i % 50 == 49) {
      twin.compare_all();
      twin.store().reopen();
      twin.compare_all();
    }
    if (i % 37 == 0) twin.store().maintain();
  }
  twin.store().check_sound();
}

}  // namespace podium::conformance
